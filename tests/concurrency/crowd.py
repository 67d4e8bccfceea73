"""Clients that act at once on few things, with pauses from a seed; each writes down what it asked and what it saw.

A client goes on as its counterpart in the world would: whoever got no answer asks again under the same key, a step that
failed is run again (the engine would), and an order whose allocation was overlooked looks again.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from activities.shipping import book_shipment
from domain.steps import OrderStep, ShipmentStep
from tests.concurrency.doors import Door, moments
from tests.concurrency.history import Lost, Operation, Recorder, Thing, is_lost_connection
from tests.concurrency.model_numbers import THING as NUMBERS

Work = Callable[[], Awaitable[Any]]


@dataclass(slots=True)
class World:
    """What all clients of a run share: the way in, the recorder, the seed, and how often answers are lost."""

    door: Door
    recorder: Recorder
    seed: str
    base: datetime
    losses: float = 0.0
    pause: float = 0.004

    def now(self) -> tuple[int, datetime]:
        """A moment of its own, and the instant that belongs to it."""
        moment = next(moments)
        return moment, self.base + timedelta(milliseconds=moment)


@dataclass(slots=True)
class Client:
    """One client: pauses, asks, records."""

    world: World
    name: str
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"{self.world.seed}/{self.name}")

    async def pause(self) -> None:
        """Think a little."""
        await asyncio.sleep(self.chance.uniform(0, self.world.pause))

    async def run(self, rounds: int) -> None:
        """Act so many times."""
        raise AssertionError(f"{self.name} knows nothing to do {rounds} times")

    async def does(self, kind: str, asked: dict[str, Any], work: Work, *things: Thing) -> Operation:
        """One operation, whose answer may get lost on its way back."""

        async def answered() -> Any:
            saw = await work()
            if self.chance.random() < self.world.losses:
                raise Lost("on its way back")
            return saw

        return await self.world.recorder.record(self.name, kind, asked, answered, *things)

    async def until_answered(self, kind: str, asked: dict[str, Any], work: Work, *things: Thing) -> Operation:
        """The operation, asked again until there is an answer; it must be safe to repeat."""
        while (done := await self.does(kind, asked, work, *things)).lost:
            await self.pause()
        return done

    async def surely(self, work: Work) -> Any:
        """What the history does not look at, repeated until it is done."""
        while True:
            try:
                return await work()
            except Lost:
                pass
            except SQLAlchemyError as error:
                if not is_lost_connection(error):
                    raise
            await self.pause()

    def order_step(self, number: str) -> OrderStep:
        """A step of an order now."""
        return OrderStep(number=number, now=self.world.now()[1])

    def shipment_step(self, number: str, order: str) -> ShipmentStep:
        """A step of a shipment now."""
        return ShipmentStep(number=number, order=order, now=self.world.now()[1])

    async def submitted(self, customer: str, sku: str, quantity: int) -> dict[str, Any]:
        """A new order of one line, as it is read."""
        request = {
            "customer": customer, "currency": "EUR", "customer_po": f"{self.name}-{self.world.now()[0]}",
            "lines": [{"sku": sku, "quantity": quantity}],
        }  # fmt: skip
        number = (await self.surely(lambda: self.world.door.post("orders", request)))["number"]
        found: dict[str, Any] = await self.surely(lambda: self.world.door.get(f"orders/{number}"))
        return found

    async def scanned(self, number: str, tracking: str, status: str, sequence: int) -> Any:
        """The carrier reports a scan."""
        fact = {"tracking_number": tracking, "status": status, "at": self.world.now()[1].isoformat()}
        return await self.world.door.scan({**fact, "sequence": sequence})

    async def booked(self, shipment: str, order: str) -> str:
        """The carrier is booked; the tracking number."""
        await self.surely(lambda: book_shipment(self.shipment_step(shipment, order)))
        found = await self.surely(lambda: self.world.door.get(f"orders/{order}"))
        return str(next(each["tracking_number"] for each in found["shipments"] if each["number"] == shipment))


async def quietly(work: Callable[..., Awaitable[Any]], *args: Any) -> None:
    """Do it; what it answers says nothing about the thing."""
    await work(*args)


@dataclass(slots=True)
class Reader(Client):
    """Reads all invoices, and the timelines of the orders that others work on."""

    async def run(self, rounds: int) -> None:
        """Read so many times."""

        async def look() -> list[int]:
            items = (await self.world.door.get("invoices"))["items"]
            return [int(item["number"].removeprefix("INV-")) for item in items]

        for _ in range(rounds):
            await self.pause()
            await self.does("read numbers", {}, look, NUMBERS)
            orders = [op.asked["order"] for op in self.world.recorder.operations if "order" in op.asked]
            if known := [order for order in orders if order]:
                order = self.chance.choice(known[-12:])
                await self.does("read timeline", {"order": order}, partial(self.timeline, order), ("timeline", order))

    async def timeline(self, order: str) -> tuple[str, ...]:
        """The rows of an order's timeline, each with how often it stood there before."""
        items = (await self.world.door.get(f"orders/{order}/timeline"))["items"]
        rows = [f"{item['at']} {item['event']} {item['actor']} {item['document']} {item['figures']}" for item in items]
        return tuple(f"{row} #{rows[:place].count(row)}" for place, row in enumerate(rows))
