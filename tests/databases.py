"""PostgreSQL for tests: one server per process with a migrated template, and fresh databases copied from it."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg

from db import engine, migrate
from starter.embedded.servers import Servers

_numbers = itertools.count(1)


@asynccontextmanager
async def template_database() -> AsyncIterator[str]:
    """A PostgreSQL server while the block runs; the address of its template database, which is migrated."""
    with tempfile.TemporaryDirectory(prefix="orderkeep-tests-") as folder:
        async with Servers(Path(folder), temporal=False, durable=False) as servers:
            migrate.upgrade(servers.database)
            yield servers.database


@asynccontextmanager
async def fresh_database(template: str) -> AsyncIterator[str]:
    """A fresh migrated database while the block runs, and the pool of this process open on it; its address."""
    base, _, name_of_template = template.rpartition("/")
    name = f"test_{next(_numbers)}"
    async with await psycopg.AsyncConnection.connect(f"{base}/postgres", autocommit=True) as connection:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {name_of_template} STRATEGY file_copy")
        engine.configure(f"{base}/{name}")
        try:
            yield f"{base}/{name}"
        finally:
            await engine.close()
            await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
