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
every_history = pytest.mark.parametrize("file", FILES, ids=kept.name_of)
every_release = pytest.mark.parametrize("release", kept.releases())


@pytest.fixture(scope="module")
def replayer() -> Replayer:
    """Replays with the workflows and the data converter of the worker."""
    return Replayer(workflows=WORKFLOWS, data_converter=CONVERTER)


@every_history
async def test_history_replays(replayer: Replayer, file: Path) -> None:
    await replayer.replay_workflow(kept.read(file))


def test_the_release_at_work_is_the_newest_of_the_changelog() -> None:
    assert kept.releases()[0] == kept.at_work()


@every_release
def test_every_release_has_histories(release: str) -> None:
    assert kept.files(release) != [], f"no history of {release}: run make history while it is the release at work"


def test_no_history_is_of_a_release_that_the_changelog_does_not_know() -> None:
    assert {file.parent.name for file in FILES} == set(kept.releases())


@every_release
def test_the_histories_of_a_release_are_those_that_were_recorded(release: str) -> None:
    folder = kept.FOLDER / release
    assert (folder / kept.SUMS).read_text("utf-8") == kept.sums(folder)


def test_the_recorder_writes_for_the_release_at_work_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "FOLDER", tmp_path)
    old = kept.FOLDER / kept.releases()[-1]
    old.mkdir()
    (old / "straight_through.json").write_text("{}")
    kept.replace("straight_through", [kept.read(FILES[0]), kept.read(FILES[1])])
    assert (old / "straight_through.json").read_text() == "{}"
    assert [kept.name_of(file) for file in kept.files(kept.at_work())] == [
        f"{kept.at_work()}/straight_through.2",
        f"{kept.at_work()}/straight_through",
    ]
    kept.replace("straight_through", [kept.read(FILES[0])])
    assert [file.name for file in kept.files(kept.at_work())] == ["straight_through.json"]


def test_every_workflow_has_a_history() -> None:
    told = {kept.workflow_type(kept.read(file)) for file in kept.files(kept.at_work())}
    assert told == {workflow.__name__ for workflow in WORKFLOWS}


@pytest.mark.parametrize("path", [path.name for path in PATHS])
def test_every_path_has_a_history(path: str) -> None:
    assert (kept.FOLDER / kept.at_work() / f"{path}.json").is_file(), f"run: make history ARGS={path}"


@every_history
def test_history_tells_nothing_of_the_machine_that_recorded_it(file: Path) -> None:
    text = file.read_text("utf-8")
    assert set(re.findall(r'"identity": ?"([^"]*)"', text)) == {"worker"}
    assert not re.search(r"stackTrace|\d+@|/home/|/root/|/tmp/", text)


@pytest.mark.parametrize("step", ["review_order", "book_shipment"])
async def test_a_history_with_another_step_does_not_replay(replayer: Replayer, step: str) -> None:
    history = kept.read(kept.FOLDER / kept.at_work() / "straight_through.json")
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
