"""The outboxes: what is handed to the engine and to the post, and what must run according to the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.traces import unmarked

RETRY, RESET = "retry_requested", "reset_requested"
"""Signals by which an operator repairs: the relay tries again what fails before it hands over the first; the second
is a request to the engine, and no workflow hears it. An older relay hands both over, which harms nothing."""


@dataclass(frozen=True, slots=True)
class Message:
    """A start or a signal for the engine."""

    id: int
    kind: str
    workflow_type: str
    workflow_id: str
    signal: str | None
    payload: dict[str, Any]
    attempts: int
    trace: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail that waits to be sent."""

    key: str
    event: str
    recipient: str
    language: str
    figures: dict[str, Any]
    attempts: int


@dataclass(frozen=True, slots=True)
class MustRun:
    """A workflow that must be running for a document that has not ended."""

    kind: str
    workflow_type: str
    workflow_id: str
    payload: dict[str, Any]


_CLAIM = text("""
WITH picked AS (
  SELECT id FROM engine_outbox WHERE sent_at IS NULL AND (claimed_until IS NULL OR claimed_until < now())
    AND (:starts OR kind <> 'start' OR workflow_type <> 'OrderWorkflow')
  ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED)
UPDATE engine_outbox e SET claimed_until = now() + make_interval(secs => :lease), attempts = attempts + 1
FROM picked WHERE e.id = picked.id
RETURNING e.id, e.kind, e.workflow_type, e.workflow_id, e.signal, e.payload, e.attempts""")
_NOT_BEGUN = text("SELECT number FROM sales_order WHERE number = ANY(:orders) AND state = 'SUBMITTED'")
_SENT = text("""
UPDATE engine_outbox e SET sent_at = now(), outcome = r.outcome
FROM unnest(CAST(:ids AS bigint[]), CAST(:outcomes AS text[])) AS r(id, outcome) WHERE e.id = r.id""")
# The oldest rows alone are looked at: they are found by their id, however many there are behind them.
_FORGET = text("""
DELETE FROM engine_outbox WHERE id IN (
  SELECT id FROM (SELECT id, sent_at FROM engine_outbox ORDER BY id LIMIT :limit) oldest
  WHERE sent_at < now() - make_interval(days => :days))""")
_RETURN = text("""
UPDATE engine_outbox SET claimed_until = now() + make_interval(secs => :delay), outcome = :error
WHERE id = ANY(:ids)""")
_LETTERS = text("""
WITH picked AS (
  SELECT key FROM notice WHERE sent_at IS NULL AND next_attempt_at <= now()
  ORDER BY next_attempt_at LIMIT :limit FOR UPDATE SKIP LOCKED)
UPDATE notice n SET next_attempt_at = now() + make_interval(secs => :lease), attempts = attempts + 1
FROM picked WHERE n.key = picked.key
RETURNING n.key, n.event, n.recipient, n.language, n.figures, n.attempts""")
_LETTERS_SENT = text("UPDATE notice SET sent_at = now(), error = NULL WHERE key = ANY(:keys)")
_LETTER_FAILED = text("""
UPDATE notice SET next_attempt_at = CASE WHEN :final THEN 'infinity' ELSE now() + make_interval(secs => :delay) END,
  error = :error WHERE key = :key""")
_BACKLOG = text("""
SELECT (SELECT count(*) FROM engine_outbox WHERE sent_at IS NULL) AS messages,
  (SELECT extract(epoch FROM now() - min(created_at)) FROM engine_outbox WHERE sent_at IS NULL) AS oldest_seconds,
  (SELECT count(*) FROM notice WHERE sent_at IS NULL) AS notices,
  (SELECT count(*) FROM notice WHERE sent_at IS NULL AND error IS NOT NULL) AS failing_notices""")
_PAUSED = "EXISTS (SELECT 1 FROM hold h WHERE h.order_number = d.number AND h.reason = 'PAUSED' AND h.status = 'OPEN')"
_KINDS = {
    "case": ("CaseWorkflow", "support_case", "false", "state <> 'CLOSED'"),
    "order": (
        "OrderWorkflow",
        "sales_order",
        _PAUSED,
        "state NOT IN ('DRAFT', 'COMPLETED', 'REJECTED', 'EXPIRED', 'CANCELLED')",
    ),
    "supply": ("SupplyOrderWorkflow", "supply_order", "false", "state NOT IN ('RECEIVED', 'CANCELLED')"),
}
"""Documents that have workflows, in the order of the workflows' ids: type, table, when paused, when it must run."""
_MUST_RUN = {
    kind: text(
        f"SELECT number, {paused} AS paused FROM {table} d WHERE {must} AND number > :after"
        " ORDER BY number LIMIT :limit"
    )
    for kind, (_, table, paused, must) in _KINDS.items()
}
_MUST_RUN_ONE = {
    kind: text(f"SELECT number, {paused} AS paused FROM {table} d WHERE {must} AND number = :number")
    for kind, (_, table, paused, must) in _KINDS.items()
}
_PENDING_START = text("""
SELECT 1 FROM engine_outbox WHERE workflow_id = :workflow_id AND kind = 'start' AND sent_at IS NULL""")


async def claim(tx: AsyncConnection, limit: int, lease_seconds: float, *, starts: bool = True) -> list[Message]:
    """Take messages to hand over, oldest first; another relay leaves them alone until the lease ends.

    Without `starts`, new orders wait: the engine has enough of them.
    """
    rows = await tx.execute(_CLAIM, {"limit": limit, "lease": lease_seconds, "starts": starts})
    return sorted(map(_message, rows), key=lambda message: message.id)


def _message(row: Row[Any]) -> Message:
    payload, trace = unmarked(row.payload)
    return Message(**{**row._mapping, "payload": payload}, trace=trace)


async def not_begun(tx: AsyncConnection, orders: Sequence[str]) -> set[str]:
    """Those of these orders that have not taken their first step yet."""
    return set((await tx.execute(_NOT_BEGUN, {"orders": list(orders)})).scalars())


async def mark_sent(tx: AsyncConnection, outcomes: Sequence[tuple[int, str]]) -> None:
    """The engine has them, or the database knows what they mean."""
    values = {"ids": [message for message, _ in outcomes], "outcomes": [outcome for _, outcome in outcomes]}
    await tx.execute(_SENT, values)


async def forget_sent(tx: AsyncConnection, days: int, limit: int) -> int:
    """Delete messages that were handed over so many days ago, among the oldest `limit`; how many there were."""
    return (await tx.execute(_FORGET, {"days": days, "limit": limit})).rowcount


async def give_back(tx: AsyncConnection, ids: Sequence[int], delay_seconds: float, error: str) -> None:
    """Not handed over: try again after a while."""
    await tx.execute(_RETURN, {"ids": list(ids), "delay": delay_seconds, "error": error[:500]})


async def claim_letters(tx: AsyncConnection, limit: int, lease_seconds: float) -> list[Letter]:
    """Take letters to send."""
    rows = await tx.execute(_LETTERS, {"limit": limit, "lease": lease_seconds})
    return [Letter(**row._mapping) for row in rows]


async def mark_letters_sent(tx: AsyncConnection, keys: Sequence[str]) -> None:
    """The post has them."""
    await tx.execute(_LETTERS_SENT, {"keys": list(keys)})


async def letter_failed(tx: AsyncConnection, key: str, error: str, delay_seconds: float, *, final: bool) -> None:
    """The post did not take it: later, or never when `final` (a person must look at the address)."""
    await tx.execute(_LETTER_FAILED, {"key": key, "error": error[:500], "delay": delay_seconds, "final": final})


async def backlog(tx: AsyncConnection) -> dict[str, Any]:
    """What waits: {messages, oldest_seconds, notices, failing_notices}."""
    row = (await tx.execute(_BACKLOG)).one()
    return {**row._mapping, "oldest_seconds": float(row.oldest_seconds or 0)}


async def must_run(tx: AsyncConnection, limit: int = 500, after: str = "") -> list[MustRun]:
    """Workflows that must be running, by id; each page reads its own rows only."""
    begun, _, number = after.partition("/")
    found: list[MustRun] = []
    for kind, query in _MUST_RUN.items():
        if kind >= begun and len(found) < limit:
            values = {"after": number if kind == begun else "", "limit": limit - len(found)}
            found += [_must_run(kind, row) for row in await tx.execute(query, values)]
    return found


def _must_run(kind: str, row: Row[Any]) -> MustRun:
    payload = {"number": row.number} | ({"paused": True} if row.paused else {})
    return MustRun(kind, _KINDS[kind][0], f"{kind}/{row.number}", payload)


async def must_run_one(tx: AsyncConnection, workflow_id: str) -> MustRun | None:
    """The workflow of this id, if it must be running."""
    kind, _, number = workflow_id.partition("/")
    if kind not in _MUST_RUN_ONE:
        return None
    found = (await tx.execute(_MUST_RUN_ONE[kind], {"number": number})).first()
    return None if found is None else _must_run(kind, found)


async def start_pending(tx: AsyncConnection, workflow_id: str) -> bool:
    """Whether a start of the workflow waits to be handed over."""
    return (await tx.execute(_PENDING_START, {"workflow_id": workflow_id})).first() is not None
