"""What sleeping orders cost: `python benchmarks/sleeping.py [--orders 10000]`.

Orders that are held for a person sleep in a real engine with a real worker: each has a workflow with a timer, and a row
that waits in the database. Measured are the memory of the worker and of Temporal as their number grows, how long it
takes from a release over HTTP until the order is confirmed (one at a time, and many at once), and how long until the
first one is after the worker, and after Temporal, was killed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # as a script, only its own folder would be looked through
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psutil
import psycopg
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from benchmarks.generate import put_to_sleep
from benchmarks.intake import quantile
from benchmarks.lives import LOOKS_EVERY
from benchmarks.shelves import nothing_else, positive, tell
from benchmarks.wire import Wire
from starter.embedded.servers import Servers
from starter.embedded.stack import Stack
from starter.exit import finish

ORDERS = 10_000
NONE = 20
"""The first orders are woken at once: worker and servers are warm, and nobody sleeps, when the curve begins."""
SAMPLE, MASS = 20, 500
SETTLED_SECONDS = 5.0
_BEGIN = """
UPDATE engine_outbox SET sent_at = NULL, outcome = NULL, attempts = 0
WHERE kind = 'start' AND workflow_id IN (
  SELECT 'order/' || number FROM sales_order ORDER BY number LIMIT %s OFFSET %s)"""
_BACKLOG = "SELECT count(*) FROM engine_outbox WHERE sent_at IS NULL"
_HELD = """
SELECT h.order_number, h.id FROM hold h JOIN sales_order o ON o.number = h.order_number
WHERE h.status = 'OPEN' AND o.state = 'IN_REVIEW' ORDER BY md5(h.order_number) LIMIT %s"""
_WOKEN = "SELECT count(*) FROM sales_order WHERE number = ANY(%s) AND state <> 'IN_REVIEW'"


@dataclass
class Dormitory:
    """Sleeping orders, and what it takes to wake some."""

    stack: Stack
    shop: Wire
    database: psycopg.AsyncConnection[Any]
    client: Client

    async def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the database."""
        return await (await self.database.execute(query.encode(), values or None)).fetchall()

    async def begin(self, count: int, already: int) -> float:
        """Start the workflows of the next orders; the seconds until the engine has them all and they sleep."""
        began = time.perf_counter()
        await self.database.execute(_BEGIN.encode(), (count - already, already))
        await self._until(_BACKLOG, lambda waiting: waiting == 0)
        await self._taken()
        took = time.perf_counter() - began
        await asyncio.sleep(SETTLED_SECONDS)
        return took

    async def _taken(self) -> None:
        """Wait until no workflow task waits for the worker: what the engine was given has gone to sleep."""
        request = DescribeTaskQueueRequest(
            namespace=self.client.namespace,
            task_queue=TaskQueue(name="orderkeep"),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
            report_stats=True,
        )
        while True:
            answer = await self.client.workflow_service.describe_task_queue(request)
            if answer.stats.approximate_backlog_count == 0:
                return
            await asyncio.sleep(1)

    async def _until(self, query: str, enough: Callable[[int], bool], *values: object) -> None:
        """Ask the database again and again; it knows first."""
        while True:
            if enough((await self.ask(query, *values))[0][0]):
                return
            await asyncio.sleep(LOOKS_EVERY)

    async def sleepers(self, count: int, among: int) -> list[tuple[str, int]]:
        """Some that sleep, by chance, among the first: the order and its hold."""
        last = (await self.ask("SELECT number FROM sales_order ORDER BY number LIMIT 1 OFFSET %s", among - 1))[0][0]
        held = await self.ask(_HELD.replace("ORDER BY md5", "AND o.number <= %s ORDER BY md5"), last, count)
        return [(str(number), int(hold)) for number, hold in held]

    async def wake(self, chosen: list[tuple[str, int]]) -> float:
        """Release holds at the same time; the seconds until every order has moved on."""
        gate = asyncio.Semaphore(16)
        began = time.perf_counter()

        async def release(number: str, hold: int) -> None:
            async with gate:
                await self.shop.send("POST", f"/v1/orders/{number}/holds/{hold}/release", {"comment": "go on"})

        await asyncio.gather(*(release(number, hold) for number, hold in chosen))
        numbers = [number for number, _ in chosen]
        await self._until(_WOKEN, lambda woken: woken == len(numbers), numbers)
        return time.perf_counter() - began

    async def killed(self, name: str, among: int) -> float:
        """Kill a process; the seconds until an order that is released just then has moved on."""
        chosen = await self.sleepers(1, among)
        psutil.Process(self.stack.pid(name)).kill()
        return await self.wake(chosen)

    def memory(self) -> dict[str, float]:
        """Megabytes of the worker and of Temporal."""
        return {
            name: psutil.Process(self.stack.pid(name)).memory_info().rss / 1_000_000 for name in ("worker", "temporal")
        }


@asynccontextmanager
async def dormitory(orders: int) -> AsyncIterator[Dormitory]:
    """The house with its held orders, none of them begun; nothing is left of it afterwards."""
    with tempfile.TemporaryDirectory(prefix="orderkeep-sleep-") as folder:
        async with Servers(Path(folder), temporal=False) as servers:
            await put_to_sleep(servers.database, orders + NONE, tell)
        async with Stack(Path(folder), env=nothing_else()) as stack:
            shop = Wire(stack.endpoints.api, stack.endpoints.key)
            connect = psycopg.AsyncConnection.connect(stack.endpoints.database, autocommit=True)
            async with await connect as connection:
                client = await Client.connect(stack.endpoints.temporal)
                yield Dormitory(stack, shop, connection, client)
            await shop.close()


def steps(orders: int) -> Iterator[int]:
    """At which numbers the curve is looked at: powers of ten and three times those, and the whole."""
    yield from (step for power in range(2, 7) for step in (10**power, 3 * 10**power) if step < orders)
    yield orders


async def measure(orders: int) -> dict[str, Any]:
    """The curve, the lags and the restarts."""
    async with dormitory(orders) as house:
        await house.begin(NONE, 0)
        await house.wake(await house.sleepers(NONE, NONE))
        await asyncio.sleep(SETTLED_SECONDS)
        none = house.memory()
        tell(f"none asleep: {none}")
        curve, begun = [], NONE
        for step in steps(orders):
            took = await house.begin(step + NONE, begun)
            rate = (step + NONE - begun) / took
            begun = step + NONE
            lags = [await house.wake([one]) for one in await house.sleepers(min(SAMPLE, step // 10), begun)]
            now = house.memory()
            curve.append({
                "asleep": step,
                "worker_mb_above_none": round(now["worker"] - none["worker"], 1),
                "temporal_mb_above_none": round(now["temporal"] - none["temporal"], 1),
                "begun_per_s": round(rate, 1),
                "wake_p50_ms": round(quantile(lags, 0.5) * 1000),
                "wake_p99_ms": round(quantile(lags, 0.99) * 1000),
            })  # fmt: skip
            tell(f"{curve[-1]}")
        mass = await house.sleepers(min(MASS, orders // 4), begun)
        return {
            "orders": orders,
            "worker_mb_of_none": round(none["worker"], 1),
            "curve": curve,
            "mass": len(mass),
            "mass_woken_per_s": round(len(mass) / await house.wake(mass), 1),
            "worker_restart_s": round(await house.killed("worker", begun), 2),
            "temporal_restart_s": round(await house.killed("temporal", begun), 2),
        }


def table(result: dict[str, Any]) -> str:
    """The result for people."""
    names = list(result["curve"][0])
    lines = ["  ".join(f"{name:>{len(name)}}" for name in names)]
    lines += ["  ".join(f"{row[name]:>{len(name)}}" for name in names) for row in result["curve"]]
    return "\n".join([
        *lines, "",
        f"the worker without a sleeping order  {result['worker_mb_of_none']} MB",
        f"{result['mass']} woken at once           {result['mass_woken_per_s']} orders/s",
        f"first wake-up after the worker was killed    {result['worker_restart_s']} s",
        f"first wake-up after Temporal was killed      {result['temporal_restart_s']} s",
    ])  # fmt: skip


def main() -> int:
    """The command; the exit code."""
    parser = argparse.ArgumentParser(description="What sleeping orders cost.")
    parser.add_argument("--orders", type=positive, default=ORDERS, help=f"sleeping orders ({ORDERS})")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    given = parser.parse_args()
    result = asyncio.run(measure(given.orders))
    print(json.dumps(result, indent=2) if given.json else table(result))
    return 0


if __name__ == "__main__":
    finish(main())
