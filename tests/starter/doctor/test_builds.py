"""The examination `worker` with builds: whoever receives work must ask for it, and nobody else counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from starter import deploying
from starter.doctor import pollers, worker
from starter.doctor.bedside import Bedside, Finding, Patient
from starter.settings import Settings
from starter.working import _version
from tests.workflows.opening import an_engine


@workflow.defn
class Quiet:
    """Nobody starts it."""

    @workflow.run
    async def run(self) -> None:
        """Do nothing."""


@activity.defn
async def rest() -> None:
    """Do nothing."""


@pytest.fixture(scope="module")
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    async with an_engine() as environment:
        yield environment


@pytest.fixture
def company(request: pytest.FixtureRequest) -> str:
    """A deployment and a task queue of the test's own."""
    return request.node.name.replace("_", "-")[:60]


@asynccontextmanager
async def working(client: Client, company: str, build_id: str | None) -> AsyncIterator[None]:
    own = await Client.connect(client.service_client.config.target_host)
    async with Worker(
        own,
        task_queue=company,
        workflows=[Quiet],
        activities=[rest],
        workflow_runner=UnsandboxedWorkflowRunner(),
        deployment_config=_version(Settings(deployment=company, build_id=build_id)),
    ):
        yield


@pytest.fixture
def found(temporal: WorkflowEnvironment, company: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    """Wait until the examination finds exactly this; who asked before `since` is forgotten."""

    async def looks(*expected: Finding, since: datetime | None = None) -> None:
        at = Bedside(Patient(None, task_queue=company), temporal=temporal.client)
        seen: list[Finding] = []
        for _again in range(200):
            if since is not None:
                monkeypatch.setattr(pollers, "POLLED_WITHIN", datetime.now(UTC) - since)
            seen = await worker.look(at)
            if seen == list(expected):
                return
            await asyncio.sleep(0.1)
        assert seen == list(expected)

    return looks


async def gone() -> datetime:
    """The moment after a worker has ended, in which nobody has asked yet."""
    await asyncio.sleep(0.5)
    return datetime.now(UTC)


async def test_a_current_build_without_workers_is_named_though_others_ask(temporal, company, found):
    client = temporal.client
    async with working(client, company, "b3"):
        await deploying.make_current(client, company, "b3")
        await found()
    since = await gone()
    async with working(client, company, None), working(client, company, "b2"):
        await found(
            Finding(
                "No worker of the current build b3 asks for work: what it should do stands still.",
                "Start its workers with ORDERKEEP_BUILD_ID=b3. Or give all work to workers that run: "
                "`orderkeep deploy current --without-build-id`, `orderkeep deploy current --build-id b2`; "
                "with `orderkeep deploy back` when they are of an earlier release.",
            ),
            since=since,
        )
        await deploying.make_current(client, company, "b2")
        await found(since=since)
        await deploying.make_current(client, company, None)
        await found(since=since)


async def test_a_ramping_build_without_workers_is_named_with_its_share(temporal, company, found):
    client = temporal.client
    async with working(client, company, "b3"), working(client, company, "b2"):
        await deploying.make_current(client, company, "b2")
        await deploying.ramp(client, company, "b3", 12.5)
        await found()
    since = await gone()
    async with working(client, company, "b2"):
        await found(
            Finding(
                "No worker of the build b3 asks for work: its 12.5 % of the workflows stand still.",
                "Start its workers with ORDERKEEP_BUILD_ID=b3. Or give all work to workers that run: "
                "`orderkeep deploy current --build-id b2`; "
                "with `orderkeep deploy back` when they are of an earlier release.",
            ),
            since=since,
        )
        await deploying.ramp(client, company, "b3", 0)
        await found(since=since)


async def test_workers_with_a_build_id_receive_nothing_until_it_is_current(temporal, company, found):
    async with working(temporal.client, company, "b1"):
        await found(
            Finding(
                "No build is current, and no worker without a build id asks for work: those that run receive none.",
                "Give all work to a build that runs: `orderkeep deploy current --build-id b1`.",
            )
        )
        async with working(temporal.client, company, None):
            await found()
