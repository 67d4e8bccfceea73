"""What is still owed, instalment by instalment: the reminder that was sent last, and the one that is planned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import policies, shown
from db.queries.disputes import OF_INSTALMENT
from db.queries.keyset import Key, Listing, OneOf
from domain.collection import Reminded, upcoming

_OPEN = f"""
SELECT i.invoice, i.instalment, v.order_number AS order, v.customer, c.name AS customer_name, v.currency, i.amount,
  i.amount - i.paid AS outstanding, {OF_INSTALMENT} AS disputed, i.due_date, i.due_at, v.posted_at,
  r.level AS reminder_level, r.sent_at AS reminded_at, o.policy_version,
  EXISTS (SELECT 1 FROM hold h WHERE h.order_number = o.number AND h.reason = 'PAUSED' AND h.status = 'OPEN') AS paused
FROM instalment i JOIN invoice v ON v.number = i.invoice JOIN sales_order o ON o.number = v.order_number
JOIN customer c ON c.code = v.customer
LEFT JOIN LATERAL (SELECT level, sent_at FROM reminder WHERE invoice = i.invoice AND instalment = i.instalment
  ORDER BY level DESC LIMIT 1) r ON true"""
REMINDERS = Listing(
    f"SELECT * FROM ({_OPEN} WHERE i.paid < i.amount) i",
    (Key("i.due_at", "due_at", "timestamptz"), Key("i.invoice", "invoice", "text"),
     Key("i.instalment", "instalment", "bigint")),
    {
        "customer": "i.customer = :customer",
        "order": "i.order = :order",
        "overdue": OneOf("(i.due_at < now()) = %s", ("true", "false")),
    },
    descending=False,
)  # fmt: skip
_OF_INVOICE = text(f"{_OPEN} WHERE i.invoice = :invoice AND i.paid < i.amount ORDER BY i.instalment")


async def reminder_list(
    tx: AsyncConnection, *, limit: int, after: str | None, filters: Mapping[str, str]
) -> tuple[list[dict[str, Any]], str | None]:
    """Instalments that are not paid, the longest due first; filters: customer, order, overdue."""
    found, following = await REMINDERS.page(tx, limit, after, filters)
    return [await _planned(tx, row._mapping) for row in found], following


async def next_of_invoice(tx: AsyncConnection, invoice: str) -> dict[int, dict[str, Any] | None]:
    """What is planned next for each instalment of an invoice that is not paid; None where the ladder has ended."""
    found = (await tx.execute(_OF_INVOICE, {"invoice": invoice})).all()
    return {row.instalment: (await _planned(tx, row._mapping))["next_reminder"] for row in found}


async def _planned(tx: AsyncConnection, found: RowMapping) -> dict[str, Any]:
    """The row with `next_reminder`: level, earliest instant, and why it would not be sent; None after the last."""
    item = shown.row(found, found["currency"], amounts=("amount", "outstanding", "disputed"))
    policy = await policies.policy(tx, item.pop("policy_version"))
    seen = Reminded(
        item.pop("posted_at"), item["due_at"], item["reminder_level"], item["reminded_at"], found["outstanding"],
        found["disputed"], item.pop("paused"),
    )  # fmt: skip
    coming = upcoming(seen, policy)
    planned = coming.reminder
    told = None if planned is None else {"level": planned.level, "at": planned.at, "held_back": coming.held_back}
    return {**item, "next_reminder": told}
