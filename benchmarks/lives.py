"""Whole lives of real orders, driven from outside as people and machines would: submit, pick, pay, until it is closed.

The carrier's part is played by its simulator, which books over HTTP and posts signed webhooks.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.rows import tuple_row
from temporalio.client import Client

from benchmarks.company import order
from benchmarks.wire import Wire

LOOKS_EVERY = 0.025
UNCOUNTED = "-c pg_stat_statements.track=none"
RAMP_SECONDS = 0.5
PATIENCE_SECONDS = 120.0
Life = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Round:
    """Lives that were lived at the same time: how long each took, and when it ended."""

    seconds: tuple[float, ...]
    per_second: float


class Board:
    """What the warehouse and the bank wait for, read from the database for all orders at once (and not counted)."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self._connection = connection
        self._waiting: dict[str, dict[str, asyncio.Future[tuple[Any, ...]]]] = {"shipment": {}, "invoice": {}}

    async def seen(self, kind: str, number: str) -> tuple[Any, ...]:
        """The first shipment (number,) or invoice (number, total) of an order."""
        future: asyncio.Future[tuple[Any, ...]] = asyncio.get_running_loop().create_future()
        self._waiting[kind][number] = future
        return await future

    async def run(self) -> None:
        """Look again and again until cancelled."""
        while True:
            await self._look("shipment", "SELECT order_number, number FROM shipment WHERE order_number = ANY(%s)")
            await self._look("invoice", "SELECT order_number, number, total FROM invoice WHERE order_number = ANY(%s)")
            await asyncio.sleep(LOOKS_EVERY)

    async def _look(self, kind: str, query: str) -> None:
        waiting = self._waiting[kind]
        if not waiting:
            return
        rows = await (await self._connection.execute(query, (list(waiting),))).fetchall()
        for number, *found in rows:
            if number in waiting:
                waiting.pop(number).set_result(tuple(found))


class Customers:
    """Everybody outside who has to do with an order."""

    def __init__(self, shop: Wire, board: Board, client: Client) -> None:
        self._shop = shop
        self._board = board
        self._client = client
        self._numbers = itertools.count()
        self.closed: list[str] = []

    async def live(self) -> None:
        """One order from its submission to the end of its workflow."""
        number = (await self._shop.send("POST", "/v1/orders", order(next(self._numbers))))["number"]
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._see_through(number)
        except TimeoutError:
            raise RuntimeError(f"order {number} has not ended within {PATIENCE_SECONDS:.0f} s") from None
        self.closed.append(number)

    async def _see_through(self, number: str) -> None:
        (shipment,) = await self._board.seen("shipment", number)
        await self._shop.send("POST", f"/v1/shipments/{shipment}/pick", {})
        invoice, total = await self._board.seen("invoice", number)
        await self._shop.send("POST", "/v1/payments", _payment(invoice, total))
        end = await self._client.get_workflow_handle(f"order/{number}").result()
        if end["state"] != "COMPLETED":
            raise RuntimeError(f"order {number} ended as {end['state']}")


def _payment(invoice: str, total: Any) -> dict[str, Any]:
    return {
        "amount": f"{total:.2f}",
        "currency": "EUR",
        "invoice": invoice,
        "provider": "bank",
        "provider_payment_id": f"transfer-{invoice}",
        "received_at": datetime.now(UTC).isoformat(),
    }


@asynccontextmanager
async def outside(shop: Wire, database: str, client: Client) -> AsyncIterator[Customers]:
    """The people outside, as long as the block lasts."""
    connect = psycopg.AsyncConnection.connect(database, autocommit=True, options=UNCOUNTED, row_factory=tuple_row)
    async with await connect as connection:
        board = Board(connection)
        looking = asyncio.create_task(board.run())
        try:
            yield Customers(shop, board, client)
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)


async def lived(life: Life, count: int, at_once: int) -> Round:
    """Live `count` lives, `at_once` at a time.

    The rate is taken while the house is full: from the moment when as many have ended as live at once, so that the
    first ones no longer count, to the moment when the last one has begun; a round too small for that counts whole.
    """
    ends: list[float] = []
    seconds: list[float] = []
    waiting = iter(range(count))
    began = time.perf_counter()

    async def place(number: int) -> None:
        await asyncio.sleep(RAMP_SECONDS * number / at_once)
        for _ in waiting:
            start = time.perf_counter()
            await life()
            ends.append(time.perf_counter())
            seconds.append(ends[-1] - start)

    await asyncio.gather(*(place(number) for number in range(min(at_once, count))))
    first, last = at_once, count - at_once
    full = last - first >= at_once
    rate = (last - first) / (ends[last - 1] - ends[first - 1]) if full else count / (ends[-1] - began)
    return Round(tuple(seconds), rate)
