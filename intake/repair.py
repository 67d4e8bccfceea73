"""Repair: a workflow that must run and that the engine does not know is started again from the database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import outbox
from db.queries.effects import Effects
from db.queries.outbox import MustRun


async def restart_workflow(tx: AsyncConnection, row: MustRun, now: datetime) -> bool:
    """Hand the workflow to the engine's outbox again; False when it need not run any more or waits there already.

    It walks through the stages without doing anything twice, since every step returns what is recorded.
    """
    if await outbox.must_run_one(tx, row.workflow_id) is None or await outbox.start_pending(tx, row.workflow_id):
        return False
    effects = Effects("operator", now)
    effects.start(row.workflow_type, row.workflow_id, row.payload)
    if row.kind == "order":
        effects.note(str(row.payload["number"]), "workflow_restarted")
    await effects.save(tx)
    return True
