"""The relay of webhooks spoils them as it is told, and loses none that it has taken."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import httpx2
import pytest

from tests.faults.postroom import MISCHIEF, Postroom

WORDS = [f"word {number}" for number in range(12)]
Heard = list[str]


@pytest.fixture
async def postroom() -> AsyncIterator[tuple[Postroom, Heard]]:
    """A relay, and what its target has heard."""
    heard: Heard = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if b"content-length" in line)
        heard.append((await reader.readexactly(length)).decode())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with Postroom(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", seed=1) as room:
        yield room, heard
    server.close()


async def said(room: Postroom) -> list[int]:
    """The answers to all words, one after the other; then everything that was taken has been handed over."""
    async with httpx2.AsyncClient(trust_env=False, timeout=30) as http:
        answers = [(await http.post(f"{room.url}/v1/hook", content=word.encode())).status_code for word in WORDS]
    async with asyncio.timeout(60):
        while room.waiting:
            await asyncio.sleep(0.05)
    return answers


async def test_without_mischief_each_word_arrives_once_and_in_order(postroom: tuple[Postroom, Heard]) -> None:
    room, heard = postroom
    assert await said(room) == [200] * len(WORDS)
    assert heard == WORDS


async def test_duplicates_arrive_three_times(postroom: tuple[Postroom, Heard]) -> None:
    room, heard = postroom
    async with room.mischief("duplicate"):
        assert await said(room) == [200] * len(WORDS)
    assert Counter(heard) == dict.fromkeys(WORDS, 3)


@pytest.mark.parametrize("kind", ["reorder", "late"])
async def test_in_another_order_all_arrive_once(postroom: tuple[Postroom, Heard], kind: str) -> None:
    room, heard = postroom
    async with room.mischief(kind):
        assert await said(room) == [200] * len(WORDS)
    assert sorted(heard) == sorted(WORDS)
    assert heard != WORDS


async def test_of_the_refused_some_were_taken(postroom: tuple[Postroom, Heard]) -> None:
    room, heard = postroom
    async with room.mischief("refuse"):
        answers = await said(room)
    assert {*answers} == {200, 500, 503}
    taken = [word for word, answer in zip(WORDS, answers, strict=True) if answer != 503]
    assert heard == taken


def test_there_is_no_other_mischief() -> None:
    assert set(MISCHIEF) == {"duplicate", "reorder", "late", "refuse"}
