"""Matching by hand: a payment and an invoice as they stand, and which invoices a payment may be for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import shown
from db.queries.collection import PAYMENT_COLUMNS, PaymentRow
from domain.collection import names_in

MOST = 10


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice that a payment may settle."""

    number: str
    order_number: str
    customer: str
    currency: str
    outstanding: Decimal
    state: str


_PAYMENT = text(f"SELECT {PAYMENT_COLUMNS} FROM payment WHERE number = :number")
_PAYMENTS = text(f"SELECT {PAYMENT_COLUMNS} FROM payment WHERE number = ANY(:numbers)")
_LOCKED = text(f"SELECT {PAYMENT_COLUMNS} FROM payment WHERE number = :number FOR NO KEY UPDATE")
_BILL = text("""
SELECT number, order_number, customer, currency, outstanding, state FROM invoice WHERE number = :number""")
_REASONS = {1: "reference", 2: "amount", 3: "oldest"}
_SUGGESTED = text(f"""
SELECT a.payment, f.* FROM jsonb_to_recordset(CAST(:asked AS jsonb))
  AS a(payment text, names text[], customer text, amount numeric, currency text)
CROSS JOIN LATERAL (
  WITH found AS (
    SELECT number, 1 AS rank FROM invoice WHERE number = ANY(a.names)
    UNION ALL SELECT number, 1 FROM invoice WHERE shipment = ANY(a.names)
    UNION ALL SELECT number, 1 FROM invoice WHERE order_number = ANY(a.names)
    UNION ALL SELECT v.number, 1 FROM sales_order o JOIN invoice v ON v.order_number = o.number
      WHERE upper(o.customer_po) = ANY(a.names)
    UNION ALL SELECT number, 2 FROM invoice WHERE customer = a.customer AND paid < total AND outstanding = a.amount
    UNION ALL SELECT number, 2 FROM invoice
      WHERE a.customer IS NULL AND paid < total AND outstanding = a.amount AND currency = a.currency
    UNION ALL (SELECT number, 3 FROM invoice WHERE customer = a.customer AND paid < total AND currency = a.currency
      ORDER BY due_date, number LIMIT {MOST}))
  SELECT v.number AS invoice, v.order_number AS order, v.customer, c.name AS customer_name, o.customer_po, v.total,
    v.outstanding, v.currency, v.due_date, f.rank
  FROM (SELECT number, min(rank) AS rank FROM found GROUP BY number) f JOIN invoice v ON v.number = f.number
  JOIN sales_order o ON o.number = v.order_number JOIN customer c ON c.code = v.customer
  WHERE v.paid < v.total AND v.currency = a.currency AND coalesce(v.customer = a.customer, true)
  ORDER BY f.rank, v.due_date, v.number LIMIT {MOST}) f
ORDER BY a.payment, f.rank, f.due_date, f.invoice""")


async def payment(tx: AsyncConnection, number: str) -> PaymentRow | None:
    """A payment with what is left of it; None when there is none."""
    row = (await tx.execute(_PAYMENT, {"number": number})).one_or_none()
    return None if row is None else PaymentRow(**row._mapping)


async def locked_payment(tx: AsyncConnection, number: str) -> PaymentRow | None:
    """The same, its row locked; after the locks of orders and account."""
    row = (await tx.execute(_LOCKED, {"number": number})).one_or_none()
    return None if row is None else PaymentRow(**row._mapping)


async def bill(tx: AsyncConnection, number: str) -> Bill | None:
    """An invoice with what is left of it; None when there is none."""
    row = (await tx.execute(_BILL, {"number": number})).one_or_none()
    return None if row is None else Bill(**row._mapping)


async def suggestions(tx: AsyncConnection, number: str) -> dict[str, Any] | None:
    """Open invoices that a payment may be for: what it names, then the exact amount, then the customer's oldest.

    {items, next}, at most ten, each with its reason and the amount that would be applied; None without the payment.
    """
    found = await suggestions_of(tx, [number])
    return {"items": found[number], "next": None} if number in found else None


async def suggestions_of(tx: AsyncConnection, numbers: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """The same of several payments at once, by payment; those that do not exist are left out."""
    rows = (await tx.execute(_PAYMENTS, {"numbers": list(numbers)})).all()
    payments = {row.number: PaymentRow(**row._mapping) for row in rows}
    asked = [_asked(each) for each in payments.values() if each.unapplied]
    items: dict[str, list[dict[str, Any]]] = {number: [] for number in payments}
    for row in (await tx.execute(_SUGGESTED, {"asked": json.dumps(asked)})).all() if asked else []:
        items[row.payment].append(_item(row._mapping, payments[row.payment].unapplied))
    return items


def _asked(payment: PaymentRow) -> dict[str, Any]:
    names = [name for written in payment.references for name in names_in(written)]
    names += [payment.order_number] if payment.order_number else []
    money = {"amount": str(payment.unapplied), "currency": payment.currency}
    return {"payment": payment.number, "names": names, "customer": payment.customer, **money}


def _item(row: Any, unapplied: Decimal) -> dict[str, Any]:
    values = {name: value for name, value in row.items() if name not in ("payment", "rank")}
    values |= {"amount": min(unapplied, row["outstanding"]), "reason": _REASONS[row["rank"]]}
    return shown.row(values, row["currency"], amounts=("total", "outstanding", "amount"))
