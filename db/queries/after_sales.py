"""After-sales: the follow-up, feedback, the end of an order, and cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.locks import lock_orders
from domain.facts import CaseRequest, Feedback


@dataclass(frozen=True, slots=True)
class Closing:
    """What the end of an order depends on."""

    number: str
    state: str
    payment: str
    payable: object
    policy_version: int
    fulfilled_at: datetime | None
    followed_up_at: datetime | None
    open_invoices: int
    uninvoiced: int
    email: str
    language: str
    name: str
    customer_po: str | None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case, its row locked."""

    number: str
    order_number: str
    state: str
    priority: str
    subject: str
    policy_version: int
    respond_by: datetime
    responded_at: datetime | None
    escalated_at: datetime | None
    resolve_by: datetime
    waiting_since: datetime | None
    resolved_at: datetime | None
    email: str
    language: str
    name: str


_CLOSING = text("""
SELECT o.number, o.state, o.payment, o.payable, o.policy_version, o.fulfilled_at, o.followed_up_at,
  (SELECT count(*) FROM invoice WHERE order_number = o.number AND paid < total) AS open_invoices,
  (SELECT count(*) FROM shipment s WHERE s.order_number = o.number AND s.state = 'DELIVERED'
     AND NOT EXISTS (SELECT 1 FROM invoice i WHERE i.shipment = s.number)) AS uninvoiced,
  c.email, c.language, c.name, o.customer_po
FROM sales_order o JOIN customer c ON c.code = o.customer WHERE o.number = :number""")
_FOLLOW_UP = text("UPDATE sales_order SET followed_up_at = :now WHERE number = :number AND followed_up_at IS NULL")
_COMPLETE = text("""
WITH pause AS (
  UPDATE hold SET status = 'CLOSED', decided_at = :now WHERE order_number = :number AND status = 'OPEN')
UPDATE sales_order SET state = 'COMPLETED', completed_at = :now, version = version + 1 WHERE number = :number""")
_FEEDBACK = text("""
INSERT INTO feedback (order_number, score, comment, recorded_by, at) VALUES (:order, :score, :comment, :by, :now)
ON CONFLICT (order_number) DO UPDATE SET score = excluded.score, comment = excluded.comment,
  recorded_by = excluded.recorded_by, at = excluded.at""")
_ORDER = text("""
SELECT o.number, o.policy_version, c.email, c.language, c.name, o.customer_po
FROM sales_order o JOIN customer c ON c.code = o.customer WHERE o.number = :number""")
_OPEN_CASE = text("""
INSERT INTO support_case (number, order_number, kind, priority, state, subject, description, policy_version, opened_by,
  opened_at, respond_by, resolve_by)
SELECT 'CASE-' || lpad(n::text, greatest(6, length(n::text)), '0'), :order, :kind, :priority, 'NEW', :subject,
  :description, :policy_version, :by, :now, :respond_by, :resolve_by FROM nextval('case_number') n
RETURNING number""")
_CASE = text("""
SELECT s.number, s.order_number, s.state, s.priority, s.subject, s.policy_version, s.respond_by, s.responded_at,
  s.escalated_at, s.resolve_by, s.waiting_since, s.resolved_at, c.email, c.language, c.name
FROM support_case s JOIN sales_order o ON o.number = s.order_number JOIN customer c ON c.code = o.customer
WHERE s.number = :number FOR NO KEY UPDATE OF s""")
_MOVE_CASE = text("""
WITH note AS (INSERT INTO case_note (case_number, at, actor, move, comment)
  VALUES (:number, :now, :by, :move, :comment))
UPDATE support_case SET state = :state, assignee = coalesce(:assignee, assignee),
  responded_at = CASE WHEN :responds THEN coalesce(responded_at, :now) ELSE responded_at END,
  resolve_by = CASE WHEN waiting_since IS NOT NULL AND :state <> 'WAITING_CUSTOMER'
    THEN resolve_by + (:now - waiting_since) ELSE resolve_by END,
  waiting_since = CASE WHEN :state = 'WAITING_CUSTOMER' THEN CAST(:now AS timestamptz) END,
  resolved_at = CASE WHEN :state = 'RESOLVED' THEN CAST(:now AS timestamptz)
    WHEN :state = 'CLOSED' THEN resolved_at END,
  closed_at = CASE WHEN :state = 'CLOSED' THEN CAST(:now AS timestamptz) END
WHERE number = :number""")
_ESCALATE_CASE = text("UPDATE support_case SET escalated_at = :now WHERE number = :number")


async def closing(tx: AsyncConnection, number: str) -> Closing:
    """What the end of an order depends on, its row locked.

    Locked first and read then: one statement would wait for the row and count invoices as they were before it waited.
    """
    await lock_orders(tx, [number])
    return await seen_closing(tx, number)


async def seen_closing(tx: AsyncConnection, number: str) -> Closing:
    """The same without a lock, for a step that only looks."""
    return Closing(**(await tx.execute(_CLOSING, {"number": number})).one()._mapping)


async def mark_followed_up(tx: AsyncConnection, number: str, now: datetime) -> None:
    """The follow-up went out."""
    await tx.execute(_FOLLOW_UP, {"number": number, "now": now})


async def complete_order(tx: AsyncConnection, number: str, now: datetime) -> None:
    """The order's life is over."""
    await tx.execute(_COMPLETE, {"number": number, "now": now})


async def keep_feedback(tx: AsyncConnection, order: str, feedback: Feedback, by: str, now: datetime) -> None:
    """Keep the customer's answer; a second answer replaces the first."""
    await tx.execute(_FEEDBACK, {**feedback.model_dump(), "order": order, "by": by, "now": now})


@dataclass(frozen=True, slots=True)
class Concerned:
    """The order that a case or an answer is about."""

    number: str
    policy_version: int
    email: str
    language: str
    name: str
    customer_po: str | None


async def concerned(tx: AsyncConnection, number: str) -> Concerned | None:
    """The order with its customer; None when there is no such order."""
    row = (await tx.execute(_ORDER, {"number": number})).one_or_none()
    return None if row is None else Concerned(**row._mapping)


async def open_case(
    tx: AsyncConnection,
    request: CaseRequest,
    policy_version: int,
    by: str,
    now: datetime,
    respond_by: datetime,
    resolve_by: datetime,
) -> str:
    """Write a new case; its number."""
    values = {**request.model_dump(), "policy_version": policy_version, "by": by, "now": now}
    values |= {"respond_by": respond_by, "resolve_by": resolve_by}
    return str((await tx.execute(_OPEN_CASE, values)).scalar_one())


async def case(tx: AsyncConnection, number: str) -> CaseRow | None:
    """A case, its row locked; None when there is no such one."""
    row = (await tx.execute(_CASE, {"number": number})).one_or_none()
    return None if row is None else CaseRow(**row._mapping)


async def move_case(
    tx: AsyncConnection,
    number: str,
    move: str,
    state: str,
    by: str,
    now: datetime,
    *,
    responds: bool,
    comment: str | None = None,
    assignee: str | None = None,
) -> None:
    """Move a case with a note; waiting for the customer stops the resolution clock. Illegal moves are refused."""
    values = {"number": number, "move": move, "state": state, "by": by, "now": now, "responds": responds}
    await tx.execute(_MOVE_CASE, {**values, "comment": comment, "assignee": assignee})


async def escalate_case(tx: AsyncConnection, number: str, now: datetime) -> None:
    """The response deadline passed."""
    await tx.execute(_ESCALATE_CASE, {"number": number, "now": now})
