"""Why a workflow's task fails in its worker: the sentence that the engine kept of it."""

from __future__ import annotations

from datetime import timedelta

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client

from starter.failures import legible

_LATEST_EVENTS = 20
_PATIENCE = timedelta(seconds=5)


async def failed_task(client: Client, workflow_id: str) -> str | None:
    """What the latest task of the workflow failed with; None when it did not fail.

    The engine writes the first failure of a task into the history and only counts those that follow it.
    """
    answer = await client.workflow_service.get_workflow_execution_history_reverse(
        GetWorkflowExecutionHistoryReverseRequest(
            namespace=client.namespace,
            execution=WorkflowExecution(workflow_id=workflow_id),
            maximum_page_size=_LATEST_EVENTS,
        ),
        timeout=_PATIENCE,
    )
    for event in answer.history.events:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
            attributes = event.workflow_task_failed_event_attributes
            failure = await legible(attributes.failure, client.data_converter)
            return failure.message or None
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            return None
    return None
