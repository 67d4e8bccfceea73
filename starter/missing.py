"""Workflows that the database says must run and that the engine does not know, and how they are started again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from db import engine
from db.queries import outbox
from intake import repair
from starter.cli.speech import _

BATCH = 500
AT_ONCE = 2  # the pool of the doctor has two connections


@dataclass(frozen=True, slots=True)
class Missing:
    """A workflow that must run; `state` says what the engine has instead, `row` is the database's row."""

    workflow_id: str
    state: str
    row: outbox.MustRun


async def find_missing(client: Client) -> list[Missing]:
    """All of them. The engine's list may lag behind, so whatever is not in it is asked for by name."""
    listed = {run.id async for run in client.list_workflows("ExecutionStatus = 'Running'")}
    missing: list[Missing] = []
    after = ""
    while True:
        async with engine.transaction() as tx:
            rows = await outbox.must_run(tx, BATCH, after)
        missing.extend(await _confirmed(client, [row for row in rows if row.workflow_id not in listed]))
        if len(rows) < BATCH:
            return missing
        after = rows[-1].workflow_id


async def _confirmed(client: Client, suspects: Sequence[outbox.MustRun]) -> list[Missing]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def ask(row: outbox.MustRun) -> Missing | None:
        async with gate:
            state = await _state(client, row.workflow_id)
            return None if state is None or not await _still(row) else Missing(row.workflow_id, state, row)

    return [found for found in await asyncio.gather(*map(ask, suspects)) if found]


async def _still(row: outbox.MustRun) -> bool:
    """Whether it must run even now, and no start of it is under way: orders go on ending while we ask."""
    async with engine.transaction() as tx:
        must = await outbox.must_run_one(tx, row.workflow_id)
        return must is not None and not await outbox.start_pending(tx, row.workflow_id)


async def _state(client: Client, workflow_id: str) -> str | None:
    """What the engine has instead of a running workflow; None when it runs."""
    try:
        description = await client.get_workflow_handle(workflow_id).describe()
    except RPCError as answer:
        if answer.status == RPCStatusCode.NOT_FOUND:
            return _("does not know it")
        raise
    if description.status == WorkflowExecutionStatus.RUNNING:
        return None
    name = description.status.name.lower() if description.status else "?"
    return _("has ended it ({status})").format(status=name)


async def restart(missing: Sequence[Missing]) -> list[str]:
    """Put a start into the engine's outbox for each; the relay in the worker hands them over."""
    now = datetime.now(UTC)
    restarted = []
    for workflow in missing:
        async with engine.transaction() as tx:
            if await repair.restart_workflow(tx, workflow.row, now):
                restarted.append(workflow.workflow_id)
    return restarted
