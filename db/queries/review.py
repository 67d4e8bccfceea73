"""The review: what the rules look at, and the one statement that keeps their verdicts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.locks import lock_accounts
from domain.calendar import local_date
from domain.policy import Policy
from domain.review import AccountFacts, Finding, LineFacts
from domain.stock import arrival


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The header under review, its row locked."""

    number: str
    state: str
    customer: str
    customer_po: str | None
    currency: str
    payment_terms: str
    requested_date: date
    ship_by: date | None
    shipping_policy: str
    has_address: bool
    created_role: str
    total: Decimal
    policy_version: int
    expires_at: datetime
    email: str
    language: str
    name: str
    active: bool
    time_zone: str
    credit_limit: Decimal | None
    customer_group: str | None


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold as the review and its deciders see it."""

    id: int
    order_number: str
    reason: str
    owner_role: str
    status: str
    deadline: datetime
    escalated_at: datetime | None
    amount: Decimal | None
    until: date | None
    decided_by: str | None


_ORDER = text("""
SELECT o.number, o.state, o.customer, o.customer_po, o.currency, o.payment_terms, o.requested_date, o.ship_by,
  o.shipping_policy, o.ship_to IS NOT NULL AND o.ship_to <> 'null'::jsonb AS has_address, o.created_role, o.total,
  o.policy_version, o.expires_at, c.email, c.language, c.name, c.active, c.time_zone, c.credit_limit, c.customer_group
FROM sales_order o JOIN customer c ON c.code = o.customer WHERE o.number = :number FOR NO KEY UPDATE OF o""")

GOODS = """p.minimum_order, p.pack_multiple, coalesce(s.free, 0) - p.safety_stock AS free,
  coalesce(p.lead_time_days, v.lead_time_days) AS lead_time"""
GOODS_OF = """LEFT JOIN supplier v ON v.code = p.supplier
LEFT JOIN LATERAL (SELECT sum(on_hand - reserved) AS free FROM stock_level WHERE sku = p.sku) s ON true"""
"""What the rules want to know of a product `p`, besides the line's own figures."""
_LINES = text(f"""
SELECT l.line, l.sku, l.quantity, l.unit_price, l.discount_percent, l.net, l.list_price, l.unit_cost, {GOODS}
FROM order_line l JOIN product p ON p.sku = l.sku {GOODS_OF}
WHERE l.order_number = :number ORDER BY l.line""")

_ACCOUNT = text("""
SELECT a.receivable, a.reserved, a.unapplied, due.oldest, due.amount, due.level,
  (SELECT coalesce(sum(unapplied), 0) FROM payment WHERE order_number = :number AND currency = :currency) AS deposit,
  ARRAY(SELECT o.number FROM sales_order o WHERE o.customer = :customer AND o.customer_po = CAST(:po AS text)
        AND o.number < :number AND o.state NOT IN ('CANCELLED', 'REJECTED', 'EXPIRED') ORDER BY o.number) AS same_po
FROM customer_account a, LATERAL (
  SELECT min(i.due_at) AS oldest, coalesce(sum(i.amount - i.paid), 0) AS amount,
    coalesce((SELECT max(r.level) FROM reminder r JOIN invoice v ON v.number = r.invoice
              WHERE v.customer = :customer AND v.paid < v.total), 0) AS level
  FROM invoice v JOIN instalment i ON i.invoice = v.number
  WHERE v.customer = :customer AND v.paid < v.total AND i.paid < i.amount AND i.due_at < :now) due
WHERE a.customer = :customer""")

_HOLDS = text("""
SELECT id, order_number, reason, owner_role, status, deadline, escalated_at, amount, until, decided_by
FROM hold WHERE order_number = :number ORDER BY id""")

_OWNER = text("SELECT owner_role FROM hold WHERE id = :hold AND order_number = :number")
_KEEP = text("""
WITH findings AS (
  INSERT INTO review_finding (order_number, rule, outcome, figures, at)
  SELECT :number, r.rule, r.outcome, r.figures, :now
  FROM jsonb_to_recordset(CAST(:findings AS jsonb)) AS r(rule text, outcome text, figures jsonb)
  ON CONFLICT (order_number, rule) DO UPDATE
    SET outcome = excluded.outcome, figures = excluded.figures, at = excluded.at),
cleared AS (
  UPDATE hold SET status = 'CLEARED', decided_at = :now
  WHERE order_number = :number AND status = 'OPEN' AND reason = ANY(:cleared)),
seen AS (
  UPDATE hold h SET figures = r.figures FROM jsonb_to_recordset(CAST(:seen AS jsonb)) AS r(reason text, figures jsonb)
  WHERE h.order_number = :number AND h.status = 'OPEN' AND h.reason = r.reason
    AND h.figures IS DISTINCT FROM r.figures),
opened AS (
  INSERT INTO hold (order_number, reason, owner_role, deadline, status, figures, opened_at)
  SELECT :number, r.reason, r.owner_role, :deadline, 'OPEN', r.figures, :now
  FROM jsonb_to_recordset(CAST(:opened AS jsonb)) AS r(reason text, owner_role text, figures jsonb))
UPDATE sales_order SET state = :state, version = version + 1 WHERE number = :number AND state <> :state""")

_RESERVE = text("""
WITH reservation AS (
  INSERT INTO credit_reservation (order_number, customer, amount, exposure_after, limit_seen, released_by, at)
  VALUES (:number, :customer, :amount, :exposure, :limit, :released_by, :now))
UPDATE customer_account SET reserved = reserved + :amount WHERE customer = :customer""")

_MOVE = text("UPDATE sales_order SET state = :state, version = version + 1 WHERE number = :number")
_CLOSE_HOLDS = text("""
UPDATE hold SET status = 'CLOSED', decided_at = :now WHERE order_number = :number AND status = 'OPEN'
RETURNING reason""")
_DECIDE = text("""
UPDATE hold SET status = :status, decided_by = :by, decided_at = :now, comment = :comment, amount = :amount,
  until = :until WHERE id = :id""")
_ESCALATE = text("""
UPDATE hold SET escalated_at = :now WHERE order_number = :number AND status = 'OPEN' AND escalated_at IS NULL
  AND deadline <= :now RETURNING id, reason, owner_role""")
_WAITERS = text("""
SELECT o.number, o.total, o.policy_version, c.credit_limit, c.customer_group,
  a.receivable + a.reserved - a.unapplied AS exposure, array_agg(h.reason ORDER BY h.reason) AS reasons
FROM hold h JOIN sales_order o ON o.number = h.order_number JOIN customer c ON c.code = o.customer
JOIN customer_account a ON a.customer = o.customer WHERE o.customer = :customer AND h.status = 'OPEN'
GROUP BY o.number, c.code, a.customer HAVING bool_or(h.reason IN ('CREDIT', 'OVERDUE', 'PREPAYMENT'))
ORDER BY o.priority, o.number""")


async def order_under_review(tx: AsyncConnection, number: str) -> Reviewed | None:
    """The header, its row locked; None when there is no such order."""
    row = (await tx.execute(_ORDER, {"number": number})).one_or_none()
    return None if row is None else Reviewed(**row._mapping)


async def lines_under_review(
    tx: AsyncConnection, order: Reviewed, policy: Policy, now: datetime
) -> tuple[LineFacts, ...]:
    """The lines with the date at which each can be there: from stock, else after the lead time."""
    rows = await tx.execute(_LINES, {"number": order.number})
    return tuple(line_facts(row, row, policy, order.time_zone, now) for row in rows)


def line_facts(line: Any, goods: Any, policy: Policy, time_zone: str, now: datetime) -> LineFacts:
    """A line as the rules see it; `goods` is what was asked of its product by `GOODS`."""
    promise = arrival(now, policy, in_stock=goods.free >= line.quantity, lead_time_days=goods.lead_time)
    return LineFacts(
        line.line, line.sku, line.quantity, line.unit_price, line.discount_percent, line.net, line.list_price,
        line.unit_cost, goods.minimum_order, goods.pack_multiple, local_date(promise, time_zone),
    )  # fmt: skip


async def account_under_review(
    tx: AsyncConnection, order: Reviewed, limit: Decimal | None, day: timedelta, now: datetime
) -> tuple[AccountFacts, Decimal, tuple[str, ...]]:
    """The locked account, the deposit that names the order, and earlier orders under the same purchase order number."""
    # A statement of its own: what the next one counts must have been seen after the lock was had.
    await lock_accounts(tx, [order.customer])
    return await account_seen(tx, order, limit, day, now)


async def account_seen(
    tx: AsyncConnection, order: Reviewed, limit: Decimal | None, day: timedelta, now: datetime
) -> tuple[AccountFacts, Decimal, tuple[str, ...]]:
    """The same without the lock: enough to look, not to decide."""
    values = {"customer": order.customer, "number": order.number, "po": order.customer_po, "now": now}
    values["currency"] = order.currency
    row = (await tx.execute(_ACCOUNT, values)).one()
    late = Decimal(0) if row.oldest is None else Decimal(str((now - row.oldest) / day))
    account = AccountFacts(row.receivable, row.reserved, row.unapplied, limit, late, row.amount, row.level)
    return account, row.deposit, tuple(row.same_po)


async def hold_owner(tx: AsyncConnection, number: str, hold: int) -> str | None:
    """The role that owns a hold of an order; None when the order has no such hold."""
    found = await tx.execute(_OWNER, {"number": number, "hold": hold})
    return found.scalar_one_or_none()


async def holds(tx: AsyncConnection, number: str) -> list[HoldRow]:
    """All holds of an order, oldest first."""
    return [HoldRow(**row._mapping) for row in await tx.execute(_HOLDS, {"number": number})]


async def keep_review(
    tx: AsyncConnection,
    number: str,
    state: str,
    found: Sequence[Finding],
    *,
    opened: Sequence[tuple[Finding, str]],
    cleared: Sequence[str],
    deadline: datetime,
    now: datetime,
) -> None:
    """Keep verdicts, open and clear holds, and move the order, in one statement."""
    values = {
        "number": number,
        "state": state,
        "now": now,
        "deadline": deadline,
        "cleared": list(cleared),
        "findings": json.dumps([{"rule": f.rule, "outcome": f.outcome, "figures": f.figures} for f in found]),
        "seen": json.dumps([{"reason": f.reason, "figures": f.figures} for f in found if f.reason is not None]),
        "opened": json.dumps([{"reason": f.reason, "owner_role": role, "figures": f.figures} for f, role in opened]),
    }
    await tx.execute(_KEEP, values)


async def reserve_credit(
    tx: AsyncConnection,
    order: Reviewed,
    exposure: Decimal,
    limit: Decimal | None,
    released_by: str | None,
    now: datetime,
) -> None:
    """Take the order's total out of the customer's credit, on the locked account."""
    await tx.execute(
        _RESERVE,
        {
            "number": order.number, "customer": order.customer, "amount": order.total, "exposure": exposure,
            "limit": limit, "released_by": released_by, "now": now,
        },
    )  # fmt: skip


async def move_order(tx: AsyncConnection, number: str, state: str) -> None:
    """Move an order; the database refuses an illegal move."""
    await tx.execute(_MOVE, {"number": number, "state": state})


async def close_holds(tx: AsyncConnection, number: str, now: datetime) -> list[str]:
    """Close the open holds of an order that ends; their reasons."""
    rows = await tx.execute(_CLOSE_HOLDS, {"number": number, "now": now})
    return sorted(row.reason for row in rows)


async def decide_hold(
    tx: AsyncConnection,
    hold: int,
    status: str,
    by: str,
    comment: str,
    now: datetime,
    amount: Decimal | None = None,
    until: date | None = None,
) -> None:
    """Keep a person's decision on a hold."""
    values = {"id": hold, "status": status, "by": by, "comment": comment, "now": now, "amount": amount, "until": until}
    await tx.execute(_DECIDE, values)


async def escalate_holds(tx: AsyncConnection, number: str, now: datetime) -> list[tuple[int, str, str]]:
    """Mark the holds whose deadline has passed: (id, reason, owner role)."""
    rows = await tx.execute(_ESCALATE, {"number": number, "now": now})
    return sorted((row.id, row.reason, row.owner_role) for row in rows)


@dataclass(frozen=True, slots=True)
class MoneyWaiter:
    """An order held for want of money, its open holds, and the customer's account as it stands without it."""

    number: str
    total: Decimal
    policy_version: int
    credit_limit: Decimal | None
    customer_group: str | None
    exposure: Decimal
    reasons: list[str]


async def orders_waiting_for_money(tx: AsyncConnection, customer: str) -> list[MoneyWaiter]:
    """Orders of a customer held for credit, overdue items or prepayment: highest priority and oldest first."""
    return [MoneyWaiter(**row._mapping) for row in await tx.execute(_WAITERS, {"customer": customer})]


async def submitted_by(tx: AsyncConnection, number: str) -> str:
    """Who submitted an order."""
    row = await tx.execute(text("SELECT created_by FROM sales_order WHERE number = :number"), {"number": number})
    return str(row.scalar_one())
