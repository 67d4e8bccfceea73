"""What all tests share: one PostgreSQL server per test process, and a fresh migrated database per test that asks."""

from __future__ import annotations

import atexit
import itertools
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

from db import engine, migrate
from starter.embedded.servers import Servers
from starter.exit import finish

_numbers = itertools.count(1)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave with the true code: the engine's client can abort an interpreter that tears itself down around it.

    The session's status is final only after this hook, and what pytest has to say is said before the interpreter's
    exit begins: so it is read there. Holds for a worker of pytest-xdist as for the process that a person started.
    """
    atexit.register(lambda: finish(int(session.exitstatus)))


@pytest.fixture(scope="session")
async def database_server() -> AsyncIterator[str]:
    """A PostgreSQL server of this test process; the address of its template database, which is migrated."""
    with tempfile.TemporaryDirectory(prefix="orderkeep-tests-") as folder:
        async with Servers(Path(folder), temporal=False, durable=False) as servers:
            migrate.upgrade(servers.database)
            yield servers.database


@pytest.fixture
async def database(database_server: str) -> AsyncIterator[str]:
    """A fresh migrated database, and the pool of this process open on it; its address."""
    base, _, template = database_server.rpartition("/")
    name = f"test_{next(_numbers)}"
    async with await psycopg.AsyncConnection.connect(f"{base}/postgres", autocommit=True) as connection:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        engine.configure(f"{base}/{name}")
        try:
            yield f"{base}/{name}"
        finally:
            await engine.close()
            await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
