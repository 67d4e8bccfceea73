"""Payments as people read them: what came, what it settled, what is left of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import search, shown
from db.queries.keyset import Key, Listing, OneOf, states

_HEADER = """p.number, p.provider, p.provider_payment_id, p.customer, p.order_number AS order, p.currency, p.amount,
  p.applied, p.refunded, p.unapplied, p.reference, p.invoice_reference AS invoice, p.state, p.received_at,
  p.recorded_at, p.recorded_by"""
_APPLICATIONS = """
SELECT a.invoice, a.instalment, v.order_number AS order, a.amount, a.at
FROM payment_application a JOIN invoice v ON v.number = a.invoice WHERE a.payment = p.number ORDER BY a.id"""
_PAYMENT = text(f"""
SELECT {_HEADER}, {shown.many(_APPLICATIONS)} AS applications FROM payment p WHERE p.number = :number""")
PAYMENTS = Listing(
    f"SELECT {_HEADER} FROM payment p",
    (Key("p.received_at", "received_at", "timestamptz"), Key("p.number", "number", "text")),
    {
        "state": states("p.state", "payment"),
        "customer": "p.customer = :customer",
        "unapplied": OneOf("(p.unapplied > 0 AND 'true' = %s)", ("true",)),
        "q": search.payments("p.number"),
    },
)
_AMOUNTS = ("amount", "applied", "refunded", "unapplied")


async def payment_view(tx: AsyncConnection, number: str) -> dict[str, Any] | None:
    """A payment with what it was applied to; None when there is none."""
    found = (await tx.execute(_PAYMENT, {"number": number})).one_or_none()
    if found is None:
        return None
    payment = shown.row(found._mapping, found.currency, amounts=_AMOUNTS)
    payment["applications"] = shown.rows(found.applications, found.currency, amounts=("amount",))
    return payment


async def payment_list(
    tx: AsyncConnection, *, limit: int, after: str | None, filters: Mapping[str, str]
) -> tuple[list[dict[str, Any]], str | None]:
    """Payments, the latest received first; filters: state, customer, unapplied, q."""
    found, following = await PAYMENTS.page(tx, limit, after, filters)
    return [shown.row(row._mapping, row.currency, amounts=_AMOUNTS) for row in found], following
