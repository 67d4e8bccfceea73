"""The histories on disk: one JSON file per run of a workflow, as the engine's own tools write and read them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowHistory

FOLDER = Path(__file__).parent / "histories"
NOT_NEEDED = ("stackTrace", "taskId", "requestId", "meteringMetadata", "workerVersion")


def files() -> list[Path]:
    """Every history that is kept."""
    return sorted(FOLDER.glob("*.json"))


def read(file: Path) -> WorkflowHistory:
    """A history as the replayer takes it."""
    whole = json.loads(file.read_text("utf-8"))
    started = whole["events"][0]["workflowExecutionStartedEventAttributes"]
    return WorkflowHistory.from_json(started["workflowId"], whole)


def workflow_type(history: WorkflowHistory) -> str:
    """The workflow that the history tells of."""
    return history.events[0].workflow_execution_started_event_attributes.workflow_type.name


def write(name: str, history: WorkflowHistory) -> None:
    """One event per line; nothing of the machine on which it was recorded."""
    events = [json.dumps(_scrubbed(event), separators=(",", ":")) for event in history.to_json_dict()["events"]]
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.json").write_text('{"events":[\n' + ",\n".join(events) + "\n]}\n", "utf-8")


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
