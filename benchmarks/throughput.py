"""How many whole lives of orders are lived per second, beside lives without content on the same engine.

`python benchmarks/throughput.py [--orders N] [--concurrency N] [--json]`. Everything is launched in a temporary
directory: PostgreSQL with its durable settings, Temporal, the API, the worker, the carrier. Rounds of real and of bare
lives alternate, so that whatever else the machine does meets both. Believe the ratio, not the rates.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":  # as a script, only its own folder would be looked through
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.costs import let_postgres_count
from benchmarks.house import House, opened
from benchmarks.intake import CLIENTS, post_orders
from benchmarks.report import Measured, document, table
from starter.embedded.signals import Interrupted
from starter.exit import finish

ORDERS, CONCURRENCY, ROUNDS = 480, 32, 5
SMALLEST_ROUND = 20
HISTORIES = 10
INTAKE_SECONDS = 6.0
DIG_IN_SECONDS = 2.0


def tell(text: str) -> None:
    """Progress, for people."""
    print(text, file=sys.stderr, flush=True)


async def measure(orders: int, concurrency: int) -> Measured:
    """Everything, from an empty directory to the numbers."""
    measured = Measured()
    rounds = max(1, min(ROUNDS, orders // SMALLEST_ROUND))
    with tempfile.TemporaryDirectory(prefix="orderkeep-bench-") as folder:
        tell("Starting PostgreSQL, Temporal, the API, the worker and the carrier")
        await let_postgres_count(Path(folder))
        async with opened(Path(folder)) as house:
            await _warm_up(house, measured)
            for number in range(1, rounds + 1):
                count = orders // rounds + (number <= orders % rounds)
                await _real_round(house, measured, number, count, concurrency)
                await _bare_round(house, measured, number, count, concurrency)
            for order in house.customers.closed[-HISTORIES:]:
                measured.add_history(await house.history(order))
            measured.dearest = await house.statements.dearest()
            await _intake(house, measured, min(INTAKE_SECONDS, max(1.0, orders / 20)))
    return measured


async def _warm_up(house: House, measured: Measured) -> None:
    """One order alone: it warms the caches, and its history shows what the bare lives have to do."""
    await house.customers.live()
    measured.shape = house.take_shape(await house.history(house.customers.closed[0]))
    tell(f"A life has {measured.shape}")
    await house.bare_life()


async def _real_round(house: House, measured: Measured, number: int, count: int, at_once: int) -> None:
    before, counted = house.processors.used(), await house.statements.counted()
    lives = await house.real_round(count, at_once)
    statements, transactions = await house.statements.counted()
    measured.statements += statements - counted[0]
    measured.transactions += transactions - counted[1]
    measured.real.append(lives)
    measured.add_cpu("real", before, house.processors.used(), count)
    tell(f"Round {number}: {count} real lives, {lives.per_second:.1f}/s")


async def _bare_round(house: House, measured: Measured, number: int, count: int, at_once: int) -> None:
    before = house.processors.used()
    lives = await house.bare_round(count, at_once)
    measured.bare.append(lives)
    measured.add_cpu("bare", before, house.processors.used(), count)
    tell(f"Round {number}: {count} bare lives, {lives.per_second:.1f}/s")


async def _intake(house: House, measured: Measured, seconds: float) -> None:
    """First while the worker stands still, then while it works off what has piled up."""
    numbers = itertools.count(1_000_000)
    with house.worker_asleep():
        measured.resting = await post_orders(house.shop, seconds, numbers)
    tell(f"Intake at rest, {CLIENTS} clients: {measured.resting.per_second:.0f}/s")
    await asyncio.sleep(DIG_IN_SECONDS)
    measured.saturated = await post_orders(house.shop, seconds, numbers)
    measured.backlog = await house.backlog()
    tell(f"Intake while the engine is saturated: {measured.saturated.per_second:.0f}/s")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("a number from 1 up is expected")
    return number


def main() -> int:
    """The command; the exit code."""
    parser = argparse.ArgumentParser(description="Whole lives of orders per second, beside the bare engine.")
    parser.add_argument("--orders", type=_positive, default=ORDERS, help=f"real lives in all ({ORDERS})")
    parser.add_argument("--concurrency", type=_positive, default=CONCURRENCY, help=f"lives at once ({CONCURRENCY})")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    given = parser.parse_args()
    try:
        measured = asyncio.run(measure(given.orders, given.concurrency))
    except Interrupted as interrupted:
        return interrupted.code
    print(json.dumps(document(measured), indent=2) if given.json else table(measured))
    return 0


if __name__ == "__main__":
    finish(main())
