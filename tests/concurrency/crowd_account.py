"""Clients of one customer: they order on credit, are billed, pay in many ways, cancel, and look."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

from activities.cancellation import undo_order
from activities.invoicing import post_invoice
from activities.review import review_order
from activities.shipping import create_shipments
from activities.stock import allocate_order
from domain.steps import ShipmentStep
from tests.concurrency.crowd import Client, Work, quietly
from tests.concurrency.history import Lost, Operation, Thing
from tests.concurrency.model_numbers import THING as NUMBERS


@dataclass(slots=True)
class AccountClient(Client):
    """Orders on credit, is billed, pays in many ways, cancels, and reads one customer's account."""

    customer: str = ""
    sku: str = ""
    price: Decimal = Decimal(12)
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def thing(self) -> Thing:
        """What this client works on."""
        return ("account", self.customer)

    async def run(self, rounds: int) -> None:
        """Act so many times."""
        for _ in range(rounds):
            await self.pause()
            living = [number for number, order in self.orders.items() if order["state"] != "over"]
            act = self.chance.choices(
                ["read", "order", "go on", "pay"], [2, 0 if len(living) > 3 else 2, 6 if living else 0, 3]
            )[0]
            match act:
                case "read":
                    await self.read()
                case "order":
                    await self.order()
                case "pay":
                    await self.pay()
                case _:
                    await self.go_on(self.chance.choice(living))

    async def read(self) -> None:
        """Look at the account."""

        async def look() -> tuple[Decimal, ...]:
            account = (await self.world.door.get(f"customers/{self.customer}"))["account"]
            return tuple(Decimal(str(account[name])) for name in ("reserved", "receivable", "unapplied"))

        await self.does("read account", {}, look, self.thing)

    async def order(self) -> None:
        """A new order, reviewed."""
        taken = await self.submitted(self.customer, self.sku, self.chance.randint(1, 4))
        total = Decimal(str(taken["total"]))
        self.orders[taken["number"]] = {"total": total, "state": "held"}
        await self.review(taken["number"])

    async def _did(self, kind: str, order: str, asked: dict[str, Any], work: Work, *also: Thing) -> Operation:
        return await self.until_answered(kind, {"order": order, **asked}, work, self.thing, *also)

    async def review(self, number: str) -> None:
        """Look at the order again."""

        async def step() -> str:
            state = (await review_order(self.order_step(number))).state
            return {"IN_REVIEW": "held", "CONFIRMED": "confirmed", "IN_FULFILMENT": "confirmed"}.get(state, "ended")

        done = await self._did("review", number, {"total": self.orders[number]["total"]}, step)
        if done.saw == "confirmed" and self.orders[number]["state"] == "held":
            self.orders[number]["state"] = "confirmed"

    async def go_on(self, number: str) -> None:
        """One thing that may happen to the order next."""
        order, dice = self.orders[number], self.chance.random()
        if order["state"] in ("held", "confirmed") and dice < 0.12:
            await self.cancel(number)
        elif order["state"] == "held":
            await (self.release(number) if dice < 0.4 else self.review(number))
        elif order["state"] == "confirmed":
            await self.deliver(number)
        else:
            await self.read_invoice(number)
            if dice < 0.5:
                order["state"] = "over"

    async def release(self, number: str) -> None:
        """A person releases the credit hold, if there is one."""
        found = await self.surely(lambda: self.world.door.get(f"orders/{number}"))
        for hold in found["holds"]:
            tell = partial(self.world.door.post, f"orders/{number}/holds/{hold['id']}/release", {"comment": "a friend"})
            await self.does("release", {"order": number}, tell, self.thing)
        await self.review(number)

    async def deliver(self, number: str) -> None:
        """The order is shipped, delivered and billed."""
        await self.bill(number, await self.shipped(number))

    async def shipped(self, number: str) -> str:
        """The order is shipped and delivered; its shipment."""
        await self.surely(lambda: allocate_order(self.order_step(number)))
        made = await self.surely(lambda: create_shipments(self.order_step(number)))
        [shipment] = [each.number for each in made.shipments]
        found = await self.surely(lambda: self.world.door.get(f"orders/{number}"))
        if found["shipments"][0]["state"] == "CREATED":
            await self.surely(lambda: self.picked(shipment))
        tracking = await self.booked(shipment, number)
        await self.surely(lambda: self.scanned(shipment, tracking, "delivered", 9))
        return str(shipment)

    async def bill(self, number: str, shipment: str) -> None:
        """The delivered order is billed."""
        moment, now = self.world.now()

        async def post() -> int:
            outcome = await post_invoice(ShipmentStep(number=shipment, order=number, now=now))
            assert outcome.invoice is not None
            self.orders[number]["invoice"] = outcome.invoice
            return int(outcome.invoice.removeprefix("INV-"))

        asked = {"shipment": shipment, "total": self.orders[number]["total"], "due": moment}
        await self._did("post", number, asked, post, NUMBERS)
        self.orders[number]["state"] = "billed"

    async def picked(self, shipment: str) -> None:
        """The pick is confirmed; by an answer that was lost it may be already."""
        with_luck = await self.world.recorder.record(
            self.name, "pick", {}, lambda: self.world.door.post(f"shipments/{shipment}/pick", {"lines": []})
        )
        if with_luck.lost:
            raise Lost(shipment)

    async def read_invoice(self, number: str) -> None:
        """Look at what is outstanding."""
        invoice = self.orders[number]["invoice"]

        async def look() -> Decimal:
            return Decimal(str((await self.world.door.get(f"invoices/{invoice}"))["outstanding"]))

        await self.does("read invoice", {"order": number}, look, self.thing)

    async def pay(self) -> None:
        """Money comes: for an invoice, for an order, for nothing in particular, or with a text that means nothing."""
        moment, now = self.world.now()
        billed = [number for number, order in self.orders.items() if order["state"] == "billed"]
        living = [number for number, order in self.orders.items() if order["state"] != "over"]
        how = self.chance.choice(
            ["invoice" if billed else "nothing", "order" if living else "nothing", "nothing", "nonsense"]
        )
        order = self.chance.choice(billed if how == "invoice" else living) if how in ("invoice", "order") else None
        amount = self.chance.choice([Decimal(12), Decimal(24), Decimal(36), Decimal(7), Decimal(60)])
        fact = {
            "provider": "bank", "provider_payment_id": f"{self.name}-{moment}", "received_at": now.isoformat(),
            "amount": str(amount), "currency": "EUR", "customer": self.customer,
            "invoice": self.orders[order]["invoice"] if order and how == "invoice" else None,
            "reference": {"order": order, "nonsense": "for the tea"}.get(how),
        }  # fmt: skip
        asked = {"key": fact["provider_payment_id"], "amount": amount, "received": moment, "order": order}

        async def tell() -> tuple[Decimal, tuple[tuple[str, Decimal], ...]]:
            answer = await self.world.door.post("payments", fact)
            pieces = tuple((piece["order"], Decimal(str(piece["amount"]))) for piece in answer["applications"])
            return Decimal(str(answer["unapplied"])), pieces

        await self.until_answered("pay", asked, tell, self.thing)

    async def cancel(self, number: str) -> None:
        """Cancel it, and carry the cancellation out."""
        wish = {"reason": "not wanted any more"}
        await self._did("cancel", number, {}, partial(quietly, self.world.door.post, f"orders/{number}/cancel", wish))
        await self._did("undo", number, {}, partial(quietly, undo_order, self.order_step(number)))
        self.orders[number]["state"] = "over"
