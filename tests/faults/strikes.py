"""How each kind of fault is brought about, and how it is lifted again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import psutil
import psycopg

from starter.ending import ended
from tests.faults.house import House
from tests.faults.postroom import MISCHIEF
from tests.faults.schedule import Fault

Strike = Callable[[House, Fault], AbstractAsyncContextManager[None]]
TRY_AGAIN_SECONDS = 0.3
MOST_DELAY_SECONDS = 1.5
WRITABLE = "-c default_transaction_read_only=off"


@asynccontextmanager
async def _kill(house: House, fault: Fault) -> AsyncIterator[None]:
    with contextlib.suppress(ProcessLookupError):  # dead already, and about to be started again
        os.kill(house.pid(fault.target), signal.SIGKILL)
    yield


@asynccontextmanager
async def _stop(house: House, fault: Fault) -> AsyncIterator[None]:
    """The process and all that it started stand still, and go on as if nothing had been."""
    stopped: list[psutil.Process] = []
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(house.pid(fault.target))
        stopped = [process, *process.children(recursive=True)]
    for each in stopped:
        with contextlib.suppress(psutil.Error):
            each.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for each in reversed(stopped):
            with contextlib.suppress(psutil.Error):
                each.send_signal(signal.SIGCONT)


@asynccontextmanager
async def _cut(house: House, fault: Fault) -> AsyncIterator[None]:
    async with house.proxies[fault.target].cut():
        yield


@asynccontextmanager
async def _reset(house: House, fault: Fault) -> AsyncIterator[None]:
    house.proxies[fault.target].reset()
    yield


@asynccontextmanager
async def _delay(house: House, fault: Fault) -> AsyncIterator[None]:
    async with house.proxies[fault.target].delayed(fault.strength**2 * MOST_DELAY_SECONDS):
        yield


@asynccontextmanager
async def _hold(house: House, fault: Fault) -> AsyncIterator[None]:
    async with house.proxies[fault.target].held():
        yield


@asynccontextmanager
async def _half_close(house: House, fault: Fault) -> AsyncIterator[None]:
    house.proxies[fault.target].half_close()
    yield


@asynccontextmanager
async def _forget(house: House, fault: Fault) -> AsyncIterator[None]:
    house.proxies[fault.target].forget()
    yield


@asynccontextmanager
async def _webhooks(house: House, fault: Fault) -> AsyncIterator[None]:
    async with house.postroom.mischief(fault.kind):
        yield


@asynccontextmanager
async def _read_only(house: House, fault: Fault) -> AsyncIterator[None]:
    setting = asyncio.create_task(_set(house, "ALTER SYSTEM SET default_transaction_read_only = on"))
    try:
        yield
    finally:
        await ended(setting)
        await _set(house, "ALTER SYSTEM RESET default_transaction_read_only")


async def _set(house: House, statement: str) -> None:
    """Change a setting of the server and make it known, as soon as the server can be spoken to."""
    while True:
        with contextlib.suppress(psycopg.Error, OSError, TimeoutError):
            async with asyncio.timeout(5), await _connected(house) as connection:
                await connection.execute(statement)
                await connection.execute("SELECT pg_reload_conf()")
                return
        await asyncio.sleep(TRY_AGAIN_SECONDS)


async def _connected(house: House) -> psycopg.AsyncConnection:
    return await psycopg.AsyncConnection.connect(
        house.direct_database, autocommit=True, options=WRITABLE, connect_timeout=3
    )


@asynccontextmanager
async def _full(house: House, fault: Fault) -> AsyncIterator[None]:
    async with house.disk.full():
        yield


STRIKES: dict[str, Strike] = {
    "kill": _kill,
    "stop": _stop,
    "cut": _cut,
    "reset": _reset,
    "delay": _delay,
    "hold": _hold,
    "half_close": _half_close,
    "forget": _forget,
    **dict.fromkeys(MISCHIEF, _webhooks),
    "read_only": _read_only,
    "full": _full,
}
"""Kind of fault to what does it."""
