"""What is known about an order's export control, and what is asked of the authority."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_LOCKED = text("""
SELECT o.state, o.customer, o.policy_version, o.customer_po, c.email, c.language, c.name
FROM sales_order o JOIN customer c ON c.code = o.customer WHERE o.number = :number FOR NO KEY UPDATE OF o""")
_ASKED = text("SELECT asked_at, cleared_at FROM export_screening WHERE order_number = :number")
_ASK = text("INSERT INTO export_screening (order_number, asked_at) VALUES (:number, :now)")
_CLEAR = text("UPDATE export_screening SET cleared_at = :now WHERE order_number = :number AND cleared_at IS NULL")


@dataclass(frozen=True, slots=True)
class Screened:
    """An order before it is allocated."""

    state: str
    customer: str
    policy_version: int
    customer_po: str | None
    email: str
    language: str
    name: str


async def locked(tx: AsyncConnection, number: str) -> Screened:
    """The order, its row locked."""
    return Screened(**(await tx.execute(_LOCKED, {"number": number})).one()._mapping)


async def asked(tx: AsyncConnection, number: str) -> tuple[datetime, datetime | None] | None:
    """When it was asked, and when cleared."""
    row = (await tx.execute(_ASKED, {"number": number})).one_or_none()
    return None if row is None else (row.asked_at, row.cleared_at)


async def ask(tx: AsyncConnection, number: str, now: datetime) -> None:
    """The authority is asked."""
    await tx.execute(_ASK, {"number": number, "now": now})


async def clear(tx: AsyncConnection, number: str, now: datetime) -> None:
    """The order may go on."""
    await tx.execute(_CLEAR, {"number": number, "now": now})
