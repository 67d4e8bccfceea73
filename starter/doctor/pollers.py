"""Who asks Temporal for work: the workers of a task queue, by what they ask for, and the builds that receive it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType, WorkerVersioningMode
from temporalio.api.taskqueue.v1 import PollerInfo, TaskQueue, TaskQueueVersioningInfo
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from starter.doctor.bedside import PATIENCE

POLLED_WITHIN = timedelta(seconds=90)
"""A worker asks again at least once a minute; one that has not asked for longer is gone."""
_KINDS = (TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)

WITHOUT_BUILD = ("", "")
"""What stands for the build of workers that have no build id."""
Build = tuple[str, str]
"""A build as the engine knows it: the name of its deployment, and its id."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked lately for workflow tasks, who for steps, and to whom the engine gives them."""

    workflows: Sequence[PollerInfo]
    steps: Sequence[PollerInfo]
    current: Build = WITHOUT_BUILD
    ramping: Build | None = None
    percent: float = 0.0

    @property
    def serving(self) -> set[Build]:
        """The builds that somebody asks for, for workflows as for steps."""
        return {_build(one) for one in self.workflows} & {_build(one) for one in self.steps}


def _build(one: PollerInfo) -> Build:
    """Only a versioned worker receives what its build receives; others may tell a build id just for information."""
    options = one.deployment_options
    if options.worker_versioning_mode != WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED:
        return WITHOUT_BUILD
    return options.deployment_name, options.build_id


async def asked(client: Client, task_queue: str) -> Asked:
    """The pollers of the task queue, and the routing as the queue itself has it."""
    since = datetime.now(UTC) - POLLED_WITHIN
    answers = []
    for kind in _KINDS:
        question = DescribeTaskQueueRequest(
            namespace=client.namespace, task_queue=TaskQueue(name=task_queue), task_queue_type=kind
        )
        answers.append(await client.workflow_service.describe_task_queue(question, timeout=PATIENCE))
    workflows, steps = (
        [one for one in answer.pollers if one.last_access_time.ToDatetime(UTC) >= since] for answer in answers
    )
    return Asked(workflows, steps, *_routing(answers[0].versioning_info))


def _routing(info: TaskQueueVersioningInfo) -> tuple[Build, Build | None, float]:
    current, ramping = info.current_deployment_version, info.ramping_deployment_version
    share = (ramping.deployment_name, ramping.build_id) if ramping.build_id else None
    return (current.deployment_name, current.build_id), share, round(info.ramping_version_percentage, 2)
