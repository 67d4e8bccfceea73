"""End tasks, whatever they are in the middle of."""

from __future__ import annotations

import asyncio
from typing import Any

_AGAIN_SECONDS = 10.0
"""Longer than what a task has to put away when it is asked to end."""


async def ended(*tasks: asyncio.Task[Any]) -> None:
    """Cancel the tasks and return once each has ended, however it ended.

    One that has not ended after some seconds is asked again. A cancellation can get lost inside a library: before
    Python 3.12 `asyncio.wait_for` drops one that comes in the same moment as the answer, and a loop around it would
    go on for ever (https://github.com/python/cpython/issues/86296).
    """
    running = {task for task in tasks if not task.done()}
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=_AGAIN_SECONDS)
    await asyncio.gather(*tasks, return_exceptions=True)
