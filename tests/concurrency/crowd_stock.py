"""Clients of one product: they move it, order it, pick it short, ship it, cancel, and look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from activities.cancellation import undo_order, void_booking
from activities.review import review_order
from activities.shipping import create_shipments
from activities.stock import allocate_order
from tests.concurrency.crowd import Client, Work, quietly
from tests.concurrency.doors import whole
from tests.concurrency.history import Operation, Thing


@dataclass(slots=True)
class StockClient(Client):
    """Moves, orders, picks, ships, cancels and reads one product."""

    sku: str = ""
    customer: str = ""
    warehouses: Sequence[str] = ("MAIN",)
    orders: list[StockOrder] = field(default_factory=list)

    @property
    def thing(self) -> Thing:
        """What this client works on."""
        return ("stock", self.sku)

    async def run(self, rounds: int) -> None:
        """Act so many times, then bring every order to its end."""
        for _ in range(rounds):
            await self.pause()
            waiting = [order for order in self.orders if not order.over]
            act = self.chance.choices(
                ["read", "move", "order", "go on"], [3, 3, 0 if len(waiting) > 2 else 2, 5 if waiting else 0]
            )[0]
            match act:
                case "read":
                    await self.read()
                case "move":
                    await self.move()
                case "order":
                    await self.order()
                case _:
                    await self.chance.choice(waiting).go_on()

    async def finish(self) -> None:
        """Every order looks again, and is shipped or cancelled."""
        for order in self.orders:
            while not order.over:
                await order.go_on(ending=True)

    async def read(self) -> None:
        """Look at the stock."""

        async def look() -> Any:
            items = (await self.world.door.get(f"stock/{self.sku}"))["items"]
            figures = ("on_hand", "reserved", "available")
            return {item["warehouse"]: tuple(whole(item[name]) for name in figures) for item in items}

        await self.does("read stock", {}, look, self.thing)

    async def move(self) -> None:
        """Goods come, go missing, or are counted."""
        reason = self.chance.choice(["receipt", "receipt", "adjustment", "count"])
        pieces = self.chance.randint(*{"receipt": (1, 4), "adjustment": (-6, -1), "count": (0, 12)}[reason])
        asked = {"warehouse": self.chance.choice(self.warehouses), "quantity": pieces, "reason": reason}

        async def tell() -> tuple[int, int]:
            answer = await self.world.door.post("stock/movements", {"sku": self.sku, **asked}, None)
            return whole(answer["on_hand"]), whole(answer["reserved"])

        await self.does("move", asked, tell, self.thing)

    async def order(self) -> None:
        """A new order, confirmed."""
        pieces = self.chance.randint(1, 5)
        taken = await self.submitted(self.customer, self.sku, pieces)
        await self.surely(lambda: review_order(self.order_step(taken["number"])))
        age = (datetime.fromisoformat(str(taken["submitted_at"])), taken["number"])
        self.orders.append(StockOrder(self, taken["number"], {"quantity": pieces, "age": age}))
        await self.orders[-1].allocate()


@dataclass(slots=True)
class StockOrder:
    """An order of a stock client on its way."""

    client: StockClient
    number: str
    asked: dict[str, Any]
    parcels: dict[str, dict[str, Any]] = field(default_factory=dict)
    over: bool = False

    async def go_on(self, ending: bool = False) -> None:
        """One thing that may happen to the order next."""
        packed = [number for number, parcel in self.parcels.items() if parcel["state"] == "packed"]
        created = [number for number, parcel in self.parcels.items() if parcel["state"] == "created"]
        gone = any(parcel["state"] == "gone" for parcel in self.parcels.values())
        if not gone and self.client.chance.random() < (0.6 if ending else 0.15):
            await self.cancel(packed)
        elif created:
            await self.pick(created[0])
        elif packed:
            await self.ship(packed[0])
        elif gone and ending:
            self.over = True
        else:
            await self.allocate()
            await self.note()
            await self.read()

    async def _did(self, kind: str, asked: dict[str, Any], work: Work) -> Operation:
        return await self.client.until_answered(kind, {"order": self.number, **asked}, work, self.client.thing)

    async def allocate(self) -> None:
        """Look for pieces."""

        async def step() -> bool:
            return (await allocate_order(self.client.order_step(self.number))).waiting

        await self._did("allocate", self.asked, step)

    async def read(self) -> None:
        """Look at the order's line."""

        async def look() -> tuple[int, ...]:
            [line] = (await self.client.world.door.get(f"orders/{self.number}"))["lines"]
            return tuple(whole(line[name]) for name in ("open", "allocated", "backordered", "shipped"))

        await self.client.does("read line", {"order": self.number}, look, self.client.thing)

    async def note(self) -> None:
        """Delivery notes for what is allocated."""
        await self.client.surely(lambda: create_shipments(self.client.order_step(self.number)))
        found = await self.client.surely(lambda: self.client.world.door.get(f"orders/{self.number}"))
        for shipment in found["shipments"]:
            pieces = sum(whole(line["quantity"]) for line in shipment["lines"])
            fresh = {"warehouse": shipment["warehouse"], "quantity": pieces, "state": "created"}
            if shipment["state"] != "CANCELLED":
                self.parcels.setdefault(shipment["number"], fresh)

    async def pick(self, shipment: str) -> None:
        """Pick it, sometimes short."""
        parcel = self.parcels[shipment]
        short = self.client.chance.random() < 0.3
        missing = self.client.chance.randint(1, parcel["quantity"]) if short else 0
        lines = [{"line": 1, "quantity": parcel["quantity"] - missing}] if missing else []
        asked = {"shipment": shipment, "warehouse": parcel["warehouse"], "missing": missing}
        await self._did(
            "pick", asked, partial(quietly, self.client.world.door.post, f"shipments/{shipment}/pick", {"lines": lines})
        )
        parcel["quantity"] -= missing
        parcel["state"] = "packed" if parcel["quantity"] else "empty"

    async def ship(self, shipment: str) -> None:
        """The carrier is booked, and scans the parcel."""
        parcel = self.parcels[shipment]
        tracking = await self.client.booked(shipment, self.number)
        asked = {"shipment": shipment, "warehouse": parcel["warehouse"], "quantity": parcel["quantity"]}
        await self._did("issue", asked, partial(quietly, self.client.scanned, shipment, tracking, "in_transit", 1))
        parcel["state"] = "gone"

    async def cancel(self, packed: Sequence[str]) -> None:
        """Cancel it, and carry the cancellation out."""
        door, wish = self.client.world.door, {"reason": "not wanted any more"}
        await self._did("cancel", {}, partial(quietly, door.post, f"orders/{self.number}/cancel", wish))
        for shipment in packed:
            parcel = self.parcels[shipment]
            asked = {"shipment": shipment, "warehouse": parcel["warehouse"], "quantity": parcel["quantity"]}
            await self._did(
                "void", asked, partial(quietly, void_booking, self.client.shipment_step(shipment, self.number))
            )
        done = await self._did("undo", {}, partial(quietly, undo_order, self.client.order_step(self.number)))
        for undone in self.client.world.recorder.operations[:]:
            if undone.kind == "undo" and undone.asked["order"] == self.number:
                self.client.world.recorder.also(undone, "hand out", {}, self.client.thing)
        assert not done.lost
        self.over = True
