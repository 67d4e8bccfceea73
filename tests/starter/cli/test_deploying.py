"""`orderkeep deploy` on a real engine: who receives work, step by step, and what happens to orders on the way back."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from starter import deploying
from starter.cli import deploying as commands
from starter.doctor.pollers import asked
from starter.settings import Settings
from starter.working import _version
from tests.workflows.opening import an_engine
from workflows import patches

PATIENCE = 60.0
CALLED = (sys.executable, "-c", "from starter.cli.main import run; run()", "deploy")


class _Story:
    def __init__(self) -> None:
        self.heard = 0

    @workflow.signal
    def go(self) -> None:
        self.heard += 1


@workflow.defn(name="Told")
class Before(_Story):
    """The release before."""

    @workflow.run
    async def run(self) -> str:
        await workflow.wait_condition(lambda: self.heard >= 1)
        await workflow.wait_condition(lambda: self.heard >= 2)
        return "as before"


@workflow.defn(name="Told")
class After(_Story):
    """The next release: something new happens in the middle."""

    @workflow.run
    async def run(self) -> str:
        await workflow.wait_condition(lambda: self.heard >= 1)
        news = workflow.patched("something-new")
        await workflow.wait_condition(lambda: self.heard >= 2)
        return "with news" if news else "as before"


@pytest.fixture(scope="module")
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    async with an_engine() as environment:
        yield environment


@pytest.fixture
def company(temporal: WorkflowEnvironment, request: pytest.FixtureRequest) -> str:
    """A deployment and a task queue of the test's own."""
    return request.node.name.replace("_", "-")


@asynccontextmanager
async def working(client: Client, company: str, build_id: str | None, story: type) -> AsyncIterator[None]:
    version = _version(Settings(deployment=company, build_id=build_id))
    runner = UnsandboxedWorkflowRunner()
    # A client of its own, as a process of its own has.
    own = await Client.connect(client.service_client.config.target_host)
    async with Worker(own, task_queue=company, workflows=[story], workflow_runner=runner, deployment_config=version):
        yield


async def deploy(client: Client, company: str, *words: str) -> tuple[int, str, str]:
    """The command as an operator gives it."""
    env = {"TEMPORAL_ADDRESS": client.service_client.config.target_host, "ORDERKEEP_DEPLOYMENT": company}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*CALLED, *words, env=env, stdout=pipe, stderr=pipe)
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def on_build(client: Client, workflow_id: str, build_id: str) -> None:
    """Wait until the workflow has dealt with its news on the build."""
    async with asyncio.timeout(PATIENCE):
        while True:
            raw = (await client.get_workflow_handle(workflow_id).describe()).raw_description
            on = raw.workflow_execution_info.versioning_info.deployment_version.build_id
            if on == build_id and not raw.HasField("pending_workflow_task"):
                return
            await asyncio.sleep(0.1)


async def goes_to(client: Client, company: str, build_id: str) -> None:
    """Wait until the task queue itself gives its work to the build: it hears of a change a moment later."""
    async with asyncio.timeout(PATIENCE):
        while (await asked(client, company)).current != (company, build_id):
            await asyncio.sleep(0.05)


def test_without_servers_it_is_one_sentence_with_what_to_do(orderkeep, monkeypatch):
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    ended = orderkeep("deploy", "status")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        "Temporal does not answer at 127.0.0.1:1: start the servers with `orderkeep up`, or name those that run with "
        "--data or TEMPORAL_ADDRESS.\n"
    )


@pytest.mark.parametrize("build_id", ["", " "])
@pytest.mark.parametrize("command", ["current", "ramp", "back"])
def test_the_empty_name_of_an_unset_variable_is_no_build(orderkeep, command: str, build_id: str):
    ended = orderkeep("deploy", command, "--build-id", build_id)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("--build-id is not valid: the name of a build is expected, and it is empty.")


@pytest.mark.parametrize("words", [(), ("--build-id", "1", "--without-build-id")])
def test_all_work_goes_to_a_build_or_to_the_workers_without_one(orderkeep, words: tuple[str, ...]):
    ended = orderkeep("deploy", "current", *words)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("--build-id is not valid: name a build, or say --without-build-id.")


@pytest.mark.parametrize("release", ["foo", "7.7", "", "1.2.3.4", "v0.2.0", "0.2.x", "0.2.0\n"])
def test_going_back_to_what_is_no_release_is_refused_before_anything_changes(orderkeep, monkeypatch, release: str):
    monkeypatch.setattr(commands, "_run", lambda *asked: pytest.fail("something was done"))
    ended = orderkeep("deploy", "back", "--build-id", "1", "--release", release)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("--release is not valid: a release number such as 0.2.0 is expected.")


async def test_before_any_build_the_workers_without_one_receive_the_work(temporal: WorkflowEnvironment, company: str):
    code, out, err = await deploy(temporal.client, company, "status")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"Deployment {company}",
        "  Current  workers without a build id",
        "",
        "No worker with a build id has asked for work yet.",
    ]


async def test_a_build_becomes_current_and_another_gets_a_share(temporal: WorkflowEnvironment, company: str):
    client = temporal.client
    async with working(client, company, "1", Before), working(client, company, "2", After):
        assert (await deploy(client, company, "current", "--build-id", "1"))[0] == 0
        code, out, _ = await deploy(client, company, "ramp", "--build-id", "2", "--percent", "10", "--json")
        assert code == 0
        assert json.loads(out) == {
            "deployment": company,
            "current": "1",
            "ramping": "2",
            "percent": 10.0,
            "builds": [
                {"build_id": "1", "status": "current", "workflows": 0},
                {"build_id": "2", "status": "ramping", "workflows": 0},
            ],
            "foreign": 0,
        }
        # The one that was current becomes it again: the ramp has ended.
        code, out, _ = await deploy(client, company, "current", "--build-id", "1", "--json")
        seen = json.loads(out)
        assert (seen["current"], seen["ramping"], seen["percent"]) == ("1", None, 0.0)


async def test_all_work_goes_back_to_workers_without_a_build_id_when_that_is_said(
    temporal: WorkflowEnvironment, company: str
):
    client = temporal.client
    words = ("current", "--without-build-id", "--json")
    code, out, _ = await deploy(client, company, *words)
    assert (code, json.loads(out)["current"]) == (0, None)
    async with working(client, company, "1", Before), working(client, company, "2", After):
        assert (await deploy(client, company, "current", "--build-id", "1"))[0] == 0
        assert (await deploy(client, company, "ramp", "--build-id", "2"))[0] == 0
        code, out, _ = await deploy(client, company, *words)
        seen = json.loads(out)
        assert (code, seen["current"], seen["ramping"], seen["percent"]) == (0, None, None, 0.0)


async def test_a_share_for_the_build_that_has_everything_is_refused_in_a_sentence(
    temporal: WorkflowEnvironment, company: str
):
    client = temporal.client
    async with working(client, company, "1", Before):
        assert (await deploy(client, company, "current", "--build-id", "1"))[0] == 0
        assert await deploy(client, company, "ramp", "--build-id", "1", "--percent", "50") == (
            1,
            "",
            "The build 1 is current already and receives everything that no other build's share takes; "
            "`orderkeep deploy current --build-id 1` ends such a share.\n",
        )


async def test_workers_without_a_build_id_have_all_work_until_a_build_is_made_current(
    temporal: WorkflowEnvironment, company: str
):
    client = temporal.client
    async with working(client, company, None, Before), working(client, company, "1", Before):
        order = await client.start_workflow("Told", id=f"{company}/order", task_queue=company)
        await on_build(client, order.id, "")
        await deploying.make_current(client, company, "1")
        await goes_to(client, company, "1")
        await order.signal("go")
        await on_build(client, order.id, "1")
        await order.signal("go")
        async with asyncio.timeout(PATIENCE):
            assert await order.result() == "as before"


async def test_a_build_that_nobody_has_started_is_refused_in_a_sentence(
    temporal: WorkflowEnvironment, company: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(deploying, "PATIENCE_SECONDS", 0.0)
    with pytest.raises(deploying.UnknownBuild):
        await deploying.make_current(temporal.client, company, "17")


async def test_going_back_starts_again_what_the_earlier_build_cannot_replay(
    temporal: WorkflowEnvironment, company: str, monkeypatch: pytest.MonkeyPatch
):
    """The one with the mark is begun anew, with the fact that it had heard; the other one goes on as it was."""
    monkeypatch.setattr(deploying, "SETTLED_SECONDS", 1.0)
    client = temporal.client
    async with working(client, company, "1", Before), working(client, company, "2", After):
        await deploying.make_current(client, company, "1")
        await goes_to(client, company, "1")
        moved, quiet = [
            await client.start_workflow("Told", id=f"{company}/{nth}", task_queue=company) for nth in ("moved", "quiet")
        ]
        await on_build(client, moved.id, "1")
        await deploying.make_current(client, company, "2")
        await goes_to(client, company, "2")
        await moved.signal("go")
        await on_build(client, moved.id, "2")
        first_run = (await moved.describe()).run_id

        assert (await deploying.status(client, company, "0.2.0")).foreign == 1
        monkeypatch.setattr(patches, "PATCHES", {"something-new": "0.2.0"})
        assert (await deploying.status(client, company, "0.2.0")).foreign == 0
        assert (await deploying.status(client, company, "0.1.0")).foreign == 1
        assert await deploying.go_back(client, company, "1", "0.1.0") == [moved.id]

        assert (await moved.describe()).run_id != first_run
        assert (await deploying.status(client, company, "0.1.0")).foreign == 0
        for told in (moved, quiet, quiet):
            await told.signal("go")
        async with asyncio.timeout(PATIENCE):
            assert await client.get_workflow_handle(moved.id).result() == "as before"
            assert await quiet.result() == "as before"
