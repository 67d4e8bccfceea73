"""One process under the supervisor: started, restarted, refused, ended."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from starter.embedded.processes import Program, Register
from starter.embedded.supervisor import StartFailed, Supervisor
from starter.logs import to_file

SERVES = "import sys, time, pathlib; pathlib.Path(sys.argv[1]).touch(); time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SERVES
ENDS = "import sys; sys.exit('no such thing as a free port')"


class Scene:
    """A supervisor in a folder, with programs that are ready when they have touched a file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sign = folder / "ready"
        self.states: list[str] = []
        self.register = Register(folder / "processes.json")
        self.supervisor = Supervisor(
            self.register, lambda part, state: self.states.append(state), to_file(folder / "launcher.log")
        )

    def program(self, source: str, **more: float) -> Program:
        command = (sys.executable, "-c", source, str(self.sign))
        return Program("thing", command, self.folder / "thing.log", **more)  # type: ignore[arg-type]

    async def answers(self) -> bool:
        return self.sign.exists()


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


async def test_a_process_that_dies_is_started_again(scene: Scene) -> None:
    await scene.supervisor.start(scene.program(SERVES), scene.answers)
    first = scene.supervisor.pid("thing")
    scene.sign.unlink()
    os.kill(first, signal.SIGKILL)
    while scene.states[-1] != "ready" or not scene.sign.exists():
        await asyncio.sleep(0.02)
    assert scene.supervisor.pid("thing") != first
    assert scene.states == ["starting", "ready", "restarting", "ready"]
    await scene.supervisor.stop()
    assert scene.states[-2:] == ["stopping", "stopped"]


async def test_a_process_that_ends_at_once_is_a_failure_that_shows_what_it_said(scene: Scene) -> None:
    (scene.folder / "thing.log").write_text("an older story\n")
    with pytest.raises(StartFailed, match="thing ended with code 1 before it answered") as failure:
        await scene.supervisor.start(scene.program(ENDS), scene.answers)
    assert str(failure.value).endswith("ends with:\nno such thing as a free port")
    await scene.supervisor.stop()


async def test_a_process_that_never_answers_is_a_failure(scene: Scene) -> None:
    async def never() -> bool:
        return False

    with pytest.raises(StartFailed, match="did not answer within 0 s"):
        await scene.supervisor.start(scene.program(SERVES), never, timeout=0.2)
    pid = scene.supervisor.pid("thing")
    await scene.supervisor.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_process_that_will_not_stop_is_ended(scene: Scene) -> None:
    await scene.supervisor.start(scene.program(STUBBORN, patience=0.3), scene.answers)
    pid = scene.supervisor.pid("thing")
    await scene.supervisor.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_what_an_earlier_launcher_left_is_found_by_number_start_and_command(scene: Scene) -> None:
    await scene.supervisor.start(scene.program(SERVES), scene.answers)
    pid = scene.supervisor.pid("thing")
    rows = (scene.folder / "processes.json").read_text()
    other = scene.folder / "other.json"
    other.write_text(rows.replace("time.sleep(60)", "time.sleep(61)"))  # that number runs something else now
    assert await Register(other).end_leftovers() == []
    os.kill(pid, 0)
    other.write_text(rows)
    stop = asyncio.create_task(scene.supervisor.stop())
    await Register(other).end_leftovers()
    await stop
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
