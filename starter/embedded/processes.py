"""One process under the launcher: how it is started, recorded, found again and ended."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from starter.embedded import tether
from starter.embedded.files import read_json, write_json

LOG_LIMIT = 20_000_000
CLOCK_STEP = 5.0  # seconds by which the clock may have been set between two starts


@dataclass(frozen=True, slots=True)
class Account:
    """The user as whom a program runs; `open_doors` lets it pass folders that are closed to that user."""

    uid: int
    gid: int
    open_doors: bool = False


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. `stop` is sent to end it in good order, `orphaned` by the kernel when the launcher has died.

    `env` is laid over the launcher's environment; None takes a variable away.
    """

    name: str
    command: tuple[str, ...]
    log: Path
    env: Mapping[str, str | None] = field(default_factory=dict)
    stop: int = signal.SIGTERM
    orphaned: int = signal.SIGKILL
    patience: float = 10.0
    account: Account | None = None


def tethered(program: Program) -> list[str]:
    """The command line that ties the program to this process and then becomes it."""
    line = [
        sys.executable,
        "-I",
        "-S",
        tether.__file__,
        "--parent",
        str(os.getpid()),
        "--signal",
        str(program.orphaned),
    ]
    if program.account is not None:
        line += ["--uid", str(program.account.uid), "--gid", str(program.account.gid)]
        line += ["--open-doors"] if program.account.open_doors else []
    return [*line, "--", *program.command]


async def spawn(program: Program) -> asyncio.subprocess.Process:
    """Start it in a session of its own, so that Ctrl-C in a terminal reaches the launcher alone."""
    if program.log.exists() and program.log.stat().st_size > LOG_LIMIT:
        program.log.replace(program.log.with_suffix(".1.log"))
    with program.log.open("ab") as log:
        return await asyncio.create_subprocess_exec(
            *tethered(program),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={name: value for name, value in {**os.environ, **program.env}.items() if value is not None},
            start_new_session=True,
        )


async def end(process: asyncio.subprocess.Process, program: Program) -> None:
    """Ask it to stop; after its patience, end it and whatever it started."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(program.stop)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(program.patience):
                await process.wait()
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


class Register:
    """The processes of a data directory on disk, so that the next launcher finds those that this one left behind."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: dict[str, dict[str, Any]] = {}

    def add(self, program: Program, pid: int) -> None:
        """Record a process that has just been started; one that ended at once is not worth a row."""
        with contextlib.suppress(psutil.NoSuchProcess):
            started = psutil.Process(pid).create_time()
            row = {"pid": pid, "started": started, "command": list(program.command), "stop": int(program.stop)}
            self._rows[program.name] = row
            write_json(self._path, {"processes": self._rows})

    def clear(self) -> None:
        """Nothing runs any more."""
        self._rows = {}
        self._path.unlink(missing_ok=True)

    async def end_leftovers(self, patience: float = 10.0) -> list[str]:
        """End what a launcher that was killed has left; the names of what was found."""
        rows: dict[str, dict[str, Any]] = read_json(self._path).get("processes", {})
        found = {name: process for name, row in rows.items() if (process := _recorded(row)) is not None}
        for name, process in found.items():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(rows[name]["stop"])
        _, alive = await asyncio.to_thread(psutil.wait_procs, list(found.values()), timeout=patience)
        for process in alive:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        await asyncio.to_thread(psutil.wait_procs, alive, timeout=patience)
        self.clear()
        return sorted(found)


def _recorded(row: Mapping[str, Any]) -> psutil.Process | None:
    """The process of the row if it is still that one: same id, same start, same command."""
    command: Sequence[str] = row["command"]
    try:
        process = psutil.Process(row["pid"])
        same_start = abs(process.create_time() - row["started"]) < CLOCK_STEP
        same_command = process.cmdline()[-len(command) :] == list(command)
        return process if same_start and same_command and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.Error:
        return None
