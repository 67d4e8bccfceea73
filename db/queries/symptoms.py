"""What the doctor asks the database: work that is due and not done, workflows whose document has ended, the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries.disputes import OF_INSTALMENT

ENDED = "'COMPLETED', 'REJECTED', 'EXPIRED', 'CANCELLED'"


@dataclass(frozen=True, slots=True)
class Due:
    """A document that its workflow should have moved on by itself."""

    workflow_id: str
    document: str
    state: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Over:
    """A workflow whose document has ended (`state`), or that belongs to no document (None)."""

    workflow_id: str
    state: str | None


_CLOCK = text("SELECT clock_timestamp()")
_NOT_PAUSED = """NOT EXISTS (SELECT FROM hold h
  WHERE h.order_number = o.number AND h.reason = 'PAUSED' AND h.status = 'OPEN')"""
"""Nothing is due of an order that somebody paused."""
# Each branch goes through an index of what is open, and stops early: a day without workers leaves very many of them.
_DUE = text(f"""
WITH told AS (SELECT workflow_id FROM engine_outbox WHERE sent_at IS NULL),
orders AS (
  SELECT o.number, o.state, coalesce((SELECT max(at) FROM timeline t WHERE t.order_number = o.number), o.submitted_at)
    AS since
  FROM sales_order o WHERE o.state IN ('SUBMITTED', 'IN_REVIEW', 'CONFIRMED', 'CANCELLING')
    AND NOT EXISTS (SELECT FROM hold h WHERE h.order_number = o.number AND h.status = 'OPEN')),
unbilled AS (
  SELECT s.number, s.order_number, s.delivered_at FROM sales_order o JOIN shipment s ON s.order_number = o.number
  WHERE o.state IN ('IN_FULFILMENT', 'FULFILLED') AND o.quantity_delivered > 0 AND o.billed < o.payable
    AND s.state = 'DELIVERED' AND NOT EXISTS (SELECT FROM invoice i WHERE i.shipment = s.number) AND {_NOT_PAUSED})
SELECT * FROM (
  (SELECT 'order/' || number AS workflow_id, number AS document, state, since FROM orders
    WHERE since < now() - make_interval(secs => :grace) LIMIT :limit)
  UNION ALL
  (SELECT 'order/' || order_number, number, state, picked_at FROM shipment s
    WHERE state = 'PACKED' AND picked_at < now() - make_interval(secs => :grace)
      AND NOT EXISTS (SELECT FROM hold h WHERE h.order_number = s.order_number AND h.status = 'OPEN') LIMIT :limit)
  UNION ALL
  (SELECT 'order/' || order_number, number, 'DELIVERED', delivered_at FROM unbilled
    WHERE delivered_at < now() - make_interval(secs => :grace) LIMIT :limit)) d
WHERE workflow_id NOT IN (SELECT workflow_id FROM told) ORDER BY since, document LIMIT :limit""")
_OVER = text(f"""
SELECT w.id, coalesce(o.state, s.state, c.state) AS state
FROM unnest(CAST(:ids AS text[])) AS w(id)
LEFT JOIN sales_order o ON w.id = 'order/' || o.number AND o.number = substr(w.id, 7)
LEFT JOIN supply_order s ON w.id = 'supply/' || s.number AND s.number = substr(w.id, 8)
LEFT JOIN support_case c ON w.id = 'case/' || c.number AND c.number = substr(w.id, 6)
WHERE (o.state IN ({ENDED}) OR s.state IN ('RECEIVED', 'CANCELLED') OR c.state = 'CLOSED'
  OR coalesce(o.number, s.number, c.number) IS NULL) ORDER BY w.id""")
# The next rung as domain/collection.py has it: at its planned date, but no sooner after the last one than planned.
# LIMIT 1 keeps PostgreSQL from reading all orders for the few that owe: it expects twenty times as many as there are.
RUNGS = f"""
WITH ladder AS (
  SELECT p.version, CAST(l ->> 'level' AS int) AS level,
    CAST(l ->> 'days_after_due' AS float8) * CAST(p.body ->> 'day_seconds' AS float8) AS seconds
  FROM policy_version p, jsonb_array_elements(p.body -> 'reminders') l),
open AS (
  SELECT i.invoice, i.instalment, i.due_at, o.number, o.policy_version, r.level, r.sent_at
  FROM instalment i
  JOIN LATERAL (SELECT o.number, o.policy_version FROM invoice v JOIN sales_order o ON o.number = v.order_number
    WHERE v.number = i.invoice AND o.state NOT IN ({ENDED}) AND {_NOT_PAUSED} LIMIT 1) o ON true
  LEFT JOIN LATERAL (SELECT level, sent_at FROM reminder r
    WHERE r.invoice = i.invoice AND r.instalment = i.instalment ORDER BY level DESC LIMIT 1) r ON true
  WHERE i.paid < i.amount AND i.due_at < now()
    AND NOT (EXISTS (SELECT 1 FROM dispute d WHERE d.invoice = i.invoice AND d.disputed > 0)
      AND {OF_INSTALMENT} >= i.amount - i.paid)),
rung AS (
  SELECT o.number, o.invoice, o.instalment, n.level, greatest(
    o.due_at + make_interval(secs => n.seconds), o.sent_at + make_interval(secs => n.seconds - coalesce(
      (SELECT seconds FROM ladder l WHERE l.version = o.policy_version AND l.level = o.level), 0))) AS planned
  FROM open o JOIN LATERAL (SELECT level, seconds FROM ladder l
    WHERE l.version = o.policy_version AND l.level > coalesce(o.level, 0) ORDER BY level LIMIT 1) n ON true)"""
_FORGOTTEN = text(f"""
{RUNGS} SELECT number, invoice, instalment, level, planned FROM rung
WHERE planned < now() - make_interval(secs => :grace) ORDER BY planned, invoice, instalment LIMIT :limit""")


# One row for those that are tried again, one for those that are not; and the first letter of each.
_REFUSED = text("""
WITH refused AS (
  SELECT n.key, n.event, n.recipient, n.error, n.next_attempt_at = 'infinity' AS for_good,
    coalesce(n.order_number, (SELECT min(p.order_number) FROM supply_peg p
      WHERE p.supply_order = n.figures ->> 'supply_order' AND p.open > 0)) AS order_number
  FROM notice n WHERE n.sent_at IS NULL AND n.error IS NOT NULL)
SELECT for_good, count(*) AS letters, (array_agg(event ORDER BY key))[1] AS event,
  (array_agg(recipient ORDER BY key))[1] AS recipient, (array_agg(error ORDER BY key))[1] AS error,
  coalesce(array_agg(DISTINCT order_number) FILTER (WHERE order_number IS NOT NULL), '{}') AS orders
FROM refused GROUP BY for_good ORDER BY for_good""")


@dataclass(frozen=True, slots=True)
class Refused:
    """Letters that the post did not take, for now or for good: how many, of which orders, and the first of them."""

    for_good: bool
    letters: int
    event: str
    recipient: str
    error: str
    orders: Sequence[str]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A reminder that should have gone out."""

    number: str
    invoice: str
    instalment: int
    level: int
    planned: datetime


async def clock(tx: AsyncConnection) -> datetime:
    """The database's time, this very moment."""
    at: datetime = (await tx.execute(_CLOCK)).scalar_one()
    return at


async def due(tx: AsyncConnection, grace_seconds: float, limit: int) -> list[Due]:
    """Documents that nobody has moved on for `grace_seconds` and that wait for nothing; the oldest first.

    Those whose workflow has yet to be told something are left out: the outbox's age tells of them.
    """
    rows = await tx.execute(_DUE, {"grace": grace_seconds, "limit": limit})
    return [Due(**row._mapping) for row in rows]


async def over(tx: AsyncConnection, workflow_ids: Sequence[str]) -> list[Over]:
    """Those of these workflows whose document has ended or does not exist."""
    return [Over(row.id, row.state) for row in await tx.execute(_OVER, {"ids": list(workflow_ids)})]


async def forgotten(tx: AsyncConnection, grace_seconds: float, limit: int) -> list[Forgotten]:
    """Reminders that should have gone out more than `grace_seconds` ago, the oldest first."""
    rows = await tx.execute(_FORGOTTEN, {"grace": grace_seconds, "limit": limit})
    return [Forgotten(**row._mapping) for row in rows]


async def refused(tx: AsyncConnection) -> list[Refused]:
    """Letters that the post refused: first those that are tried again by themselves, then those that are not."""
    return [Refused(**row._mapping) for row in await tx.execute(_REFUSED)]
