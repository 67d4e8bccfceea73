"""Which documents of an order hang on which: payments and reminders on invoices, vouchers on what they are about."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import shown

_APPLICATIONS = """
SELECT a.invoice, a.payment, sum(a.amount) AS amount, v.currency FROM invoice v
JOIN payment_application a ON a.invoice = v.number
WHERE v.order_number = :number GROUP BY a.invoice, a.payment, v.currency ORDER BY a.invoice, a.payment"""
_REMINDERS = """
SELECT r.invoice, r.instalment, r.level, r.sent_at AS at FROM invoice v JOIN reminder r ON r.invoice = v.number
WHERE v.order_number = :number ORDER BY r.sent_at, r.invoice, r.instalment, r.level"""
_VOUCHERS = """
SELECT id, kind, document, at FROM journal_entry WHERE order_number = :number ORDER BY id"""
_TOGETHER = text(f"""
SELECT {shown.many(_APPLICATIONS)} AS applications, {shown.many(_REMINDERS)} AS reminders,
  {shown.many(_VOUCHERS)} AS vouchers""")


async def order_documents(tx: AsyncConnection, number: str) -> dict[str, list[dict[str, Any]]]:
    """{applications: [{invoice, payment, amount}], reminders: [{invoice, level, at}], vouchers: [{document, kind}]}."""
    found = (await tx.execute(_TOGETHER, {"number": number})).one()
    return {
        "applications": [
            shown.row(each, each["currency"], amounts=("amount",)) for each in shown.rows(found.applications)
        ],
        "reminders": shown.rows(found.reminders),
        "vouchers": shown.rows(found.vouchers),
    }
