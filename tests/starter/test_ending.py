"""What is asked to end ends, also when the request comes in the same moment as what was waited for."""

from __future__ import annotations

import asyncio

import pytest

from starter import ending
from starter.ending import ended
from starter.relay.bell import Doorbell
from tests.patience import in_time

MOMENTS = range(6)
"""Turns of the loop between a ring and the request to end: before, while and after it is heard."""


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_bell_that_rings_while_its_listener_is_asked_to_end_keeps_nobody(moment: int) -> None:
    bell = Doorbell("", "notice")

    async def listen() -> None:
        while True:
            await bell.wait("notice", 60)

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    bell.ring("notice")
    for _ in range(moment):
        await asyncio.sleep(0)
    listening.cancel()
    await asyncio.wait([listening], timeout=10)
    assert listening.cancelled()


async def test_a_task_that_lost_the_request_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "_AGAIN_SECONDS", 0.01)
    lost: list[str] = []

    async def deaf() -> None:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if len(lost) == 2:
                    raise
                lost.append("as inside a library")

    async def failed() -> None:
        raise LookupError("by itself")

    async def done() -> str:
        return "done"

    tasks = [asyncio.create_task(each) for each in (deaf(), failed(), done())]
    await asyncio.sleep(0)
    await in_time(ended(*tasks), 10)
    assert len(lost) == 2
    assert [task.cancelled() for task in tasks] == [True, False, False]
    assert isinstance(tasks[1].exception(), LookupError)
    await ended()
