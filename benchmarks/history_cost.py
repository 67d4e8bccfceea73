"""What a history costs: its events, and the actions that Temporal Cloud would bill for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

_BILLED = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
    EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED,
    EventType.EVENT_TYPE_TIMER_STARTED,
    EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
    EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
}


@dataclass(frozen=True, slots=True)
class HistoryCost:
    """Events and billable actions of a history."""

    events: int
    actions: int


def history_cost(events: Sequence[HistoryEvent]) -> HistoryCost:
    """Count both. Local activities of one workflow task are one action. Source: Temporal Cloud's list of actions."""
    billed = sum(event.event_type in _BILLED for event in events)
    tasks_with_local: set[int] = set()
    for event in events:
        if event.event_type == EventType.EVENT_TYPE_MARKER_RECORDED:
            tasks_with_local.add(event.marker_recorded_event_attributes.workflow_task_completed_event_id)
    return HistoryCost(len(events), billed + len(tasks_with_local))
