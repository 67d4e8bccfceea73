"""One shipment: a part of the order's workflow from the delivery note to the posted invoice."""

from __future__ import annotations

import asyncio
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.invoicing import post_invoice
    from activities.shipping import book_shipment, poll_tracking
    from domain.shipping import GONE_WRONG
    from domain.steps import InvoiceOutcome, ShipmentRef, ShipmentStep

    from workflows.steps import Bells, call_outside, step

NOT_PACKED = ("CREATED", "PICKING")
OVER = (*GONE_WRONG, "CANCELLED")


class Shipment:
    """Waits for the pick, books the carrier, follows the parcel, and bills what was delivered."""

    def __init__(self, order: str, seen: ShipmentRef, bells: Bells) -> None:
        self.order = order
        self.number = seen.number
        self.state = seen.state
        self.bells = bells
        self.heard = 0
        self.poll_at: datetime | None = None
        self.money_seen = 0

    async def run(self) -> InvoiceOutcome:
        """Live until the shipment is billed, cancelled or gone wrong."""
        while self.state in NOT_PACKED:
            await self._heard(None)
            await self._book()
        if self.poll_at is None:
            await self._book()
        if self.state == "BOOKED":
            await self._hear_of_parcel()
        billed = await self._bill()
        while billed.invoice is None and billed.shipment_state not in OVER:
            await self._hear_of_parcel()
            billed = await self._bill()
        return billed

    async def _book(self) -> None:
        outcome = await call_outside(book_shipment, self._step(), self.number)
        self.state, self.poll_at = outcome.state, outcome.poll_at

    async def _hear_of_parcel(self) -> None:
        """Wait for news, or ask for it; news that come while the carrier does not answer end the asking."""
        if await self._heard(self.poll_at):
            return
        asking = asyncio.create_task(call_outside(poll_tracking, self._step(), self.number))
        await workflow.wait_condition(lambda: asking.done() or self.bells.count(self.number) > self.heard)
        if asking.done():
            outcome = await asking
            self.state, self.poll_at = outcome.state, outcome.poll_at
        else:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    async def _heard(self, until: datetime | None) -> bool:
        rung = await self.bells.wait(self.number, self.heard, until, f"ask the carrier about {self.number}")
        self.heard = self.bells.count(self.number)
        return rung

    async def _bill(self) -> InvoiceOutcome:
        self.money_seen = self.bells.count("money")
        return await step(post_invoice, self._step(), self.number)

    def _step(self) -> ShipmentStep:
        return ShipmentStep(number=self.number, order=self.order, now=workflow.now())
