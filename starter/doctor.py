"""What is wrong with the servers, in sentences with what to do; on request, what can be mended is mended.

Each examination stands alone: a server that does not answer is one problem, and what depends on it is not asked.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from sqlalchemy.exc import SQLAlchemyError
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.service import RPCError

from db import engine, migrate
from db.queries import outbox
from starter.cli.speech import _
from starter.missing import find_missing, restart

PATIENCE_SECONDS = 10.0
POLLED_WITHIN = timedelta(seconds=90)
"""A worker asks again at least once a minute; one that has not asked for longer is gone."""
BACKLOG_SECONDS = 300
"""A large import is worked off in minutes on purpose; what waits longer than this waits for somebody."""
STUCK_SHOWN = 20
DEFAULT_TEMPORAL = "localhost:7233"


@dataclass(frozen=True, slots=True)
class Patient:
    """Where the servers should be; what is None was not named anywhere."""

    database: str | None
    temporal: str | None = None
    namespace: str | None = None
    task_queue: str = "orderkeep"
    api: str | None = None
    carrier: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: its name, the facts, and what to do."""

    problem: str
    detail: str
    what_to_do: str


async def examine(patient: Patient, *, repair: bool = False) -> dict[str, Any]:
    """Examine everything: `{"problems": [{problem, detail, what_to_do}], "repaired": [workflow id]}`.

    With `repair`, a workflow that must run and that the engine does not know is started again and is no problem then.
    """
    problems: list[Problem] = []
    repaired: list[str] = []
    database = await _database(patient, problems)
    client = await _temporal(patient, problems)
    try:
        if client is not None:
            await _asked(problems, "worker", lambda: _workers(client, patient.task_queue, problems))
            await _asked(problems, "stuck", lambda: _stuck(client, problems))
        if database:
            await _asked(problems, "outbox", lambda: _outbox(problems))
        if database and client is not None:
            await _asked(problems, "missing", lambda: _missing(client, repair, problems, repaired))
    finally:
        await engine.close()
    await _http(patient, problems)
    return {"problems": [asdict(problem) for problem in problems], "repaired": repaired}


async def _asked(problems: list[Problem], name: str, question: Callable[[], Awaitable[None]]) -> None:
    """Ask one question; a server that stops answering in the middle is a problem of its own, not the end."""
    try:
        await question()
    except (SQLAlchemyError, RPCError, OSError, TimeoutError) as failure:
        reason = " ".join(str(failure).split())[:300] or type(failure).__name__
        problems.append(
            Problem(name, _("This could not be examined: {reason}.").format(reason=reason), _("Examine again."))
        )


async def _database(patient: Patient, problems: list[Problem]) -> bool:
    """Whether the database answers with the schema of this release."""
    if patient.database is None:
        problems.append(
            Problem(
                "database",
                _("No database is named."),
                _("Start the servers with `orderkeep up`, or name their directory with --data."),
            )
        )
        return False
    engine.configure(patient.database, pool_size=2)
    if not await engine.reachable():
        problems.append(
            Problem(
                "database",
                _("PostgreSQL does not answer, or does not accept the password."),
                _("Start it (`orderkeep up` does), and look into logs/postgres.log of the data directory."),
            )
        )
        return False
    at, needed = await asyncio.to_thread(migrate.current, patient.database), migrate.head()
    if (at or "") >= needed:  # a later release may have added to it: that is how a deploy begins
        return True
    problems.append(
        Problem(
            "schema",
            _("The database is at revision {at}, this release needs {needed}.").format(at=at or "-", needed=needed),
            _("Run `python -m db.migrate` with ORDERKEEP_DATABASE_URL set; `orderkeep up` does it at its start."),
        )
    )
    return False


async def _temporal(patient: Patient, problems: list[Problem]) -> Client | None:
    try:
        return await asyncio.wait_for(_connect(patient), PATIENCE_SECONDS)
    except (RPCError, RuntimeError, OSError, TimeoutError):
        address = patient.temporal or DEFAULT_TEMPORAL
        problems.append(
            Problem(
                "temporal",
                _("Temporal does not answer at {address}.").format(address=address),
                _("Start it (`orderkeep up` does). Orders are accepted meanwhile and worked off afterwards."),
            )
        )
        return None


async def _connect(patient: Patient) -> Client:
    """The server of the environment with its keys and certificates; any other was launched here and needs none."""
    if patient.temporal and patient.temporal != os.environ.get("TEMPORAL_ADDRESS"):
        return await Client.connect(patient.temporal, namespace=patient.namespace or "default")
    settings = ClientConfig.load_client_connect_config()
    settings.setdefault("target_host", DEFAULT_TEMPORAL)
    return await Client.connect(**settings)


async def _workers(client: Client, task_queue: str, problems: list[Problem]) -> None:
    kinds = (TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)
    answers = [
        await client.workflow_service.describe_task_queue(
            DescribeTaskQueueRequest(
                namespace=client.namespace, task_queue=TaskQueue(name=task_queue), task_queue_type=kind
            ),
            timeout=timedelta(seconds=PATIENCE_SECONDS),
        )
        for kind in kinds
    ]
    since = datetime.now(UTC) - POLLED_WITHIN
    if all(any(poller.last_access_time.ToDatetime(UTC) >= since for poller in answer.pollers) for answer in answers):
        return
    problems.append(
        Problem(
            "worker",
            _("No worker asks for work on the task queue {queue}.").format(queue=task_queue),
            _("Start one (`python worker.py`; `orderkeep up` does), and look into logs/worker.log."),
        )
    )


async def _stuck(client: Client, problems: list[Problem]) -> None:
    query = "ExecutionStatus = 'Running' AND TemporalReportedProblems IS NOT NULL"
    stuck = [run.id async for run in client.list_workflows(query, limit=STUCK_SHOWN)]
    for workflow_id in stuck:
        problems.append(
            Problem(
                "stuck",
                _("The workflow {workflow} cannot go on: its worker fails at its task.").format(workflow=workflow_id),
                _("Look at it in Temporal's Web UI; it goes on by itself once the worker is right again."),
            )
        )


async def _outbox(problems: list[Problem]) -> None:
    async with engine.transaction() as tx:
        backlog = await outbox.backlog(tx)
    if backlog["oldest_seconds"] > BACKLOG_SECONDS:
        problems.append(
            Problem(
                "outbox",
                _("{count} messages wait for Temporal, the oldest for {seconds} s.").format(
                    count=backlog["messages"], seconds=round(backlog["oldest_seconds"])
                ),
                _("They are sent when the worker and Temporal both run; nothing is lost meanwhile."),
            )
        )
    if backlog["failing_notices"]:
        problems.append(
            Problem(
                "notices",
                _("{count} notices to customers could not be sent.").format(count=backlog["failing_notices"]),
                _("Check the mail server (ORDERKEEP_SMTP_URL) and the addresses; most are tried again by themselves."),
            )
        )


async def _missing(client: Client, repair: bool, problems: list[Problem], repaired: list[str]) -> None:
    missing = await find_missing(client)
    if repair:
        repaired.extend(await restart(missing))
        return
    for workflow in missing:
        problems.append(
            Problem(
                "missing",
                _("The database says that {workflow} must run, and the engine {state}.").format(
                    workflow=workflow.workflow_id, state=workflow.state
                ),
                _("Run `orderkeep doctor --repair`: it is started again and stops where the order stands."),
            )
        )


async def _http(patient: Patient, problems: list[Problem]) -> None:
    asked = (
        (
            "api",
            patient.api and f"{patient.api}/readyz",
            _("Start it (`python -m starter.api.server`; `orderkeep up` does), and look into logs/api.log."),
        ),
        (
            "carrier",
            patient.carrier,
            _("Shipments wait and are booked when it answers again; ask the carrier, or look into logs/simulator.log."),
        ),
    )
    async with httpx2.AsyncClient(timeout=PATIENCE_SECONDS, trust_env=False) as http:
        for name, address, what_to_do in asked:
            if address and (silence := await _silence(http, address)):
                detail = _("{address} does not answer: {reason}.").format(address=address, reason=silence)
                problems.append(Problem(name, detail, what_to_do))


async def _silence(http: httpx2.AsyncClient, address: str) -> str | None:
    """Why nothing answers there; None when something does, for only a server at work can refuse us."""
    try:
        answer = await http.get(address)
    except httpx2.HTTPError as failure:
        return str(failure) or type(failure).__name__
    return None if answer.status_code < 500 else str(answer.status_code)
