"""Who asks Temporal for work: the workers of a task queue, by what they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import PollerInfo, TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from starter.doctor.bedside import PATIENCE

POLLED_WITHIN = timedelta(seconds=90)
"""A worker asks again at least once a minute; one that has not asked for longer is gone."""
_KINDS = (TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)


async def pollers(client: Client, task_queue: str) -> tuple[Sequence[PollerInfo], Sequence[PollerInfo]]:
    """Who asked lately for workflow tasks, and who for steps."""
    since = datetime.now(UTC) - POLLED_WITHIN
    found = []
    for kind in _KINDS:
        asked = DescribeTaskQueueRequest(
            namespace=client.namespace, task_queue=TaskQueue(name=task_queue), task_queue_type=kind
        )
        answer = await client.workflow_service.describe_task_queue(asked, timeout=PATIENCE)
        found.append([one for one in answer.pollers if one.last_access_time.ToDatetime(UTC) >= since])
    return found[0], found[1]
