"""A short run of `make faults` on real servers: every kind of fault once, and nothing lost or doubled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.faults.schedule import KINDS, Targets, plan
from tests.faults.verdict import QUESTIONS

pytestmark = pytest.mark.xdist_group("servers")

SEED, ORDERS, SECONDS = 7, 20, 30.0
COMMAND = (
    sys.executable, "-m", "tests.faults", "--seed", str(SEED), "--orders", str(ORDERS),
    "--minutes", str(SECONDS / 60), "--mail", "smtp", "--day", "0.5", "--settle", "400",
)  # fmt: skip
TARGETS = Targets(
    ("api", "worker", "postgres", "temporal", "simulator"), ("api", "carrier", "database", "mail", "temporal")
)


def test_whatever_breaks_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    tmp_path.chmod(0o711)
    summary = tmp_path / "summary.json"
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ORDERKEEP_", "TEMPORAL_"))}
    ended = subprocess.run(
        [*COMMAND, "--summary", str(summary)], env={**env, "TMPDIR": str(tmp_path)}, cwd=Path(__file__).parents[2],
        capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert summary.exists(), ended.stdout[-2000:] + ended.stderr[-4000:]
    told: dict[str, Any] = json.loads(summary.read_text("utf-8"))
    assert {question: wrong for question, wrong in told["verdict"].items() if wrong} == {}, ended.stdout
    assert set(told["verdict"]) == {question.__name__.replace("_", " ") for question in QUESTIONS}
    assert (ended.returncode, told["good"]) == (0, True)
    assert {fault["kind"] for fault in told["faults"]} == {kind.name for kind in KINDS}
    planned = [fault.document() for fault in plan(SEED, SECONDS, TARGETS)]
    assert [{name: fault[name] for name in planned[0]} for fault in told["faults"]] == planned
    assert all(fault["next_step_after"] is not None for fault in told["faults"])
    assert sum(told["states"].values()) == ORDERS
    assert told["promises"]["order"] >= ORDERS
    assert {"order", "pick", "payment", "movement", "receipt"} <= set(told["promises"])
    assert told["letters"]["sent"] > ORDERS
    assert left_in(tmp_path) == ["summary.json"]


def left_in(folder: Path) -> list[str]:
    """Files, and processes that still work there."""
    working = [
        str(process.pid)
        for process in psutil.process_iter(["cmdline"])
        if any(str(folder) in part for part in process.info["cmdline"] or [])
    ]
    return [*(file.name for file in folder.iterdir()), *working]
