"""Disputes about invoices: written once, decided once, and how much of an instalment they leave to be reminded of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import shown
from db.queries.keyset import Key, Listing, states

OF_INSTALMENT = """least(i.amount - i.paid, greatest(0,
    (SELECT coalesce(sum(d.disputed), 0) FROM dispute d WHERE d.invoice = i.invoice AND d.disputed > 0)
    - (SELECT coalesce(sum(e.amount - e.paid), 0) FROM instalment e
       WHERE e.invoice = i.invoice AND e.instalment < i.instalment)))"""
"""How much of an instalment `i` is disputed: what is disputed of the invoice lies on its first open instalments."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute as it stands."""

    id: int
    disputed: Decimal
    status: str


_DISPUTED = text("SELECT coalesce(sum(disputed), 0) FROM dispute WHERE invoice = :invoice AND disputed > 0")
_INSERT = text("""
INSERT INTO dispute (invoice, amount, disputed, reason, status, opened_by, opened_at)
VALUES (:invoice, :amount, :amount, :reason, 'OPEN', :by, :now) RETURNING id""")
_ONE = text("SELECT id, disputed, status FROM dispute WHERE id = :id AND invoice = :invoice FOR NO KEY UPDATE")
_DECIDE = text("""
UPDATE dispute SET status = :status, disputed = CASE WHEN :status = 'UPHELD' THEN disputed ELSE 0 END,
  decided_by = :by, decided_at = :now, comment = :comment WHERE id = :id""")
_HEADER = """d.id, d.invoice, v.order_number AS order, v.customer, c.name AS customer_name, d.amount, d.disputed,
  v.currency, d.reason, d.status, d.opened_by, d.opened_at, d.decided_by, d.decided_at, d.comment"""
_FROM = "FROM dispute d JOIN invoice v ON v.number = d.invoice JOIN customer c ON c.code = v.customer"
_VIEW = text(f"SELECT {_HEADER} {_FROM} WHERE d.id = :id")
DISPUTES = Listing(
    f"SELECT {_HEADER} {_FROM}",
    (Key("d.id", "id", "bigint"),),
    {"status": states("d.status", "dispute"), "invoice": "d.invoice = :invoice"},
)
_AMOUNTS = ("amount", "disputed")


async def disputed(tx: AsyncConnection, invoice: str) -> Decimal:
    """How much of an invoice is disputed, whether that is decided or not."""
    return Decimal((await tx.execute(_DISPUTED, {"invoice": invoice})).scalar_one())


async def insert(tx: AsyncConnection, invoice: str, amount: Decimal, reason: str, by: str, now: datetime) -> int:
    """Write a dispute; its id."""
    values = {"invoice": invoice, "amount": amount, "reason": reason, "by": by, "now": now}
    return int((await tx.execute(_INSERT, values)).scalar_one())


async def one(tx: AsyncConnection, invoice: str, dispute: int) -> Dispute | None:
    """A dispute of an invoice, its row locked; None when there is none."""
    row = (await tx.execute(_ONE, {"id": dispute, "invoice": invoice})).one_or_none()
    return None if row is None else Dispute(**row._mapping)


async def decide(tx: AsyncConnection, dispute: int, status: str, by: str, comment: str, now: datetime) -> None:
    """Decide a dispute by name; only what is upheld stays disputed."""
    values = {"id": dispute, "status": status, "by": by, "comment": comment, "now": now}
    await tx.execute(_DECIDE, values)


async def dispute_view(tx: AsyncConnection, dispute: int) -> dict[str, Any]:
    """A dispute that exists, with its invoice's order and customer."""
    row = (await tx.execute(_VIEW, {"id": dispute})).one()
    return shown.row(row._mapping, row.currency, amounts=_AMOUNTS)


async def dispute_list(
    tx: AsyncConnection, *, limit: int, after: str | None, filters: Mapping[str, str]
) -> tuple[list[dict[str, Any]], str | None]:
    """Disputes, newest first; filters: status, invoice."""
    found, following = await DISPUTES.page(tx, limit, after, filters)
    return [shown.row(row._mapping, row.currency, amounts=_AMOUNTS) for row in found], following
