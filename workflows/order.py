"""The life of one sales order, from review to the end of the after-sales window: one call per stage.

Every step returns what the database says, so the story may be told again from the start at any moment: after a
cancellation that left a part of the order, after continue-as-new, after a lost history. Nothing is done twice.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.after_sales import close_order, plan_after_sales, send_follow_up
    from activities.cancellation import plan_undo, undo_order, void_booking
    from activities.collection import record_payment_signal
    from activities.replenishment import replenish_order
    from activities.review import escalate_holds, expire_order, review_order
    from activities.shipping import create_shipments
    from activities.stock import allocate_order
    from domain.steps import OrderEnd, OrderRef, OrderStep, PaymentStep, ReviewOutcome, ShipmentStep, StockOutcome

    from workflows.collection import Collector
    from workflows.shipment import Shipment
    from workflows.steps import Bells, call_outside, fact_of, step, stop

IN_FULFILMENT = ("CONFIRMED", "IN_FULFILMENT", "FULFILLED")
LOOK_AGAIN = timedelta(hours=1)
ENDED = ("COMPLETED", "REJECTED", "EXPIRED", "CANCELLED")


@workflow.defn
class OrderWorkflow:
    """One sales order."""

    @workflow.init
    def __init__(self, order: OrderRef) -> None:
        self.number = order.number
        self.bells = Bells()
        self.shipments: dict[str, asyncio.Task[None]] = {}
        self.collectors: list[asyncio.Task[None]] = []
        self.cancelling = False
        self.paused = order.paused
        self.fulfilled = False
        self.messages = 0

    @workflow.run
    async def run(self, order: OrderRef) -> OrderEnd:
        """Tell the story until it ends; a cancellation or a pause interrupts it, and what is left of it goes on."""
        state = ""
        while state not in ENDED:
            await self._rested(order)
            story = asyncio.create_task(self._story())
            await self._interrupted(story)
            state = await story if story.done() else ""
            if state not in ENDED:
                await self._stop(story)
                state = await self._go_on(order, state)
        workflow.set_current_details(f"**{state}**")
        await workflow.wait_condition(workflow.all_handlers_finished)
        return OrderEnd(number=self.number, state=state)

    async def _interrupted(self, story: asyncio.Task[str]) -> None:
        """Wait until the story has ended or must stop."""
        await workflow.wait_condition(lambda: story.done() or self.cancelling or self.paused or self._history_is_long())

    async def _rested(self, order: OrderRef) -> None:
        """A paused order does nothing until it is resumed or cancelled; facts are kept meanwhile."""
        while self.paused and not self.cancelling:
            self._now_at("paused")
            await workflow.wait_condition(lambda: not self.paused or self.cancelling or self._history_is_long())
            if self._history_is_long():
                await self._continued(order)

    async def _go_on(self, order: OrderRef, state: str) -> str:
        """The story stopped: for a cancellation, for its own length, or because it waits for something unforeseen."""
        if self.cancelling or state == "CANCELLING":
            return await self._cancelled()
        if self._history_is_long():
            await self._continued(order)
        if self.paused:
            return state
        await self.bells.wait("any", self.bells.count("any"), workflow.now() + LOOK_AGAIN, "look again")
        return state

    async def _continued(self, order: OrderRef) -> None:
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new(order.model_copy(update={"paused": self.paused}))

    async def _story(self) -> str:
        review = await self._reviewed()
        if review.state not in IN_FULFILMENT:
            return review.state
        state = await self._fulfilled()
        if state != "FULFILLED":
            return state
        await asyncio.gather(self._after_sales(), *self.collectors)
        self._now_at("closing")
        return (await step(close_order, self._step(), self.number)).state

    async def _reviewed(self) -> ReviewOutcome:
        self._now_at("review")
        heard = self.bells.count("review")
        outcome = await step(review_order, self._step(), self.number)
        while outcome.held:
            self._now_at("review", f"held: {', '.join(outcome.reasons)}")
            deadline = outcome.escalate_at or outcome.expires_at
            rung = await self.bells.wait("review", heard, deadline, f"deadline of holds: {self.number}")
            heard = self.bells.count("review")
            if rung:
                outcome = await step(review_order, self._step(), self.number)
            elif outcome.escalate_at is not None:
                outcome = await step(escalate_holds, self._step(), self.number)
            else:
                outcome = await step(expire_order, self._step(), self.number)
        return outcome

    async def _fulfilled(self) -> str:
        """Allocate, replenish and ship until everything is delivered; a short pick or a receipt comes round again."""
        self._now_at("fulfilment")
        while True:
            heard = self.bells.count("stock")
            stock = await step(allocate_order, self._step(), self.number)
            if stock.shippable or not self.shipments or self._unknown(stock):
                await self._ship()
            if stock.waiting:
                await step(replenish_order, self._step(), self.number)
            if stock.state not in IN_FULFILMENT:
                return stock.state
            self._now_at("fulfilment", "waits for supply" if stock.waiting else "ships")
            if stock.state != "FULFILLED":
                await self.bells.wait("stock", heard)
            if stock.state == "FULFILLED" or self.fulfilled:
                await asyncio.gather(*self.shipments.values())
                return "FULFILLED"

    def _unknown(self, stock: StockOutcome) -> bool:
        """Whether a step whose answer was lost has made a shipment."""
        return stock.state in IN_FULFILMENT and any(number not in self.shipments for number in stock.shipments)

    async def _ship(self) -> None:
        made = await step(create_shipments, self._step(), self.number)
        for seen in made.shipments:
            if seen.number not in self.shipments:
                part = Shipment(self.number, seen, self.bells)
                self.shipments[seen.number] = asyncio.create_task(self._shipped(part))

    async def _shipped(self, shipment: Shipment) -> None:
        billed = await shipment.run()
        for plan in billed.instalments:
            collector = Collector(plan, self.bells, shipment.money_seen)
            self.collectors.append(asyncio.create_task(collector.run()))
        self.fulfilled = billed.order_state == "FULFILLED"
        self.bells.ring("stock")

    async def _after_sales(self) -> None:
        self._now_at("collection and after-sales")
        plan = await step(plan_after_sales, self._step(), self.number)
        if not plan.followed_up:
            await self._sleep_until(plan.follow_up_at, "follow-up")
            await step(send_follow_up, self._step(), self.number)
        await self._sleep_until(plan.window_ends_at, "end of the after-sales window")

    async def _cancelled(self) -> str:
        """Void what was booked, then undo the rest; the answer says whether a shipped part goes on."""
        self._now_at("cancellation")
        self.cancelling = False
        plan = await step(plan_undo, self._step(), self.number)
        for shipment in plan.to_void:
            voided = ShipmentStep(number=shipment, order=self.number, now=workflow.now())
            await call_outside(void_booking, voided, shipment)
        return (await step(undo_order, self._step(), self.number)).state

    async def _stop(self, story: asyncio.Task[str]) -> None:
        tasks: list[asyncio.Task[Any]] = [story, *self.shipments.values(), *self.collectors]
        for task in tasks:
            stop(task)
        await asyncio.gather(*tasks, return_exceptions=True)
        self.shipments, self.collectors, self.fulfilled = {}, [], False

    @workflow.signal(description="A hold of the order was decided, or credit became free")
    def hold_decided(self, *message: Any) -> None:
        """The review looks again."""
        self.bells.ring("review")

    @workflow.signal(description="Money arrived: a payment as the HTTP API takes it")
    async def payment_received(self, *message: Any) -> None:
        """Money that the database does not know yet is recorded first."""
        fact = fact_of(message)
        if not (isinstance(fact, dict) and fact.get("recorded_as")):
            self.messages += 1
            payment = PaymentStep(order=self.number, fact=fact, now=workflow.now())
            await step(record_payment_signal, payment, f"{self.number}/{self.messages}")
        self.bells.ring("money")
        self.bells.ring("review")

    @workflow.signal(description="Stock was allocated to the order's backorders")
    def stock_allocated(self, *message: Any) -> None:
        """Fulfilment goes round again."""
        self.bells.ring("stock")

    @workflow.signal(description="The warehouse confirmed a pick")
    def pick_confirmed(self, *message: Any) -> None:
        """The shipment is booked; after a short pick its missing pieces are looked for elsewhere."""
        fact = fact_of(message)
        if isinstance(fact, dict):
            self.bells.ring(str(fact.get("shipment")))
            if fact.get("short"):
                self.bells.ring("stock")

    @workflow.signal(description="A shipment was delivered or went wrong")
    def tracking_changed(self, *message: Any) -> None:
        """The shipment is billed, or waits for a person."""
        fact = fact_of(message)
        if isinstance(fact, dict):
            self.bells.ring(str(fact.get("shipment")))

    @workflow.signal(description="Somebody asked for the order to be cancelled")
    def cancellation_requested(self, *message: Any) -> None:
        """The story is interrupted and undone; a pause ends with it."""
        self.cancelling = True
        self.paused = False

    @workflow.signal(description="Somebody paused the order")
    def order_paused(self, *message: Any) -> None:
        """The story stops where it stands."""
        self.paused = True

    @workflow.signal(description="Somebody resumed the order")
    def order_resumed(self, *message: Any) -> None:
        """The story is told again, and goes on where it stood."""
        self.paused = False

    @workflow.signal(description="Somebody asked for what fails or waits to be looked at again at once")
    def retry_requested(self, *message: Any) -> None:
        """Whoever waits looks again."""
        self.bells.ring_all()

    def _step(self) -> OrderStep:
        return OrderStep(number=self.number, now=workflow.now())

    def _now_at(self, stage: str, detail: str = "") -> None:
        workflow.set_current_details(f"**{stage}**{': ' + detail if detail else ''}")

    def _history_is_long(self) -> bool:
        return workflow.info().is_continue_as_new_suggested()

    async def _sleep_until(self, at: Any, summary: str) -> None:
        left = at - workflow.now()
        if left.total_seconds() > 0:
            await workflow.sleep(left, summary=f"{summary}: {self.number}")
