"""One pair of eyes for all stories: the lists of orders and shipments are read a few times a second, and shared."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import httpx2

from starter.demo.desks import Desk, Document, RefusedByApi

PAUSE = 0.2
Met = Callable[[Document], bool]


class Watch:
    """What the API said last; whoever waits is woken at each new look."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._looked = asyncio.Condition()
        self.orders: dict[str, Document] = {}
        self.shipments: dict[str, list[Document]] = {}

    async def run(self) -> None:
        """Look until cancelled; a look that fails is made again."""
        while True:
            with suppress(RefusedByApi, httpx2.HTTPError):  # who waits in vain says so itself, with what is missing
                await self._look()
            async with self._looked:
                self._looked.notify_all()
            await asyncio.sleep(PAUSE)

    async def _look(self) -> None:
        orders, shipments = await asyncio.gather(
            self._desk.get("/v1/orders", limit="500"), self._desk.get("/v1/shipments", limit="500")
        )
        self.orders = {row["number"]: row for row in orders["items"]}
        by_order: dict[str, list[Document]] = {}
        for row in reversed(shipments["items"]):
            by_order.setdefault(row["order"], []).append(row)
        self.shipments = by_order

    async def order(self, number: str, met: Met) -> Document:
        """The order's row in the list as soon as it meets the condition."""
        async with self._looked:
            await self._looked.wait_for(lambda: number in self.orders and met(self.orders[number]))
            return self.orders[number]

    async def shipment_of(self, number: str, met: Met) -> Document:
        """The first shipment of an order that meets the condition."""

        def found() -> Document | None:
            return next((row for row in self.shipments.get(number, ()) if met(row)), None)

        async with self._looked:
            shipment = await self._looked.wait_for(found)
            assert shipment is not None
            return shipment

    async def news(self) -> None:
        """Until the next look is done."""
        async with self._looked:
            await self._looked.wait()
