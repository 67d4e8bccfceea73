"""Why an order waits: what is open in the database, and what fails in the engine right now."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from gettext import NullTranslations
from typing import Any

from temporalio.api.enums.v1 import PendingActivityState
from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Client
from temporalio.service import RPCError

from db.engine import transaction
from db.queries import waiting
from domain.order_life import ENDED
from domain.waiting import SENTENCES, Wait, most_urgent
from domain.wording import WORDS, fill
from starter.engine import connect
from starter.failed_tasks import failed_task
from starter.failures import legible
from starter.languages import translator

_PATIENCE = timedelta(seconds=2)
_UNKNOWN = "unknown to the engine"
_NOT_ASKED = "not asked"
_GONE = frozenset(("terminated", "failed", "completed", "canceled", "timed_out", _UNKNOWN))
"""What the engine says of a workflow that it does not run; a paused or silent engine says none of these."""
_CODES = ("state", "owner_role", "engine", "reason")
_clients: list[Client] = []


async def waiting_for(number: str, language: str = "en") -> dict[str, Any] | None:
    """As `why`, out of the database alone: at once, whatever the engine does. `engine` is "not asked"."""
    found = await _open(number)
    return None if found is None else _answer(number, *found, None, _NOT_ASKED, language)


async def why(number: str, language: str = "en") -> dict[str, Any] | None:
    """{waiting_for, sentence, since, until, owner_role, failing, next_actions, engine}; None for an unknown order.

    A step that fails in the engine comes first; an engine that does not answer is said and hides nothing else.
    """
    found = await _open(number)
    if found is None:
        return None
    failing, engine = await _failing(number)
    if engine in _GONE:
        # The order may have ended in between, and its workflow with it.
        found = await _open(number) or found
    return _answer(number, *found, failing, engine, language)


def _answer(
    number: str, state: str, waits: list[Wait], failing: dict[str, Any] | None, engine: str, language: str
) -> dict[str, Any]:
    if engine in _GONE and state not in ENDED and not any(wait.cause == "engine" for wait in waits):
        waits = [*waits, Wait("lost", {"engine": engine, "state": state})]
    if failing is not None:
        waits = [*waits, Wait("retry", failing, until=failing["next_retry"], owner_role="operator")]
    wait = most_urgent(waits)
    if wait is None:
        ended = state in ENDED if engine == _NOT_ASKED else not engine.startswith("running")
        wait = Wait("ended" if ended else "next", {"state": state})
    tongue = translator(language)
    return {
        "waiting_for": wait.waiting_for,
        "sentence": _said(wait, tongue),
        "since": wait.since,
        "until": wait.until,
        "owner_role": wait.owner,
        "failing": None if failing is None else {k: failing[k] for k in ("activity", "attempt", "error", "next_retry")},
        "next_actions": wait.next_actions(number),
        "engine": engine,
        "also": [_said(other, tongue) for other in waits if other is not wait],
    }


async def engine_client() -> Client:
    """The one connection of this process to the engine that is asked such questions."""
    if not _clients:
        _clients.append(await connect())
    return _clients[0]


async def _open(number: str) -> tuple[str, list[Wait]] | None:
    async with transaction() as tx:
        return await waiting.waits(tx, number)


def _said(wait: Wait, tongue: NullTranslations) -> str:
    said = dict(wait.figures)
    for name in _CODES:
        if code := str(said.get(name) or ""):
            said[name] = tongue.gettext(WORDS.get(code, code))
    if error := said.get("error"):
        said["error"] = tongue.gettext(str(error))
    return fill(tongue.gettext(SENTENCES[wait.cause]), said)


async def _failing(number: str) -> tuple[dict[str, Any] | None, str]:
    try:
        async with asyncio.timeout(_PATIENCE.total_seconds()):
            handle = (await engine_client()).get_workflow_handle(f"order/{number}")
            described = await handle.describe(rpc_timeout=_PATIENCE)
    except RPCError as error:
        return None, _UNKNOWN if "not found" in str(error).lower() else f"does not answer: {error}"
    except (RuntimeError, OSError, TimeoutError) as error:
        return None, f"does not answer: {str(error) or type(error).__name__}"
    status = "unknown" if described.status is None else described.status.name.lower()
    task = described.raw_description.pending_workflow_task
    if task.attempt > 1 and (failed := await _failed_task(number)):
        told = {"activity": "workflow task", "attempt": task.attempt, "error": failed, "next_retry": datetime.now(UTC)}
        return {**told, "document": number}, status
    pending = [activity for activity in described.raw_description.pending_activities if activity.attempt > 1]
    return (await _told(pending[0]) if pending else None), status


async def _failed_task(number: str) -> str | None:
    try:
        async with asyncio.timeout(_PATIENCE.total_seconds()):
            return await failed_task(_clients[0], f"order/{number}")
    except (RPCError, OSError, TimeoutError):
        return None


async def _told(pending: PendingActivityInfo) -> dict[str, Any]:
    cause = await legible(pending.last_failure, _clients[0].data_converter)
    while cause.HasField("cause"):
        cause = cause.cause
    waits = pending.state == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED
    at = pending.next_attempt_schedule_time
    return {
        "activity": pending.activity_type.name.replace("_", " "),
        "document": pending.activity_id.partition("/")[2],
        "attempt": pending.attempt,
        "error": cause.message or "it takes too long",
        "next_retry": at.ToDatetime(tzinfo=UTC) if waits and at.seconds else datetime.now(UTC),
    }
