"""The histories on disk: a folder per release, one JSON file per run of a workflow, as the engine's own tools write it.

A release that is out is sealed: the sums beside its histories hold them to the bytes that were recorded while it was
the release at work.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "histories"
SUMS = "SHA256SUMS"
NOT_NEEDED = ("stackTrace", "taskId", "requestId", "meteringMetadata", "workerVersion")


def releases() -> list[str]:
    """The releases of the changelog, the newest first."""
    return re.findall(r"^## (\d+\.\d+\.\d+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)


def at_work() -> str:
    """The release that is being written: the only one whose histories are recorded."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def files(release: str | None = None) -> list[Path]:
    """Every history that is kept, or those of one release."""
    return sorted(FOLDER.glob(f"{release or '*'}/*.json"))


def name_of(file: Path) -> str:
    """How a history is called in a test: release and path."""
    return f"{file.parent.name}/{file.stem}"


def read(file: Path) -> WorkflowHistory:
    """A history as the replayer takes it."""
    whole = json.loads(file.read_text("utf-8"))
    started = whole["events"][0]["workflowExecutionStartedEventAttributes"]
    return WorkflowHistory.from_json(started["workflowId"], whole)


def workflow_type(history: WorkflowHistory) -> str:
    """The workflow that the history tells of."""
    return history.events[0].workflow_execution_started_event_attributes.workflow_type.name


def replace(path: str, found: list[WorkflowHistory]) -> None:
    """Keep the histories of a path for the release at work, in the place of those that it had."""
    folder = FOLDER / at_work()
    folder.mkdir(exist_ok=True, parents=True)
    for old in folder.glob("*.json"):
        if old.name.partition(".")[0] == path:
            old.unlink()
    for nth, history in enumerate(found, start=1):
        (folder / f"{path if nth == 1 else f'{path}.{nth}'}.json").write_text(_lines(history), "utf-8")
    (folder / SUMS).write_text(sums(folder), "utf-8")


def sums(folder: Path) -> str:
    """The seal of a release: what `sha256sum *.json` prints in its folder."""
    return "".join(
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in sorted(folder.glob("*.json"))
    )


def _lines(history: WorkflowHistory) -> str:
    """One event per line; nothing of the machine on which it was recorded."""
    events = [json.dumps(_scrubbed(event), separators=(",", ":")) for event in history.to_json_dict()["events"]]
    return '{"events":[\n' + ",\n".join(events) + "\n]}\n"


def _scrubbed(value: Any) -> Any:
    """Process ids and host names stand in a worker's identity and its sticky queue's name, paths in stack traces."""
    if isinstance(value, list):
        return [_scrubbed(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {name: _scrubbed(item) for name, item in value.items() if name not in NOT_NEEDED}
    if "identity" in kept:
        kept["identity"] = "worker"
    if kept.get("kind") == "TASK_QUEUE_KIND_STICKY":
        kept["name"] = "sticky"
    return kept
