"""Nothing is waited for without an end.

`timeout` in pyproject.toml is pytest-timeout's: a test, or a fixture, that does not end fails, and the others go on.
That traceback ends in the event loop; what was awaited there is shown beside it, and ended.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable
from typing import TypeVar

import pytest

Answer = TypeVar("Answer")
LOOPS: list[asyncio.AbstractEventLoop] = []
"""The one loop that the tests of this process share, once it is there."""
_SECONDS = 10.0


async def in_time(awaited: Awaitable[Answer], seconds: float) -> Answer:
    """The answer; TimeoutError when it has not come after so many seconds."""
    async with asyncio.timeout(seconds):
        return await awaited


def has_hung(error: BaseException) -> bool:
    """Whether pytest-timeout ended the test."""
    return isinstance(error, pytest.fail.Exception) and str(error).startswith("Timeout")


def put_an_end_to_it() -> str:
    """Cancel every task of the loop, so that the next test has it for itself; where each of them stood."""
    stood: list[str] = []
    for loop in LOOPS:
        if tasks := asyncio.all_tasks(loop):
            for task in tasks:
                task.cancel()
            ended, running = loop.run_until_complete(asyncio.wait(tasks, timeout=_SECONDS))
            stood += [f"{task!r} cannot be cancelled\n" for task in running]
            stood += ["".join(traceback.format_exception(_outcome(task))) for task in ended]
    return "\n".join(stood)


def _outcome(task: asyncio.Task[object]) -> BaseException | None:
    try:
        return task.exception()
    except asyncio.CancelledError as cancelled:
        return cancelled
