"""The journal: a voucher is written once under its key, and PostgreSQL refuses one that does not balance."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.invoicing import Posting, VoucherKind

_POST = text("""
WITH entry AS (
  INSERT INTO journal_entry (effect_key, kind, document, order_number, currency, at)
  VALUES (:key, :kind, :document, :order, :currency, :at) ON CONFLICT (effect_key) DO NOTHING RETURNING id)
INSERT INTO journal_line (entry, position, account, customer, debit, credit)
SELECT entry.id, r.position, r.account, r.customer, r.debit, r.credit
FROM entry, jsonb_to_recordset(CAST(:lines AS jsonb))
  AS r(position int, account text, customer text, debit numeric, credit numeric)""")


async def post(
    tx: AsyncConnection,
    key: str,
    kind: VoucherKind,
    document: str,
    currency: str,
    at: datetime,
    postings: Sequence[Posting],
    order: str | None = None,
) -> None:
    """Write a voucher unless its key is written already; nothing for a voucher without amounts."""
    if not postings:
        return
    lines = [
        {"position": n, "account": p.account, "customer": p.customer, "debit": str(p.debit), "credit": str(p.credit)}
        for n, p in enumerate(postings, start=1)
    ]
    values = {"key": key, "kind": kind, "document": document, "order": order, "currency": currency, "at": at}
    await tx.execute(_POST, {**values, "lines": json.dumps(lines)})
