"""The proxy does to a connection exactly what it says, and serves new connections afterwards."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from tests.faults.proxy import Proxy
from tests.patience import in_time

PATIENCE = 30.0


class Echo:
    """A server that answers each line with itself and remembers what it heard."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.ended = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                self.heard.append(line)
                writer.write(line)
                await writer.drain()
        except OSError:
            pass
        self.ended += 1
        writer.close()

    async def hears(self, line: bytes) -> None:
        async with asyncio.timeout(PATIENCE):
            while line not in self.heard:
                await asyncio.sleep(0.01)


@pytest.fixture
async def echo() -> AsyncIterator[tuple[Echo, Proxy]]:
    """An echo behind a proxy."""
    echo = Echo()
    server = await asyncio.start_server(echo.serve, "127.0.0.1", 0)
    async with Proxy("echo", "127.0.0.1", server.sockets[0].getsockname()[1]) as proxy:
        yield echo, proxy
    server.close()


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def said(streams: Streams, line: bytes) -> bytes:
    """What comes back for a line; an empty answer is the end of the connection."""
    reader, writer = streams
    writer.write(line)
    await writer.drain()
    return await in_time(reader.readline(), PATIENCE)


async def opened(proxy: Proxy) -> Streams:
    return await asyncio.open_connection("127.0.0.1", proxy.port)


async def silent(streams: Streams, seconds: float = 0.2) -> bool:
    """Whether neither an answer nor an end comes for so long."""
    try:
        await in_time(streams[0].readline(), seconds)
    except TimeoutError:
        return True
    return False


async def test_without_a_fault_bytes_and_ends_pass_both_ways(echo: tuple[Echo, Proxy]) -> None:
    server, proxy = echo
    streams = await opened(proxy)
    assert await said(streams, b"one\n") == b"one\n"
    streams[1].write_eof()
    assert await in_time(streams[0].read(), PATIENCE) == b""
    assert (server.heard, server.ended) == ([b"one\n"], 1)


async def test_a_cut_resets_old_and_new_connections_and_then_new_ones_work(echo: tuple[Echo, Proxy]) -> None:
    _, proxy = echo
    before = await opened(proxy)
    assert await said(before, b"one\n") == b"one\n"
    async with proxy.cut():
        with pytest.raises(ConnectionResetError):
            await in_time(before[0].readline(), PATIENCE)
        with pytest.raises(ConnectionResetError):
            await said(await opened(proxy), b"two\n")
    assert await said(await opened(proxy), b"three\n") == b"three\n"


async def test_a_reset_ends_old_connections_only(echo: tuple[Echo, Proxy]) -> None:
    _, proxy = echo
    before = await opened(proxy)
    assert await said(before, b"one\n") == b"one\n"
    proxy.reset()
    with pytest.raises(ConnectionResetError):
        await in_time(before[0].readline(), PATIENCE)
    assert await said(await opened(proxy), b"two\n") == b"two\n"


async def test_a_delay_keeps_the_order_and_ends_with_its_block(echo: tuple[Echo, Proxy]) -> None:
    _, proxy = echo
    streams = await opened(proxy)
    async with proxy.delayed(0.1):
        began = time.monotonic()
        assert await said(streams, b"one\n") == b"one\n"
        assert time.monotonic() - began >= 0.2
        assert await said(streams, b"two\n") == b"two\n"
    assert await said(streams, b"three\n") == b"three\n"


async def test_what_is_held_arrives_when_the_network_is_back(echo: tuple[Echo, Proxy]) -> None:
    server, proxy = echo
    streams = await opened(proxy)
    assert await said(streams, b"one\n") == b"one\n"
    async with proxy.held():
        streams[1].write(b"two\n")
        assert await silent(streams)
        new = await opened(proxy)
        new[1].write(b"three\n")
        assert await silent(new)
        assert server.heard == [b"one\n"]
    assert await in_time(streams[0].readline(), PATIENCE) == b"two\n"
    assert await in_time(new[0].readline(), PATIENCE) == b"three\n"


async def test_half_closed_the_server_still_hears_and_its_answer_is_lost(echo: tuple[Echo, Proxy]) -> None:
    server, proxy = echo
    streams = await opened(proxy)
    assert await said(streams, b"one\n") == b"one\n"
    proxy.half_close()
    assert await said(streams, b"two\n") == b""
    await server.hears(b"two\n")
    assert await said(await opened(proxy), b"three\n") == b"three\n"


async def test_a_forgotten_connection_is_dead_and_neither_side_is_told(echo: tuple[Echo, Proxy]) -> None:
    server, proxy = echo
    streams = await opened(proxy)
    assert await said(streams, b"one\n") == b"one\n"
    proxy.forget()
    streams[1].write(b"two\n")
    assert await silent(streams)
    streams[1].close()
    assert await said(await opened(proxy), b"three\n") == b"three\n"
    assert (server.heard, server.ended) == ([b"one\n", b"three\n"], 0)


async def test_a_server_that_is_away_is_a_reset(echo: tuple[Echo, Proxy]) -> None:
    async with Proxy("nobody", "127.0.0.1", 9) as proxy:
        with pytest.raises(ConnectionResetError):
            await said(await opened(proxy), b"one\n")
