"""Keeps the processes of a data directory running: each is restarted when it dies, all are ended together."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from structlog.typing import FilteringBoundLogger

from starter.embedded.processes import Program, Register, end, spawn
from starter.ending import ended

Progress = Callable[[str, str], None]  # (part, state): postgres, temporal, worker...; starting, ready, restarting...
Answers = Callable[[], Awaitable[bool]]

FIRST_PAUSE, LONGEST_PAUSE, STEADY_AFTER = 0.1, 5.0, 30.0
LOG_TAIL = 2_000


class StartFailed(RuntimeError):
    """A process ended, or did not answer in time, while it was being started."""


@dataclass(slots=True)
class _Watched:
    program: Program
    process: asyncio.subprocess.Process
    watcher: asyncio.Task[None] | None = None


class Supervisor:
    """Runs programs until they are stopped."""

    def __init__(self, register: Register, progress: Progress, log: FilteringBoundLogger) -> None:
        self._register = register
        self._log = log
        self._progress = progress
        self._watched: dict[str, _Watched] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """What runs here, by name."""
        return tuple(self._watched)

    def pid(self, name: str) -> int:
        """The process id of the program at this moment."""
        return self._watched[name].process.pid

    async def start(self, program: Program, answers: Answers, timeout: float = 60.0) -> None:
        """Run the program, wait until it answers, and from then on restart it whenever it dies."""
        self._progress(program.name, "starting")
        written = program.log.stat().st_size if program.log.exists() else 0
        process = await spawn(program)
        watched = self._watched[program.name] = _Watched(program, process)
        self._register.add(program, process.pid)
        deadline = time.monotonic() + timeout
        while not await answers():
            if process.returncode is not None:
                raise StartFailed(
                    _failure(program, written, f"ended with code {process.returncode} before it answered")
                )
            if time.monotonic() > deadline:
                raise StartFailed(_failure(program, written, f"did not answer within {timeout:.0f} s"))
            await asyncio.sleep(0.03)
        self._progress(program.name, "ready")
        watched.watcher = asyncio.create_task(self._keep(watched, answers), name=f"keep {program.name}")

    async def _keep(self, watched: _Watched, answers: Answers) -> None:
        program, pause = watched.program, FIRST_PAUSE
        while True:
            since = time.monotonic()
            code = await watched.process.wait()
            pause = FIRST_PAUSE if time.monotonic() - since > STEADY_AFTER else min(pause * 2, LONGEST_PAUSE)
            self._log.warning("process_died", process=program.name, code=code, restart_in_s=pause)
            self._progress(program.name, "restarting")
            await asyncio.sleep(pause)
            try:
                watched.process = await spawn(program)
            except OSError as error:  # out of processes or of disk: later there may be some again
                self._log.error("process_not_started", process=program.name, error=str(error))
                continue
            self._register.add(program, watched.process.pid)
            if await self._answers_again(watched, answers):
                self._progress(program.name, "ready")

    async def _answers_again(self, watched: _Watched, answers: Answers) -> bool:
        while watched.process.returncode is None:
            if await answers():
                return True
            await asyncio.sleep(0.1)
        return False

    async def stop(self, *names: str) -> None:
        """End these programs (all when none is named), at the same time and in good order."""
        chosen = [self._watched.pop(name) for name in names or list(self._watched) if name in self._watched]
        await asyncio.gather(*(self._end(watched) for watched in chosen))

    async def _end(self, watched: _Watched) -> None:
        self._progress(watched.program.name, "stopping")
        if watched.watcher is not None:
            await ended(watched.watcher)
        await end(watched.process, watched.program)
        self._progress(watched.program.name, "stopped")


def _failure(program: Program, written: int, what: str) -> str:
    """`what`, with the end of that which the program has said since it was started."""
    said = program.log.read_bytes() if program.log.exists() else b""
    tail = said[min(written, len(said)) :][-LOG_TAIL:].decode("utf-8", "replace").strip()
    return f"{program.name} {what}. Its log {program.log} ends with:\n{tail}"
