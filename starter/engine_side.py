"""The engine's side of an order, for staff: its workflow, what it says of itself, and the steps that are under way."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError

from starter.failures import legible
from starter.settings import Settings
from starter.why import engine_client

_PATIENCE = timedelta(seconds=2)
_METADATA = "__temporal_workflow_metadata"


async def engine_side(number: str) -> dict[str, Any]:
    """{workflow_id, status, run_id, started, details, pending, link}; `status` None when the engine does not answer.

    `pending` has a step each: {activity, document, attempt, state, error, next_retry}.
    """
    workflow = f"order/{number}"
    side: dict[str, Any] = {
        "workflow_id": workflow, "status": None, "run_id": None, "started": None, "details": None, "pending": [],
        "link": None,
    }  # fmt: skip
    try:
        async with asyncio.timeout(2 * _PATIENCE.total_seconds()):
            client = await engine_client()
            handle = client.get_workflow_handle(workflow)
            described = await handle.describe(rpc_timeout=_PATIENCE)
            raw = described.raw_description
            side |= {
                "status": "unknown" if described.status is None else described.status.name.lower(),
                "run_id": described.run_id,
                "started": described.start_time,
                "pending": [await _step(pending, client) for pending in raw.pending_activities],
                "link": _link(client.namespace, workflow, described.run_id),
            }
            side["details"] = await _details(handle) if side["status"] == "running" else None
    except RPCError as error:
        side["status"] = "unknown to the engine" if "not found" in str(error).lower() else side["status"]
    except (RuntimeError, OSError, TimeoutError):
        pass
    return side


async def _details(handle: WorkflowHandle[Any, Any]) -> str | None:
    """What the workflow says of itself; None when no worker answers for it."""
    try:
        told = await handle.query(_METADATA, result_type=WorkflowMetadata, rpc_timeout=_PATIENCE)
    except RPCError:
        return None
    return told.current_details.replace("**", "") or None


async def _step(pending: PendingActivityInfo, client: Client) -> dict[str, Any]:
    cause = await legible(pending.last_failure, client.data_converter)
    while cause.HasField("cause"):
        cause = cause.cause
    at = pending.next_attempt_schedule_time
    waits = pending.state == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED and at.seconds
    return {
        "activity": pending.activity_type.name.replace("_", " "),
        "document": pending.activity_id.partition("/")[2],
        "attempt": pending.attempt,
        "error": cause.message,
        "next_retry": at.ToDatetime(tzinfo=UTC) if waits else datetime.now(UTC),
    }


def _link(namespace: str, workflow: str, run: str) -> str | None:
    address = Settings().temporal_ui
    if not address:
        return None
    return f"{address.rstrip('/')}/namespaces/{quote(namespace)}/workflows/{quote(workflow, safe='')}/{run}/history"
