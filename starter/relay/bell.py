"""Wake up when PostgreSQL says that something waits, and now and then when it does not."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import psycopg
import structlog

from starter.relay.patience import DATABASE_SECONDS, first_line

log = structlog.get_logger()

QUIET_SECONDS = 15.0


class Doorbell:
    """LISTEN on channels with a connection of its own; `wait` returns when one rings or the time is up.

    A lost connection is opened again; until then the time-outs alone keep things moving.
    """

    def __init__(self, dsn: str, *channels: str) -> None:
        self._dsn = dsn.replace("postgresql+psycopg://", "postgresql://")
        self._events = {channel: asyncio.Event() for channel in channels}

    async def wait(self, channel: str, timeout: float) -> None:
        """Until the channel rings, or `timeout` seconds have passed."""
        event = self._events[channel]
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await event.wait()
        event.clear()

    def ring(self, channel: str) -> None:
        """Let the waiter look at once."""
        self._events[channel].set()

    async def run(self) -> None:
        """Listen until cancelled."""
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError) as error:
                log.warning("doorbell_lost", error=first_line(error))
                await asyncio.sleep(1)

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._dsn, autocommit=True, connect_timeout=5) as connection:
            for channel in self._events:
                await connection.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(channel)))
                self._events[channel].set()
            while True:
                async for notice in connection.notifies(timeout=QUIET_SECONDS):
                    self._events[notice.channel].set()
                # Nobody rang, or the connection was lost without a word: only a question tells.
                async with asyncio.timeout(DATABASE_SECONDS):
                    await connection.execute("SELECT 1")
