"""What the work costs: processor time of each process, statements and transactions of PostgreSQL."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg.rows import tuple_row

from benchmarks.lives import UNCOUNTED
from starter.embedded.servers import Servers

_COUNTED = """
SELECT coalesce(sum(calls) FILTER (WHERE query NOT IN ('BEGIN', 'COMMIT', 'ROLLBACK')), 0) AS statements,
  coalesce(sum(calls) FILTER (WHERE query = 'COMMIT'), 0) AS transactions
FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = current_database()"""
_DEAREST = """
SELECT regexp_replace(query, '\\s+', ' ', 'g'), calls, total_exec_time, max_exec_time
FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
WHERE d.datname = current_database() AND query NOT IN ('BEGIN', 'COMMIT', 'ROLLBACK')
ORDER BY total_exec_time DESC LIMIT %s"""


async def let_postgres_count(data_dir: Path) -> None:
    """Make the cluster and have its server load pg_stat_statements from the next start on."""
    async with (
        Servers(data_dir, temporal=False) as servers,
        await psycopg.AsyncConnection.connect(servers.database, autocommit=True) as connection,
    ):
        await connection.execute("ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
        await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")


class Statements:
    """The statements and transactions that PostgreSQL has counted; those of the benchmark itself are not."""

    def __init__(self, database: str) -> None:
        self._database = database

    async def counted(self) -> tuple[int, int]:
        """(statements, transactions) so far."""
        ((statements, transactions),) = await self._ask(_COUNTED)
        return int(statements), int(transactions)

    async def dearest(self, limit: int = 12) -> list[tuple[str, int, float, float]]:
        """The statements that took most time in all: (text, calls, milliseconds, longest)."""
        return [
            (str(text), int(calls), float(ms), float(top)) for text, calls, ms, top in await self._ask(_DEAREST, limit)
        ]

    async def backlog(self) -> int:
        """Messages that the engine has not been given yet."""
        ((waiting,),) = await self._ask("SELECT count(*) FROM engine_outbox WHERE sent_at IS NULL")
        return int(waiting)

    async def _ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        connect = psycopg.AsyncConnection.connect(self._database, options=UNCOUNTED, row_factory=tuple_row)
        async with await connect as connection:
            return await (await connection.execute(query.encode(), values or None)).fetchall()


class Processors:
    """Processor seconds of the processes under measurement, and of this one, which plays the world around them."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._processes = {name: psutil.Process(pid) for name, pid in pids.items()}

    def used(self) -> dict[str, float]:
        """User and system time so far, in seconds, by process."""
        used = {name: _seconds(process) for name, process in self._processes.items()}
        return {**used, "benchmark": time.process_time()}


def _seconds(process: psutil.Process) -> float:
    """Of a process and its children, also those that have ended: PostgreSQL has one for each connection."""
    own = process.cpu_times()
    total: float = own.user + own.system + own.children_user + own.children_system
    for child in process.children():
        with contextlib.suppress(psutil.NoSuchProcess):
            times = child.cpu_times()
            total += times.user + times.system
    return total


def spent(before: Mapping[str, float], after: Mapping[str, float], lives: int) -> dict[str, float]:
    """Milliseconds per life by process."""
    return {name: (after[name] - before[name]) * 1000 / lives for name in after}
