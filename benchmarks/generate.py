"""Fill a database with stored orders: `python -m benchmarks.generate --orders 1000000 --database DSN`.

The database must be migrated and without orders. Most orders have ended; one in twelve is open, in every state. What
comes out passes `orderkeep check`. No workflows are made: these orders are history that new ones have to live beside.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

if __name__ == "__main__":  # as a script, only its own folder would be looked through
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import psycopg

from benchmarks.generator.loading import Tell, load
from benchmarks.generator.phases import ASLEEP, Phase, pattern
from db import migrate
from starter.forecasting.__main__ import make_once

RARE_SHARE, PRESENT_SHARE = 0.08, 0.08
ORDERS_OF_A_COMPANY = 2_000
MOST_COMPANIES = 500
ORDERS_OF_AN_ODDITY = 20_000


def plan(phases: list[Phase], orders: int) -> int:
    """How often each phase is copied for that many orders; at least that many come out, in whole patterns."""
    masters, usual, rare, present, oddities = phases
    masters.copies = max(1, min(MOST_COMPANIES, orders // ORDERS_OF_A_COMPANY))
    rare.copies = max(1, round(orders * RARE_SHARE / rare.orders))
    present.copies = max(1, round(orders * PRESENT_SHARE / present.orders))
    oddities.copies = max(1, orders // ORDERS_OF_AN_ODDITY)
    rest = orders - sum(phase.copies * phase.orders for phase in (rare, present, oddities))
    usual.copies = max(1, -(-rest // usual.orders))
    return _number(phases)


def _number(phases: list[Phase]) -> int:
    """Give each phase its numbers, behind those of the phases before it; the orders in all."""
    taken: dict[str, int] = {}
    for phase in phases:
        phase.before = dict(taken)
        for word in phase.spans.found:
            taken[word] = taken.get(word, 0) + phase.copies * phase.spans.count(word)
    return sum(phase.copies * phase.orders for phase in phases)


async def put_to_sleep(database: str, orders: int, tell: Tell) -> None:
    """Fill an empty database with orders that are held, and that no engine knows yet."""
    await asyncio.to_thread(migrate.upgrade, database)
    phases = await pattern(database, ASLEEP)
    masters, asleep = phases
    masters.copies, asleep.copies = max(1, min(MOST_COMPANIES, orders // 100)), max(1, orders // asleep.orders)
    tell(f"{_number(phases):,} orders are held")
    await asyncio.to_thread(load, database, phases, datetime.now(UTC), lambda text: None)


async def generate(database: str, orders: int, tell: Tell) -> dict[str, int]:
    """Fill the database; the rows by table."""
    await asyncio.to_thread(migrate.upgrade, database)
    with psycopg.connect(database) as connection:
        if connection.execute("SELECT 1 FROM sales_order LIMIT 1").fetchone():
            raise SystemExit("This database holds orders already; the generator wants one without.")
    began = time.perf_counter()
    tell("living the pattern")
    phases = await pattern(database)
    tell(f"{plan(phases, orders):,} orders will be stored, {phases[0].copies} companies' customers and products")
    filled = await asyncio.to_thread(load, database, phases, datetime.now(UTC), tell)
    tell("forecasting, as the worker does once a week")
    await make_once(database, datetime.now(UTC))
    took = time.perf_counter() - began
    tell(f"{filled['sales_order']:,} orders, {sum(filled.values()):,} rows in {took:.0f} s")
    return filled


def main() -> int:
    """The command; the exit code."""
    parser = argparse.ArgumentParser(description="Fill a database with stored orders.")
    parser.add_argument("--orders", type=int, default=1_000_000, help="how many (1000000)")
    parser.add_argument("--database", default=os.environ.get("ORDERKEEP_DATABASE_URL"), help="address of PostgreSQL")
    given = parser.parse_args()
    if given.database is None or given.orders < 1:
        parser.error("name a database (--database, or ORDERKEEP_DATABASE_URL) and a number of orders from 1 up")
    began = time.perf_counter()

    def tell(text: str) -> None:
        print(f"{time.perf_counter() - began:6.0f} s  {text}", file=sys.stderr, flush=True)

    asyncio.run(generate(given.database, given.orders, tell))
    return 0


if __name__ == "__main__":
    sys.exit(main())
