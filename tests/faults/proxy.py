"""A small TCP proxy that misbehaves on request: it cuts, resets, delays, holds, half-closes and forgets connections."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from starter.ending import ended

CHUNK = 65_536
LINGER_NONE = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # with this option closing a socket sends a reset


@dataclass(eq=False)
class Link:
    """One connection of a client and the one that was made for it to the server behind."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter
    deaf: bool = False
    """Nothing passes any more, and neither side is told: what a firewall does that forgot the connection."""
    answers_lost: bool = False
    """The client was told that no more will come, while what it says still reaches the server."""

    def abort(self) -> None:
        """Reset both sides."""
        for writer in (self.client, self.server):
            with contextlib.suppress(OSError):
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NONE)
            writer.transport.abort()


@dataclass
class Proxy:
    """Listens on a port of its own and passes bytes on to `host:port`, as well as the moment allows.

    The faults are blocks: `async with proxy.cut(): ...`; after the block new connections are served as ever.
    """

    name: str
    host: str
    target_port: int
    port: int = 0
    links: set[Link] = field(default_factory=set)
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _refuses: int = 0
    _delay: float = 0.0
    _holds: int = 0
    _passable: asyncio.Event = field(default_factory=asyncio.Event)

    async def __aenter__(self) -> Proxy:
        """Listen."""
        self._passable.set()
        self._server = await asyncio.start_server(self._accepted, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close everything."""
        assert self._server is not None
        self._server.close()
        for link in list(self.links):
            link.abort()
        await ended(*self._tasks)
        await self._server.wait_closed()

    @contextlib.asynccontextmanager
    async def cut(self) -> AsyncIterator[None]:
        """Every connection is reset, and so is every new one, while the block lasts."""
        self._refuses += 1
        self.reset()
        try:
            yield
        finally:
            self._refuses -= 1

    def reset(self) -> None:
        """Every connection that exists is reset; new ones are served."""
        for link in list(self.links):
            link.abort()

    @contextlib.asynccontextmanager
    async def delayed(self, seconds: float) -> AsyncIterator[None]:
        """Every piece comes later, each way, in order."""
        self._delay += seconds
        try:
            yield
        finally:
            self._delay -= seconds

    @contextlib.asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Nothing passes while the block lasts; afterwards all of it does, as when a network comes back."""
        self._holds += 1
        self._passable.clear()
        try:
            yield
        finally:
            self._holds -= 1
            if not self._holds:
                self._passable.set()

    def half_close(self) -> None:
        """Clients hear that no more answers come, while what they have said and say still arrives."""
        for link in list(self.links):
            link.answers_lost = True
            with contextlib.suppress(OSError, RuntimeError):
                link.client.write_eof()

    def forget(self) -> None:
        """Connections that exist stay open and dead: no byte and no end passes them ever again. New ones work."""
        for link in list(self.links):
            link.deaf = True

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass  # the far end went away, or the proxy is closed: an accepted task has nobody to tell
        finally:
            self._tasks.discard(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._passable.wait()
        if self._refuses:
            Link(writer, writer).abort()
            return
        try:
            answers, server = await asyncio.open_connection(self.host, self.target_port)
        except OSError:
            Link(writer, writer).abort()
            return
        link = Link(writer, server)
        self.links.add(link)
        try:
            await asyncio.gather(
                self._pump(link, reader, server, lambda: link.deaf),
                self._pump(link, answers, writer, lambda: link.deaf or link.answers_lost),
            )
        finally:
            link.abort()
            self.links.discard(link)

    async def _pump(
        self, link: Link, source: asyncio.StreamReader, sink: asyncio.StreamWriter, lost: Callable[[], bool]
    ) -> None:
        try:
            while piece := await source.read(CHUNK):
                if self._delay:
                    await asyncio.sleep(self._delay)
                await self._passable.wait()
                if not lost():
                    sink.write(piece)
                    await sink.drain()
            await self._passable.wait()
            if link.deaf:
                await asyncio.Event().wait()  # until the proxy itself ends: the other side is not told
            if not lost():
                sink.write_eof()
        except (OSError, RuntimeError):
            if link.deaf:
                await asyncio.Event().wait()
            link.abort()
