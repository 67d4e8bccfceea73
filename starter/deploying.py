"""Which build of the program the engine gives its work to: seen, changed step by step, and taken back.

A build is a worker deployment version of Temporal. The engine hands every task to the current build, a share of the
workflows to the ramping one while there is one, and nothing to any other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, TypeVar

from temporalio.api.enums.v1 import WorkerDeploymentVersionStatus
from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
    SetWorkerDeploymentRampingVersionRequest,
)
from temporalio.client import Client, WorkflowExecution
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError, RPCStatusCode

from starter.relay.mending import begin_again
from workflows.patches import unknown_to

MARKS = SearchAttributeKey.for_keyword_list("TemporalChangeVersion")
MARKED = f"ExecutionStatus = 'Running' AND {MARKS.name} IS NOT NULL"
IDENTITY = "orderkeep deploy"
RPC = timedelta(seconds=10)
PATIENCE_SECONDS = 20.0
"""How long a build whose workers have just started may take until the engine knows it."""
SETTLED_SECONDS = 2.0
"""After a change of the current build, tasks that were under way may still leave a mark for about as long."""
AT_ONCE = 10
_PREFIX = "WORKER_DEPLOYMENT_VERSION_STATUS_"

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Build:
    """One build that the engine knows: inactive, current, ramping, draining or drained; workflows last seen on it."""

    build_id: str
    status: str
    workflows: int


@dataclass(frozen=True, slots=True)
class Routing:
    """Who receives work. `current` is None while unversioned workers do; `foreign` counts running workflows with
    marks that the release asked for cannot replay."""

    deployment: str
    current: str | None
    ramping: str | None = None
    percent: float = 0.0
    builds: tuple[Build, ...] = ()
    foreign: int = 0

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "builds": [asdict(build) for build in self.builds]}


class UnknownBuild(Exception):
    """The engine knows no worker of the build."""


class AlreadyCurrent(Exception):
    """The build has all work that no ramp takes away; it cannot have a share of it besides."""


async def routing(client: Client, deployment: str) -> Routing:
    """Which builds receive work; a deployment that no worker has named yet has none."""
    asked = DescribeWorkerDeploymentRequest(namespace=client.namespace, deployment_name=deployment)
    try:
        answer = await client.workflow_service.describe_worker_deployment(asked, timeout=RPC)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return Routing(deployment, None)
        raise
    info = answer.worker_deployment_info
    routed = info.routing_config
    builds = sorted((seen.deployment_version.build_id, seen.status) for seen in info.version_summaries)
    return Routing(
        deployment,
        routed.current_deployment_version.build_id or None,
        routed.ramping_deployment_version.build_id or None,
        round(routed.ramping_version_percentage, 2),
        tuple(Build(build_id, _word(status), 0) for build_id, status in builds),
    )


def _word(status: WorkerDeploymentVersionStatus.ValueType) -> str:
    return WorkerDeploymentVersionStatus.Name(status).removeprefix(_PREFIX).lower()


async def status(client: Client, deployment: str, release: str) -> Routing:
    """The routing with the workflows that were last seen on each build, and those that `release` cannot replay."""
    seen = await routing(client, deployment)
    builds = [Build(each.build_id, each.status, await _last_on(client, deployment, each)) for each in seen.builds]
    foreign = sum([1 async for _ in _foreign(client, release)])
    return Routing(deployment, seen.current, seen.ramping, seen.percent, tuple(builds), foreign)


async def _last_on(client: Client, deployment: str, build: Build) -> int:
    version = f"{deployment}:{build.build_id}".replace("'", "''")
    counted = await client.count_workflows(
        f"ExecutionStatus = 'Running' AND TemporalWorkerDeploymentVersion = '{version}'"
    )
    return counted.count


async def make_current(client: Client, deployment: str, build_id: str | None) -> None:
    """Give every task to the build (None: to the workers without a build id), and end a ramp."""
    if build_id is not None or (await routing(client, deployment)).current is not None:
        await _set_current(client, deployment, build_id or "")
    seen = await routing(client, deployment)
    if seen.ramping is not None:
        await _set_ramp(client, deployment, "", 0.0)


async def _set_current(client: Client, deployment: str, build_id: str) -> None:
    await _known(
        build_id,
        lambda: client.workflow_service.set_worker_deployment_current_version(
            SetWorkerDeploymentCurrentVersionRequest(
                namespace=client.namespace, deployment_name=deployment, build_id=build_id, identity=IDENTITY
            ),
            timeout=RPC,
        ),
    )


async def ramp(client: Client, deployment: str, build_id: str, percent: float) -> None:
    """Give a share of the workflows to the build: which ones is decided by their ids, and so does not change."""
    if (await routing(client, deployment)).current == build_id:
        raise AlreadyCurrent(build_id)
    await _known(build_id, lambda: _set_ramp(client, deployment, build_id, percent))


async def _set_ramp(client: Client, deployment: str, build_id: str, percent: float) -> None:
    await client.workflow_service.set_worker_deployment_ramping_version(
        SetWorkerDeploymentRampingVersionRequest(
            namespace=client.namespace,
            deployment_name=deployment,
            build_id=build_id,
            percentage=percent,
            identity=IDENTITY,
        ),
        timeout=RPC,
    )


async def _known(build_id: str, change: Callable[[], Awaitable[Answer]]) -> Answer:
    """Make the change once the engine has heard of the build's workers."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while True:
        try:
            return await change()
        except RPCError as error:
            if error.status not in (RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION):
                raise
            if asyncio.get_running_loop().time() > deadline:
                raise UnknownBuild(build_id) from error
        await asyncio.sleep(0.5)


async def go_back(client: Client, deployment: str, build_id: str | None, release: str) -> list[str]:
    """Make an earlier build current, and start again what it could not go on with; the ids of those workflows.

    Where workers have no build id, nothing is made current: the workers of the release that runs have all the work.
    A worker that replays a mark which it does not know fails the task for ever. The database knows where each
    document stands, so its workflow is reset to its beginning and walks there again without doing anything twice.
    """
    if build_id is not None:
        await make_current(client, deployment, build_id)
    gate = asyncio.Semaphore(AT_ONCE)
    seen: set[str] = set()  # the engine's list lags a little behind: it may still show a run that was reset
    again: set[str] = set()
    while True:
        await asyncio.sleep(SETTLED_SECONDS)
        found = [run async for run in _foreign(client, release) if run.run_id not in seen]
        if not found:
            return sorted(again)
        begun = await asyncio.gather(*(_begun_again(client, run, gate) for run in found))
        seen |= {run.run_id for run in found}
        again |= {run.id for run, done in zip(found, begun, strict=True) if done}


async def _foreign(client: Client, release: str) -> AsyncIterator[WorkflowExecution]:
    async for run in client.list_workflows(MARKED):
        if unknown_to(release, list(run.typed_search_attributes.get(MARKS) or ())):
            yield run


async def _begun_again(client: Client, run: WorkflowExecution, gate: asyncio.Semaphore) -> bool:
    """Reset a workflow to its first task; what it was told since then it is told again. False: it has ended."""
    async with gate:
        try:
            return await begin_again(client, run.id, f"back-{run.run_id}")
        except RPCError as error:
            if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION):
                return False
            raise
