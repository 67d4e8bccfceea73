"""The benchmark measures what it says: every documented number, from real servers, and nothing left behind."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import psutil
import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from benchmarks.bare import Shape, shape_of
from benchmarks.lives import lived

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "throughput.py"
DOCUMENTED = (
    "lives_per_s", "bare_per_s", "ratio", "p50_s", "p99_s", "events_per_order", "actions_per_order",
    "statements_per_order", "transactions_per_order", "intake_per_s", "intake_p99_ms", "intake_saturated_per_s",
)  # fmt: skip


async def run(*arguments: str, cwd: Path) -> tuple[int, str, str]:
    """The command as a person types it; its exit code, what it printed and what it told."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(SCRIPT), *arguments, cwd=cwd, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_a_short_run_gives_every_documented_number(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    code, out, err = await run("--orders", "2", "--concurrency", "2", "--json", cwd=tmp_path)
    assert code == 0, err
    document = json.loads(out)
    assert [name for name in DOCUMENTED if not document[name] > 0] == []
    assert document["ratio"] == pytest.approx(document["lives_per_s"] / document["bare_per_s"], rel=0.02)
    assert document["orders"] == 2
    assert document["p99_s"] >= document["p50_s"] > document["timers_s"]
    assert document["actions_per_order"] <= 16
    assert document["events_per_order"] <= 70
    assert list(tmp_path.iterdir()) == []
    assert [process for process in psutil.process_iter() if _lives_in(process, tmp_path)] == []


def _lives_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return any(str(folder) in word for word in process.cmdline())
    except psutil.Error:
        return False


async def test_nonsense_is_refused_before_anything_starts(tmp_path):
    code, out, err = await run("--orders", "0", cwd=tmp_path)
    assert code == 2
    assert out == ""
    assert "--orders" in err


async def test_never_more_lives_at_once_than_asked_for():
    now: list[int] = []
    most: list[int] = []

    async def life() -> None:
        now.append(1)
        most.append(len(now))
        await asyncio.sleep(0.8)
        now.pop()

    seen = await lived(life, 6, 3)
    assert max(most) == 3
    assert len(seen.seconds) == 6
    assert 0 < seen.per_second < 3 / 0.8


def test_a_bare_life_has_the_shape_of_a_real_one():
    kinds = {
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: 1,
        EventType.EVENT_TYPE_MARKER_RECORDED: 8,
        EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: 1,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: 3,
        EventType.EVENT_TYPE_TIMER_STARTED: 4,
        EventType.EVENT_TYPE_TIMER_FIRED: 2,
        EventType.EVENT_TYPE_TIMER_CANCELED: 2,
    }
    events = [HistoryEvent(event_type=kind) for kind, count in kinds.items() for _ in range(count)]
    assert shape_of(events, 0.5) == Shape(steps=8, calls=1, facts=3, timers=4, fired=2, sleep_seconds=0.5)
