"""What the workflows do right now: those whose document is due, and as many others as a visit may take.

Temporal lists no failing steps; they show in the description of one workflow. So the workflows that the database says
should have moved are described all, then the newest running ones. Several examinations read from that.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

from temporalio.api.enums.v1 import PendingActivityState
from temporalio.client import WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from db import engine
from db.queries import symptoms
from starter.doctor.bedside import PATIENCE, Bedside
from starter.failures import legible

GRACE_SECONDS = 60.0
MOST_DUE, MOST_OTHERS = 50, 500
AT_ONCE = 8
OUTSIDE = frozenset({"book_shipment", "poll_tracking", "void_booking"})
"""Steps that call the carrier."""


@dataclass(frozen=True, slots=True)
class Failing:
    """A step that has failed and will be tried again."""

    workflow_id: str
    step: str
    attempt: int
    error: str
    next_retry: datetime | None


async def described(at: Bedside) -> dict[str, WorkflowExecutionDescription]:
    """The running workflows that were looked at, by id; `at.due` then holds what is due."""
    if at.described is None:
        if "schema" in at.fine:
            async with engine.autocommit() as tx:
                at.due = await symptoms.due(tx, GRACE_SECONDS, MOST_DUE)
        wanted = {due.workflow_id: None for due in at.due}
        async for run in at.client.list_workflows("ExecutionStatus = 'Running'", limit=MOST_OTHERS):
            wanted[run.id] = None
        gate = asyncio.Semaphore(AT_ONCE)
        found = await asyncio.gather(*(_describe(at, workflow_id, gate) for workflow_id in wanted))
        at.described = {one.id: one for one in found if one and one.status is WorkflowExecutionStatus.RUNNING}
    return at.described


async def _describe(at: Bedside, workflow_id: str, gate: asyncio.Semaphore) -> WorkflowExecutionDescription | None:
    async with gate:
        try:
            return await at.client.get_workflow_handle(workflow_id).describe(rpc_timeout=PATIENCE)
        except RPCError as answer:
            if answer.status is RPCStatusCode.NOT_FOUND:
                return None
            raise


async def failing(at: Bedside, least_attempts: int) -> list[Failing]:
    """Steps that are being tried for at least that often, the most tried first."""
    found = [
        one
        for workflow_id, description in (await described(at)).items()
        for one in await _failing(at, workflow_id, description)
        if one.attempt >= least_attempts
    ]
    return sorted(found, key=lambda one: (-one.attempt, one.workflow_id, one.step))


async def _failing(at: Bedside, workflow_id: str, description: WorkflowExecutionDescription) -> list[Failing]:
    failing = []
    for pending in description.raw_description.pending_activities:
        cause = await legible(pending.last_failure, at.client.data_converter)
        while cause.HasField("cause"):
            cause = cause.cause
        waits = pending.state == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
        then = pending.next_attempt_schedule_time
        retry = then.ToDatetime(tzinfo=UTC) if waits and then.seconds else None
        failing.append(Failing(workflow_id, pending.activity_type.name, pending.attempt, cause.message, retry))
    return failing


def idle(description: WorkflowExecutionDescription) -> bool:
    """Whether the workflow does nothing at this moment: no step runs or waits for its retry, no task is under way."""
    raw = description.raw_description
    return not raw.pending_activities and not raw.HasField("pending_workflow_task")


def task_attempt(description: WorkflowExecutionDescription) -> int:
    """How often the workflow's own task is being tried; 0 when it has none."""
    return description.raw_description.pending_workflow_task.attempt
