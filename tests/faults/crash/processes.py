"""Processes for tests to kill: each is born from the nursery, acts, and is known by what it passed and how it ended."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.crash.acts import Act

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Life:
    """What one process did: the points that it passed, in order, and its answer when it came to its end."""

    points: tuple[str, ...]
    status: int
    answer: Any
    error: str | None

    def killed(self) -> bool:
        """Whether it was killed and had no time to say anything."""
        return self.status == -signal.SIGKILL and self.error is None

    def ended_well(self) -> bool:
        """Whether it did what it was to do and said so."""
        return self.status == 0 and self.error is None


class Nursery:
    """One process that forks others, one at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._turn = asyncio.Lock()

    async def live(self, act: Act) -> Life:
        """A process performs the act, until its end or its death."""
        assert self._process.stdin is not None and self._process.stdout is not None
        async with self._turn:
            self._process.stdin.write(act.model_dump_json().encode() + b"\n")
            await self._process.stdin.drain()
            whole = json.loads(await self._process.stdout.readline())
        said = [dict(each) for each in whole["said"]]
        told = {name: value for each in said for name, value in each.items() if name != "point"}
        points = tuple(str(each["point"]) for each in said if "point" in each)
        return Life(points, whole["status"], told.get("answer"), told.get("error"))


@asynccontextmanager
async def a_nursery() -> AsyncIterator[Nursery]:
    """A nursery while the block runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.crash.nursery",
        cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**24,
    )  # fmt: skip
    try:
        yield Nursery(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
