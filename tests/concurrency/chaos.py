"""Connections that are killed in the middle: at any instant, and at the instant of the commit."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import psycopg

from db.connection import Connection
from starter.ending import ended
from tests.concurrency.history import Recorder

_BUSY = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND application_name <> 'killer' AND backend_type = 'client backend' ORDER BY pid"""


@asynccontextmanager
async def killing_connections(database: str, recorder: Recorder, seed: str, every: int) -> AsyncIterator[list[int]]:
    """While the block runs, PostgreSQL terminates a connection after about `every` operations; those that were hit.

    Counted in operations and not in seconds, so that a slow machine gets its work done too.
    """
    chance = random.Random(f"{seed}/killer")
    killed: list[int] = []

    async def kill() -> None:
        async with await psycopg.AsyncConnection.connect(
            database, autocommit=True, application_name="killer"
        ) as connection:
            while True:
                due = len(recorder.operations) + chance.randint(1, 2 * every)
                while len(recorder.operations) < due:
                    await asyncio.sleep(0.005)
                found = [row[0] for row in await (await connection.execute(_BUSY)).fetchall()]
                if found:
                    killed.append(chance.choice(found))
                    await connection.execute("SELECT pg_terminate_backend(%s)", [killed[-1]])

    killer = asyncio.create_task(kill())
    try:
        yield killed
    finally:
        await ended(killer)


@contextmanager
def killing_commits(database: str, seed: str, share: float) -> Iterator[list[int]]:
    """While the block runs, this share of the commits of this process meets a connection that is gone."""
    chance = random.Random(f"{seed}/commits")
    killed: list[int] = []
    honest = Connection.commit

    async def cut(connection: Connection) -> None:
        if chance.random() < share:
            killed.append(connection._driver().info.backend_pid)
            async with await psycopg.AsyncConnection.connect(
                database, autocommit=True, application_name="killer"
            ) as killer:
                await killer.execute("SELECT pg_terminate_backend(%s, 1000)", [killed[-1]])
        await honest(connection)

    Connection.commit = cut  # type: ignore[method-assign, assignment]
    try:
        yield killed
    finally:
        Connection.commit = honest  # type: ignore[method-assign]
