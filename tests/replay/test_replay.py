"""Orders live for weeks: the workflows of today must be able to go on with every history that was ever kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from starter.failures import CONVERTER
from starter.plugin import WORKFLOWS
from tests.replay import kept
from tests.replay.paths import PATHS

FILES = kept.files()


@pytest.fixture(scope="module")
def replayer() -> Replayer:
    """Replays with the workflows and the data converter of the worker."""
    return Replayer(workflows=WORKFLOWS, data_converter=CONVERTER)


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
async def test_history_replays(replayer: Replayer, file: Path) -> None:
    await replayer.replay_workflow(kept.read(file))


def test_every_workflow_has_a_history() -> None:
    told = {kept.workflow_type(kept.read(file)) for file in FILES}
    assert {workflow.__name__ for workflow in WORKFLOWS} - told == set()


@pytest.mark.parametrize("path", [path.name for path in PATHS])
def test_every_path_has_a_history(path: str) -> None:
    assert (kept.FOLDER / f"{path}.json").is_file(), f"run: make history ARGS={path}"


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_history_tells_nothing_of_the_machine_that_recorded_it(file: Path) -> None:
    text = file.read_text("utf-8")
    assert set(re.findall(r'"identity": ?"([^"]*)"', text)) == {"worker"}
    assert not re.search(r"stackTrace|\d+@|/home/|/root/|/tmp/", text)


@pytest.mark.parametrize("step", ["review_order", "book_shipment"])
async def test_a_history_with_another_step_does_not_replay(replayer: Replayer, step: str) -> None:
    history = kept.read(kept.FOLDER / "straight_through.json")
    assert _renamed(history, step) == 1
    with pytest.raises(NondeterminismError, match="another_step"):
        await replayer.replay_workflow(history)


def _renamed(history: WorkflowHistory, step: str) -> int:
    """Give a step of the history another name, whether it was taken locally or in the open; how many were renamed."""
    renamed = 0
    for event in history.events:
        scheduled = event.activity_task_scheduled_event_attributes
        if scheduled.activity_type.name == step:
            scheduled.activity_type.name = "another_step"
            renamed += 1
        for payloads in event.marker_recorded_event_attributes.details.values():
            for payload in payloads.payloads:
                if f'"{step}"'.encode() in payload.data:
                    payload.data = payload.data.replace(f'"{step}"'.encode(), b'"another_step"')
                    renamed += 1
    return renamed
