"""The ground on which interleavings run: a loop, a database that is put back in a moment, a carrier, and every check.

Between two examples every row is put back to the small company, which takes a tenth of a new database; all checks are
asked in one statement, whose plan is kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Coroutine, Iterator
from decimal import Decimal
from typing import Any, TypeVar

import psycopg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from db import engine
from db.checks import RULES, run_checks
from db.engine import address, transaction
from domain.facts import StockMovement
from gateways.carriers import registry
from gateways.carriers.simulator.running import beside
from gateways.carriers.simulator.settings import SimulatorSettings
from intake.stock import move_stock
from tests import builders
from tests.builders import NOW
from tests.databases import fresh_database

Answer = TypeVar("Answer")

_COLUMNS = """
SELECT table_name, string_agg(format('%I', column_name), ', ' ORDER BY ordinal_position)
FROM information_schema.columns WHERE table_schema = 'public' AND is_generated = 'NEVER'
  AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public')
GROUP BY table_name ORDER BY table_name"""
_SEQUENCES = """
SELECT schemaname || '.' || sequencename, coalesce(last_value, start_value), last_value IS NOT NULL
FROM pg_sequences WHERE schemaname = 'public'"""


class Ground:
    """Holds everything that the examples of one test share."""

    def __init__(self, template: str) -> None:
        self.loop = asyncio.new_event_loop()
        self._open = contextlib.AsyncExitStack()
        self._carrier: contextlib.ExitStack | None = None
        self.database = self.run(self._open.enter_async_context(fresh_database(template)))
        self._checks = _checking_engine(self.database)
        self.run(_company())
        with psycopg.connect(self.database, autocommit=True) as connection:
            self._put_back = _put_back(connection)

    def run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Run to its end."""
        return self.loop.run_until_complete(work)

    def put_back(self) -> None:
        """The company as it was before anything happened, and a carrier that knows no parcel."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            connection.execute(self._put_back)
        self.close_carrier()
        self._carrier = contextlib.ExitStack()
        never = SimulatorSettings(simulator_port=0, simulator_step_seconds=86_400, webhook_secret_carriers="")
        registry.configure(self._carrier.enter_context(beside(never)), timeout_seconds=30)

    def close_carrier(self) -> None:
        """The carrier closes its depot."""
        if self._carrier is not None:
            self.run(registry.close())
            self._carrier.close()
            self._carrier = None

    def close(self) -> None:
        """Leave nothing behind."""
        self.close_carrier()
        self.run(self._checks.dispose())
        self.run(self._open.aclose())
        self.loop.close()

    async def breaches(self) -> list[str]:
        """The names of the checks that do not hold; in the words of the reconciler, when there are any."""
        async with self._checks.connect() as tx:
            broken = [row.name for row in await tx.execute(*_ALL_CHECKS)]
            await tx.rollback()
        if not broken:
            return []
        async with transaction() as tx:
            return [f"{check.name}: {breach}" for check in await run_checks(tx) for breach in check.breaches] or broken


def _checking_engine(database: str) -> AsyncEngine:
    options = "-c timezone=UTC -c jit=off -c plan_cache_mode=force_generic_plan"
    return create_async_engine(
        address(database), pool_size=1, connect_args={"prepare_threshold": 0, "options": options}
    )


def _all_checks() -> tuple[Any, dict[str, Any]]:
    parts, values = [], {}
    for place, rule in enumerate(RULES):
        query = rule.query
        for name, value in rule.values.items():
            query = re.sub(rf"(?<![:\w]):{name}\b", f":r{place}_{name}", query)
            values[f"r{place}_{name}"] = value
        parts.append(f"SELECT '{rule.name}' AS name WHERE EXISTS ({query})")
    return text(" UNION ALL ".join(parts)), values


_ALL_CHECKS = _all_checks()


async def _company() -> None:
    """The small company with little in stock, a credit limit that is soon reached, and a product without supply."""
    engine.configure(str(engine.pool().url.render_as_string(hide_password=False)), 4)
    await builders.a_company()
    await builders.a_product("GEM", "5.00", "2.00")
    for sku, warehouse, pieces in (("BOLT", "MAIN", -94), ("BOLT", "EAST", -37), ("GEM", "MAIN", 4)):
        await builders.some_stock(sku, pieces, warehouse) if pieces > 0 else await _less(sku, warehouse, pieces)
    await builders.a_customer("ACME", credit_limit="250")


async def _less(sku: str, warehouse: str, pieces: int) -> None:
    movement = StockMovement(sku=sku, warehouse=warehouse, quantity=Decimal(pieces), reason="adjustment")
    await engine.settled(lambda tx: move_stock(tx, builders.WAREHOUSE, movement, NOW))


def _put_back(connection: psycopg.Connection[Any]) -> str:
    """The statements that put every row and every sequence back to where they are now."""
    tables = connection.execute(_COLUMNS).fetchall()
    connection.execute("CREATE SCHEMA kept")
    lines = ["BEGIN", "SET LOCAL session_replication_role = replica"]
    for table, columns in tables:
        connection.execute(f"CREATE TABLE kept.{table} AS TABLE public.{table}")
        lines.append(f"DELETE FROM public.{table}")
        if _filled(connection, table):
            lines.append(
                f"INSERT INTO public.{table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM kept.{table}"
            )
    for name, value, used in connection.execute(_SEQUENCES).fetchall():
        lines.append(f"SELECT setval('{name}', {value}, {used})")
    return "; ".join([*lines, "COMMIT"])


def _filled(connection: psycopg.Connection[Any], table: str) -> bool:
    found = connection.execute(f"SELECT EXISTS (SELECT 1 FROM kept.{table})").fetchone()
    return found is not None and bool(found[0])


@contextlib.contextmanager
def ground(template: str) -> Iterator[Ground]:
    """A ground while the block runs."""
    laid = Ground(template)
    try:
        yield laid
    finally:
        laid.close()
