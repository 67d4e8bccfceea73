"""Connections that are lost without a word: nobody waits for ever, nobody waits for their locks, new ones are made."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from sqlalchemy import text

from db import engine
from starter.ending import ended
from starter.relay import bell
from starter.relay.patience import first_line
from tests.faults.proxy import Proxy

ONE = text("SELECT 1")


@pytest.fixture
async def proxy(database: str) -> AsyncIterator[Proxy]:
    """The pool of this process is open on the database by way of a proxy."""
    parts = urlsplit(database)
    async with Proxy("database", "127.0.0.1", parts.port or 5432) as proxy:
        engine.configure(through(database, proxy), pool_size=3)
        yield proxy
        await engine.close()


def through(database: str, proxy: Proxy) -> str:
    """The database's address by way of the proxy."""
    parts = urlsplit(database)
    return urlunsplit(parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{proxy.port}"))


async def one(patience: float = 20.0) -> int:
    async with engine.autocommit(patience) as tx:
        return int((await tx.execute(ONE)).scalar_one())


async def test_after_one_connection_was_waited_for_in_vain_its_neighbours_are_not_used_either(proxy: Proxy) -> None:
    assert tuple(await asyncio.gather(one(), one(), one())) == (1, 1, 1)
    proxy.forget()
    with pytest.raises(TimeoutError):
        await one(patience=0.3)
    began = time.monotonic()
    assert tuple(await asyncio.gather(one(), one(), one())) == (1, 1, 1)
    assert time.monotonic() - began < 10


async def test_whoever_is_lost_in_a_transaction_keeps_no_locks_for_long(proxy: Proxy) -> None:
    shown = {}
    for name in ("idle_in_transaction_session_timeout", "lock_timeout"):
        async with engine.transaction() as tx:
            shown[name] = (await tx.execute(text(f"SHOW {name}"))).scalar_one()
    assert shown == {"idle_in_transaction_session_timeout": "10s", "lock_timeout": "10s"}


async def test_the_doorbell_notices_that_it_hears_nothing_any_more(
    database: str, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bell, "QUIET_SECONDS", 0.2)
    monkeypatch.setattr(bell, "DATABASE_SECONDS", 0.3)
    door = bell.Doorbell(through(database, proxy), "notice")
    listening = asyncio.create_task(door.run())
    await rung(database, door)
    proxy.forget()
    await rung(database, door)
    await ended(listening)


async def rung(database: str, door: bell.Doorbell) -> None:
    """Ring until it is heard; what was rung while nobody listened is heard when somebody listens again."""
    connecting = psycopg.AsyncConnection.connect(database, autocommit=True)
    async with asyncio.timeout(30), await connecting as connection:
        heard = asyncio.create_task(door.wait("notice", 60))
        await asyncio.sleep(0)  # it listens for new rings from here on
        while not heard.done():
            await connection.execute("NOTIFY notice")
            await asyncio.sleep(0.1)


def test_an_error_without_words_is_called_by_its_kind() -> None:
    assert first_line(TimeoutError()) == "TimeoutError"
    assert first_line(OSError("away\nfor good")) == "away"
