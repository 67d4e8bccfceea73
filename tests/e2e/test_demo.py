"""The demonstration as a person starts it: every story ends where it should, and nothing is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import psutil
import pytest

from starter.demo.stories import STORIES

DEMO = (sys.executable, "-c", "from starter.cli.main import run; run()", "demo")
pytestmark = pytest.mark.xdist_group("servers")


@pytest.fixture
def elsewhere(tmp_path):
    """A world without settings, whose temporary files lie in a folder of its own."""
    tmp_path.chmod(0o711)
    settings = ("ORDERKEEP_", "TEMPORAL_", "LC_", "LANG")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(settings)},
        "LANG": "C.UTF-8",
        "TMPDIR": str(tmp_path),
    }


def left_in(folder):
    """Files, and processes that still work there."""
    working = [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if any(str(folder) in part for part in process.info["cmdline"] or [])
    ]
    return [*folder.iterdir(), *working]


def test_every_order_ends_where_its_story_says(elsewhere, tmp_path):
    ended = subprocess.run([*DEMO, "--json"], env=elsewhere, capture_output=True, text=True, timeout=280, check=False)
    document = json.loads(ended.stdout)
    stories = {story["name"]: story for story in document["stories"]}
    wrong = {
        name: story["failure"] or [each for each in story["expectations"] if not each["met"]]
        for name, story in stories.items()
        if not story["ok"]
    }
    assert (wrong, ended.returncode, document["ok"]) == ({}, 0, True)
    assert list(stories) == list(STORIES)
    assert all(story["expectations"] and story["orders"] for story in stories.values())
    assert sum(len(story["orders"]) for story in stories.values()) == 21
    assert all(order["timeline"] for story in stories.values() for order in story["orders"])
    states = {name: sorted({order["state"] for order in story["orders"]}) for name, story in stories.items()}
    assert states.pop("discount_hold") == ["REJECTED"]
    assert states.pop("cancellation") == ["CANCELLED"]
    assert set(map(tuple, states.values())) == {("COMPLETED",)}
    assert document["checks"]["clean"]
    assert {each["currency"]: each["balanced"] for each in document["trial_balance"]["currencies"]} == {
        "CNY": True,
        "EUR": True,
        "GBP": True,
    }
    assert {letter["language"] for letter in document["letters"]} == {"en", "zh-CN"}
    assert left_in(tmp_path) == []


def test_ctrl_c_in_the_middle_leaves_nothing(elsewhere, tmp_path):
    with subprocess.Popen(
        [*DEMO, "--lang", "zh-CN"], env=elsewhere, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if "SO-000003" in line:
                break
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        errors = process.stderr.read()
    assert (process.returncode, errors) == (130, "")
    assert any("14 个故事同时开始" in line for line in said)
    assert left_in(tmp_path) == []


def test_a_directory_that_holds_something_is_refused(elsewhere, tmp_path):
    (tmp_path / "mine").write_text("do not touch")
    ended = subprocess.run(
        [*DEMO, "--data", str(tmp_path)], env=elsewhere, capture_output=True, text=True, timeout=60, check=False
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "is not empty, and the demonstration needs a fresh directory" in ended.stderr
    assert left_in(tmp_path) == [tmp_path / "mine"]
