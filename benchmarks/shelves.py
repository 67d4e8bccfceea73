"""Full shelves to measure beside: a database with stored orders, and the API in a process of its own on it."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import psycopg

from benchmarks.generate import generate
from db import engine, migrate
from domain.actor import SYSTEM, Role
from intake import keys
from starter.embedded import children
from starter.embedded.ports import free_port
from starter.embedded.processes import end, spawn
from starter.embedded.servers import Servers

BEGAN = time.perf_counter()
OURS = ("ORDERKEEP_", "TEMPORAL_")


def tell(text: str) -> None:
    """Progress, for people."""
    print(f"{time.perf_counter() - BEGAN:6.0f} s  {text}", file=sys.stderr, flush=True)


def positive(text: str) -> int:
    """A number from 1 up, of a command line."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("a number from 1 up is expected")
    return number


def nothing_else() -> dict[str, str]:
    """What the environment names is somebody's real server: it has no part in a measurement."""
    return {name: "" for name in os.environ if name.startswith(OURS)}


Measured = Callable[[int, int, str | None], Coroutine[Any, Any, dict[str, Any]]]


def command(
    title: str, orders: int, repeats: int, asked: str, run: Measured, table: Callable[[dict[str, Any]], str]
) -> int:
    """The command of a measurement beside stored orders; the exit code: 1 when something is `too_slow`."""
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("--orders", type=positive, default=orders, help=f"stored orders ({orders})")
    parser.add_argument("--repeats", type=positive, default=repeats, help=f"{asked} of each kind ({repeats})")
    parser.add_argument("--database", help="a database that is filled already")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    given = parser.parse_args()
    result = asyncio.run(run(given.orders, given.repeats, given.database))
    print(json.dumps(result, indent=2, ensure_ascii=False) if given.json else table(result))
    return 1 if result["too_slow"] else 0


@dataclass
class Api:
    """The API under measurement."""

    client: httpx2.AsyncClient
    database: str

    async def get(self, path: str) -> dict[str, Any]:
        """A document; a refusal is a fault of the benchmark (RuntimeError)."""
        answer = await self.client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"GET {path} was answered {answer.status_code}: {answer.text[:500]}")
        found: dict[str, Any] = answer.json()
        return found

    async def orders(self) -> int:
        """How many orders are stored."""
        async with await psycopg.AsyncConnection.connect(self.database) as connection:
            [(count,)] = await (await connection.execute("SELECT count(*) FROM sales_order")).fetchall()
            return int(count)


@asynccontextmanager
async def filled(orders: int, database: str | None) -> AsyncIterator[str]:
    """A database with stored orders: the one named, brought to this schema, or one that is made and thrown away."""
    if database is not None:
        await asyncio.to_thread(migrate.upgrade, database)
        yield database
        return
    with tempfile.TemporaryDirectory(prefix="orderkeep-shelves-") as folder:
        async with Servers(Path(folder), temporal=False) as servers:
            await generate(servers.database, orders, tell)
            yield servers.database


@asynccontextmanager
async def api_beside(orders: int, database: str | None) -> AsyncIterator[Api]:
    """The API on a database with stored orders, signed in."""
    async with AsyncExitStack() as leaving:
        address = await leaving.enter_async_context(filled(orders, database))
        key = await _key(address)
        folder = Path(leaving.enter_context(tempfile.TemporaryDirectory(prefix="orderkeep-api-")))
        port = free_port()
        env: dict[str, str | None] = dict.fromkeys(nothing_else())
        env |= {"ORDERKEEP_DATABASE_URL": address, "ORDERKEEP_DATA_DIR": str(folder)}
        child = children.api(port, env, folder)
        process = await spawn(child.program)
        leaving.push_async_callback(end, process, child.program)
        client = await leaving.enter_async_context(
            httpx2.AsyncClient(
                base_url=f"http://127.0.0.1:{port}",
                headers={"Authorization": f"Bearer {key}"},
                timeout=600.0,
                trust_env=False,
            )
        )
        while not await child.answers():
            if process.returncode is not None:
                raise RuntimeError(f"the API has ended: {child.program.log.read_text()[-1000:]}")
        yield Api(client, address)


async def _key(database: str) -> str:
    engine.configure(database, pool_size=1)
    try:
        async with engine.transaction() as tx:
            return await keys.create_key(tx, SYSTEM, "benchmark", Role.ADMIN, datetime.now(UTC))
    finally:
        await engine.close()
