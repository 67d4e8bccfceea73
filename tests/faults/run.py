"""One run from the first server to the verdict: orders come steadily, the plan is carried out, then all must settle."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from starter.ending import ended
from tests.faults.client import Client, Ledger
from tests.faults.evidence import gather
from tests.faults.house import House, opened
from tests.faults.robots import Robots, put_in_order
from tests.faults.schedule import Fault, plan
from tests.faults.strikes import STRIKES
from tests.faults.verdict import judge
from tests.faults.wishes import NEVER, wishes

Say = Callable[[str], None]
LOOK_SECONDS = 2.0
NEWS_SECONDS = 10.0
QUIET_LOOKS = 2
"""How often in a row nothing must be left to do."""

WAITING = f"""
SELECT 'order ' || o.number || ' is ' || o.state AS what FROM sales_order o
  WHERE o.state NOT IN ('COMPLETED', 'REJECTED', 'EXPIRED', 'CANCELLED') AND NOT (
    o.customer = '{NEVER}' AND o.state = 'FULFILLED' AND EXISTS (SELECT 1 FROM invoice v JOIN reminder r
      ON r.invoice = v.number WHERE v.order_number = o.number AND r.level = 3))
UNION ALL SELECT 'supply order ' || number || ' is ' || state FROM supply_order
  WHERE state NOT IN ('RECEIVED', 'CANCELLED')
UNION ALL SELECT 'case ' || number || ' is ' || state FROM support_case WHERE state <> 'CLOSED'
UNION ALL SELECT 'message ' || id || ' for ' || workflow_id || ' is not sent' FROM engine_outbox WHERE sent_at IS NULL
UNION ALL SELECT 'letter ' || key || ' is not sent: ' || coalesce(error, '') FROM notice WHERE sent_at IS NULL
ORDER BY 1"""
PROGRESS = """
SELECT count(*), count(*) FILTER (WHERE state IN ('COMPLETED', 'REJECTED', 'EXPIRED', 'CANCELLED')) FROM sales_order"""
MOVED = "SELECT min(at) FROM timeline WHERE actor = 'system' AND at > %s"
STATES = "SELECT state, count(*) FROM sales_order GROUP BY 1 ORDER BY 1"


@dataclass(frozen=True, slots=True)
class Order:
    """What to run. `settle_seconds` is how long all may take to come to an end after the last fault."""

    seed: int
    orders: int
    seconds: float
    smtp: bool
    day_seconds: float = 0.5
    scan_seconds: float = 0.4
    settle_seconds: float = 240.0


@dataclass
class Struck:
    """A fault as it was carried out."""

    fault: Fault
    began: float = 0.0
    ended: float = 0.0
    failed: str = ""


@dataclass
class Result:
    """What came of it."""

    order: Order
    folder: Path
    how_full: str = ""
    struck: list[Struck] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    verdict: dict[str, list[str]] = field(default_factory=dict)
    recovery: dict[int, tuple[float | None, float | None]] = field(default_factory=dict)
    """Per fault: seconds from its end to the next order that was accepted, and to the next step of any order."""
    states: dict[str, int] = field(default_factory=dict)
    settled_after: float = 0.0
    letters: int = 0
    letters_again: int = 0
    webhooks_spoiled: int = 0

    @property
    def good(self) -> bool:
        """Whether nothing was lost, doubled or forgotten."""
        return bool(self.verdict) and not any(self.verdict.values())


async def conduct(order: Order, folder: Path, say: Say) -> Result:
    """Run it; the folder keeps everything, and goes only if the caller lets it go."""
    result = Result(order, folder)
    async with opened(
        folder, order.seed, day_seconds=order.day_seconds, scan_seconds=order.scan_seconds, smtp=order.smtp
    ) as house:
        result.how_full = house.disk.how
        house.disk.keep = True
        key = house.stack.endpoints.key
        client, calm = Client(house.api, key, result.ledger), Client(house.direct_api, key, Ledger())
        say(f"ready: {', '.join(house.targets.processes)}; connections: {', '.join(house.targets.connections)}")
        await put_in_order(calm)
        robots = Robots(
            client, wishes(order.seed, order.orders, order.seconds), order.day_seconds, house.payments_secret
        )
        desks = asyncio.create_task(robots.desks())
        news = asyncio.create_task(_news(house, result, say))
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_strike_all(house, result, say))
                group.create_task(_watched(robots.shop(), desks))
            say("the last fault is over and the last order is answered; all must come to an end now")
            stuck = await _settle(house, result, desks)
        finally:
            await ended(desks, news)
            await client.close()
            await calm.close()
        await _judge(house, result, stuck)
        house.disk.keep = not result.good
    return result


async def _watched(work: Any, desks: asyncio.Task[None]) -> None:
    """Do the work; desks that fall over meanwhile are a fault of the run itself."""
    task = asyncio.ensure_future(work)
    await asyncio.wait([task, desks], return_when=asyncio.FIRST_COMPLETED)
    if desks.done():
        task.cancel()
        desks.result()
    await task


async def _strike_all(house: House, result: Result, say: Say) -> None:
    began = asyncio.get_running_loop().time()
    async with asyncio.TaskGroup() as group:
        for fault in plan(result.order.seed, result.order.seconds, house.targets):
            await asyncio.sleep(max(0.0, began + fault.at - asyncio.get_running_loop().time()))
            struck = Struck(fault)
            result.struck.append(struck)
            group.create_task(_strike(house, struck, say))
        await asyncio.sleep(max(0.0, began + result.order.seconds - asyncio.get_running_loop().time()))


async def _strike(house: House, struck: Struck, say: Say) -> None:
    fault = struck.fault
    lasts = f" for {fault.lasts:.1f} s" if fault.lasts else ""
    say(f"{fault.at:7.1f} s  fault {fault.number}: {fault.kind} {fault.target}{lasts}")
    struck.began = time.time()
    try:
        async with STRIKES[fault.kind](house, fault):
            await asyncio.sleep(fault.lasts)
    except (OSError, psycopg.Error) as error:
        struck.failed = f"{type(error).__name__}: {error}"
        say(f"           fault {fault.number} could not be brought about: {struck.failed}")
    struck.ended = time.time()


async def _news(house: House, result: Result, say: Say) -> None:
    began = time.monotonic()
    while True:
        await asyncio.sleep(NEWS_SECONDS)
        rows = await asked(house.direct_database, PROGRESS)
        told = f"{rows[0][0]} orders taken, {rows[0][1]} ended" if rows else "PostgreSQL does not answer"
        say(f"{time.monotonic() - began:7.1f} s  {told}; {len(result.ledger.promises)} promises")


async def asked(database: str, query: str, *values: object) -> list[tuple[Any, ...]]:
    """The rows; none when PostgreSQL does not answer just now."""
    with contextlib.suppress(psycopg.Error, OSError, TimeoutError):
        async with (
            asyncio.timeout(10),
            await psycopg.AsyncConnection.connect(database, connect_timeout=3) as connection,
        ):
            return await (await connection.execute(query, values)).fetchall()
    return []


async def _settle(house: House, result: Result, desks: asyncio.Task[None]) -> list[str]:
    """Wait until nothing is left to do; what is left when the patience ends."""
    began, quiet = time.monotonic(), 0
    waiting: list[str] = ["nothing was asked"]
    while time.monotonic() - began < result.order.settle_seconds and quiet < QUIET_LOOKS:
        if desks.done():
            desks.result()
        if await asked(house.direct_database, "SELECT 1"):
            waiting = [str(row[0]) for row in await asked(house.direct_database, WAITING)]
            quiet = 0 if waiting or house.postroom.waiting else quiet + 1
        await asyncio.sleep(LOOK_SECONDS)
    result.settled_after = round(time.monotonic() - began, 1)
    return waiting


async def _judge(house: House, result: Result, stuck: list[str]) -> None:
    evidence = await gather(house, result.ledger.promises)
    evidence.unanswered, evidence.broken = sorted(result.ledger.unanswered), result.ledger.broken
    evidence.stuck = [*stuck, *(f"fault {each.fault.number}: {each.failed}" for each in result.struck if each.failed)]
    result.verdict = judge(evidence)
    result.states = {str(state): int(count) for state, count in await asked(house.direct_database, STATES)}
    result.letters = len(evidence.letters)
    result.letters_again = len(evidence.letters) - len({letter.message_id for letter in evidence.letters})
    result.webhooks_spoiled = house.postroom.spoiled
    taken = sorted(promise.at for promise in result.ledger.of("order"))
    for struck in result.struck:
        accepted = next((at - struck.ended for at in taken if at > struck.ended), None)
        moved = (await asked(house.direct_database, MOVED, datetime.fromtimestamp(struck.ended, UTC)))[0][0]
        steps = moved.timestamp() - struck.ended if moved else None
        result.recovery[struck.fault.number] = (_rounded(accepted), _rounded(steps))


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 2)
