"""Workflows that run although the database says that their document has ended, or knows no such document."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from db import engine
from db.queries import symptoms
from starter.cli.speech import _
from starter.doctor.bedside import PATIENCE, Bedside, Finding

NAME = "ended"
NEEDS = ("database", "schema", "temporal", "worker")
PAGE, SHOWN = 1000, 20
MOMENT = 2.0
"""A workflow ends an instant after its document: who still runs after this long does not end by itself."""


def fine() -> str:
    """What is true when nothing is wrong."""
    return _("No workflow runs for a document that has ended.")


async def look(at: Bedside) -> list[Finding]:
    """Compare the engine's list with the documents; the list may lag behind, so each suspect is asked for by name."""
    suspects = (await _suspects(at))[:SHOWN]
    if suspects:
        await asyncio.sleep(MOMENT)
    return [_told(one) for one in suspects if await _runs(at, one.workflow_id)]


async def _suspects(at: Bedside) -> list[symptoms.Over]:
    found: list[symptoms.Over] = []
    page: list[str] = []
    async for run in at.client.list_workflows("ExecutionStatus = 'Running'", page_size=PAGE):
        page.append(run.id)
        if len(page) == PAGE:
            found += await _over(page)
            page = []
    return found + await _over(page)


async def _over(page: Sequence[str]) -> list[symptoms.Over]:
    ours = [one for one in page if one.startswith(("order/", "supply/", "case/"))]
    async with engine.autocommit() as tx:
        return await symptoms.over(tx, ours)


async def _runs(at: Bedside, workflow_id: str) -> bool:
    try:
        description = await at.client.get_workflow_handle(workflow_id).describe(rpc_timeout=PATIENCE)
    except RPCError as answer:
        if answer.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return description.status is WorkflowExecutionStatus.RUNNING


def _told(one: symptoms.Over) -> Finding:
    if one.state is None:
        return Finding(
            _("{workflow} runs, and the database knows no such document.").format(workflow=one.workflow_id),
            _("Is this the right database, or an older back-up? If it is, terminate the workflow in the Web UI."),
        )
    return Finding(
        _("{workflow} runs, and the database says that its document is {state}.").format(
            workflow=one.workflow_id, state=one.state
        ),
        _("Terminate it in Temporal's Web UI: nothing is left to do for it."),
    )
