"""Two messages of the outbox that are no facts but requests to the engine itself: try again at once, begin again."""

from __future__ import annotations

from datetime import timedelta

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, PendingActivityState, ResetReapplyType
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.api.workflowservice.v1 import (
    ResetActivityRequest,
    ResetWorkflowExecutionRequest,
    UnpauseActivityRequest,
)
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

PATIENCE = timedelta(seconds=10)
_PAUSED = (
    PendingActivityState.PENDING_ACTIVITY_STATE_PAUSED,
    PendingActivityState.PENDING_ACTIVITY_STATE_PAUSE_REQUESTED,
)
_TASK_ENDED = (
    EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
    EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
)


async def retry_steps(client: Client, workflow_id: str) -> int:
    """Steps that wait for their next attempt are attempted now, paused ones go on; how many there were.

    RPCError NOT_FOUND: the engine does not know the workflow.
    """
    described = await client.get_workflow_handle(workflow_id).describe(rpc_timeout=PATIENCE)
    execution = WorkflowExecution(workflow_id=workflow_id, run_id=described.run_id)
    woken = 0
    for pending in described.raw_description.pending_activities:
        try:
            woken += await _attempted(client, execution, pending)
        except RPCError as ended:
            if ended.status is not RPCStatusCode.NOT_FOUND:  # else it came to its end meanwhile
                raise
    return woken


async def _attempted(client: Client, execution: WorkflowExecution, pending: PendingActivityInfo) -> bool:
    """Whether the step waited, and is attempted now."""
    space, step = client.namespace, pending.activity_id
    if pending.state in _PAUSED or pending.paused:
        unpause = UnpauseActivityRequest(namespace=space, execution=execution, id=step, reset_attempts=True)
        await client.workflow_service.unpause_activity(unpause, timeout=PATIENCE)
    elif pending.attempt > 1:
        retry = ResetActivityRequest(namespace=space, execution=execution, id=step)
        await client.workflow_service.reset_activity(retry, timeout=PATIENCE)
    else:
        return False
    return True


async def begin_again(client: Client, workflow_id: str, request_id: str) -> bool:
    """Reset the workflow's last run to its first task, with all its signals; False when it has not begun yet.

    A signal that the run has not worked off (its worker could not go on) is kept: the engine applies it again.
    RPCError NOT_FOUND: the engine does not know the workflow.
    """
    handle = client.get_workflow_handle(workflow_id)
    run = (await handle.describe(rpc_timeout=PATIENCE)).run_id
    task = await _first_task(client.get_workflow_handle(workflow_id, run_id=run))
    if task is None:
        return False
    await client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=workflow_id, run_id=run),
            reason="an operator asked for it",
            workflow_task_finish_event_id=task,
            request_id=request_id,
            reset_reapply_type=ResetReapplyType.RESET_REAPPLY_TYPE_ALL_ELIGIBLE,
        ),
        timeout=PATIENCE,
    )
    return True


async def _first_task(handle: WorkflowHandle[object, object]) -> int | None:
    async for event in handle.fetch_history_events(page_size=20, rpc_timeout=PATIENCE):
        if event.event_type in _TASK_ENDED:
            return event.event_id
    return None
