"""What a colleague does shows at once: the timeline rings in PostgreSQL, and open pages are told of which orders."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import psycopg
import structlog
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from starter.console.door import pages, signed_in
from starter.ending import ended

CHANNEL = "timeline"
HEARTBEAT_SECONDS = 20.0
"""A proxy in between must not take a quiet stream for a dead one; the session is looked at again as well."""
MOST_WAITING = 100
_PATIENCE = 10.0
log = structlog.get_logger("console")
router = pages()


class Bell:
    """Listens on one connection of its own for all open pages; begins with the first page.

    Whoever is too slow to be told of each change is told that something changed. A connection that was lost is opened
    again, and everybody is told, since nobody knows what was missed.
    """

    def __init__(self, dsn: str | None) -> None:
        self._dsn = (dsn or "").replace("postgresql+psycopg://", "postgresql://")
        self._pages: set[asyncio.Queue[str | None]] = set()
        self._listener: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.stopping = False

    async def changes(self) -> AsyncIterator[str | None]:
        """The orders that something happened to, `SO-000001 SO-000002`, empty for any; None when it was quiet."""
        queue: asyncio.Queue[str | None] = asyncio.Queue(MOST_WAITING)
        self._pages.add(queue)
        self._loop = asyncio.get_running_loop()
        if self._listener is None or self._listener.done():
            self._listener = asyncio.create_task(self._listen_for_ever())
        try:
            while not self.stopping:
                try:
                    async with asyncio.timeout(HEARTBEAT_SECONDS):
                        told = await queue.get()
                except TimeoutError:
                    told = None
                yield told
        finally:
            self._pages.discard(queue)

    def close_soon(self) -> None:
        """The process is asked to stop: streams end, so that it need not wait for them. May come from a signal."""
        self.stopping = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._tell, None)

    async def close(self) -> None:
        """Stop listening."""
        self.stopping = True
        if self._listener is not None:
            await ended(self._listener)

    def _tell(self, orders: str | None) -> None:
        for queue in self._pages:
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                orders = orders and ""
            queue.put_nowait(orders)

    async def _listen_for_ever(self) -> None:
        while not self.stopping:
            try:
                await self._listen()
            except (psycopg.Error, OSError) as error:
                log.warning("console_bell_lost", error=str(error).partition("\n")[0])
                await asyncio.sleep(1)

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._dsn, autocommit=True, connect_timeout=5) as connection:
            await connection.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(CHANNEL)))
            self._tell("")
            while True:
                async for notice in connection.notifies(timeout=HEARTBEAT_SECONDS):
                    self._tell(notice.payload)
                # Nobody rang, or the connection was lost without a word: only a question tells.
                async with asyncio.timeout(_PATIENCE):
                    await connection.execute("SELECT 1")


@router.get("/events")
async def events(request: Request) -> Response:
    """Server-sent events `changed`, as long as the page is open and its session good."""
    bell: Bell = request.app.state.bell
    return StreamingResponse(
        _stream(request, bell), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
    )


async def _stream(request: Request, bell: Bell) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    async for orders in bell.changes():
        if orders is not None:
            yield f"event: changed\ndata: {orders}\n\n"
        elif await signed_in(request) is None:
            return
        else:
            yield ": quiet\n\n"
