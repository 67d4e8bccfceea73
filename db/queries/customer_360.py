"""A customer from all sides: what is open, what is owed, how they pay, what they buy, what they complained about."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import shown

RECENT = 500
"""Of a customer with very many documents the latest are looked at: how somebody pays is about lately."""
_ENDED = "('COMPLETED', 'REJECTED', 'EXPIRED', 'CANCELLED')"
_OPEN_ORDERS = text(f"""
SELECT currency, count(*) AS orders, sum(payable) AS total, sum(payable - billed) AS to_bill FROM (
  SELECT currency, payable, billed FROM sales_order WHERE customer = :code AND state NOT IN {_ENDED}
  ORDER BY submitted_at DESC LIMIT {RECENT}) o GROUP BY currency ORDER BY currency""")
_SETTLED = text(f"""
SELECT i.due_at, i.settled_at FROM (
  SELECT number FROM invoice WHERE customer = :code AND state = 'PAID' ORDER BY posted_at DESC LIMIT {RECENT}) v
JOIN instalment i ON i.invoice = v.number WHERE i.settled_at IS NOT NULL""")
_STATEMENT = text("""
SELECT * FROM (
  (SELECT posted_at AS at, 'invoice' AS kind, number, total AS amount, currency FROM invoice
    WHERE customer = :code AND posted_at >= :since ORDER BY posted_at DESC LIMIT 500)
  UNION ALL
  (SELECT received_at, 'payment', number, refunded - amount, currency FROM payment
    WHERE customer = :code AND received_at >= :since AND state <> 'REVERSED' ORDER BY received_at DESC LIMIT 500)) s
ORDER BY at, number""")
_CASES = text(f"""
SELECT k.number, k.subject, k.kind, k.priority, k.state, k.opened_at, k.respond_by, k.responded_at,
  k.order_number AS order
FROM (SELECT number FROM sales_order WHERE customer = :code ORDER BY submitted_at DESC LIMIT {RECENT}) o
JOIN support_case k ON k.order_number = o.number ORDER BY k.opened_at DESC LIMIT 20""")
_BUYS = text(f"""
SELECT l.sku, p.name, p.unit, count(DISTINCT o.number) AS orders, sum(l.quantity - l.cancelled) AS quantity,
  max(o.submitted_at) AS last_at, min(o.submitted_at) AS first_at
FROM (SELECT number, submitted_at FROM sales_order
  WHERE customer = :code AND state NOT IN ('REJECTED', 'EXPIRED', 'CANCELLED')
  ORDER BY submitted_at DESC LIMIT {RECENT}) o
JOIN order_line l ON l.order_number = o.number JOIN product p ON p.sku = l.sku
WHERE l.cancelled < l.quantity
GROUP BY l.sku, p.name, p.unit ORDER BY count(DISTINCT o.number) DESC, sum(l.quantity) DESC, l.sku LIMIT 10""")
_ORDERED_AT = text("""
SELECT submitted_at FROM sales_order WHERE customer = :code AND state NOT IN ('REJECTED', 'EXPIRED', 'CANCELLED')
ORDER BY submitted_at DESC LIMIT 50""")


async def open_orders(tx: AsyncConnection, code: str) -> list[dict[str, Any]]:
    """Per currency: how many orders have not ended, their total, and what is still to be billed."""
    found = await tx.execute(_OPEN_ORDERS, {"code": code})
    return [shown.row(row._mapping, row.currency, amounts=("total", "to_bill")) for row in found]


async def settled(tx: AsyncConnection, code: str) -> list[tuple[datetime, datetime]]:
    """(due, settled) of the instalments of the latest paid invoices."""
    return [(row.due_at, row.settled_at) for row in await tx.execute(_SETTLED, {"code": code})]


async def statement(tx: AsyncConnection, code: str, since: datetime) -> list[dict[str, Any]]:
    """Invoices and payments since then, oldest first; what the customer owes more is positive."""
    found = await tx.execute(_STATEMENT, {"code": code, "since": since})
    return [shown.row(row._mapping, row.currency, amounts=("amount",)) for row in found]


async def cases(tx: AsyncConnection, code: str) -> list[dict[str, Any]]:
    """The latest cases about the customer's orders."""
    return [shown.row(row._mapping) for row in await tx.execute(_CASES, {"code": code})]


async def buys(tx: AsyncConnection, code: str) -> list[dict[str, Any]]:
    """The products that the customer orders most often, with the quantity of all their orders."""
    found = await tx.execute(_BUYS, {"code": code})
    return [shown.row(row._mapping, quantities=("quantity",)) for row in found]


async def ordered_on(tx: AsyncConnection, code: str) -> list[date]:
    """The days on which the customer ordered, the latest first, each once."""
    days = [row.submitted_at.date() for row in await tx.execute(_ORDERED_AT, {"code": code})]
    return list(dict.fromkeys(days))
