"""The books as people read them: vouchers with their lines, and the trial balance."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import shown
from db.queries.keyset import Key, Listing, OneOf
from db.queries.spoken import as_written
from domain.errors import Translate
from domain.invoicing import ACCOUNTS

_LINES = "SELECT account, customer, debit, credit FROM journal_line WHERE entry = e.id ORDER BY position"
_OF_ACCOUNT = "e.id IN (SELECT entry FROM journal_line WHERE account = %s)"
JOURNAL = Listing(
    f"""SELECT e.id, e.at, e.kind, e.document, e.order_number AS order, e.currency, {shown.many(_LINES)} AS lines
FROM journal_entry e""",
    (Key("e.at", "at", "timestamptz"), Key("e.id", "id", "bigint")),
    {
        "order": "e.order_number = :order",
        "document": "e.document = :document",
        "day": "e.at >= CAST(:day AS date) AT TIME ZONE 'UTC' AND e.at < (CAST(:day AS date) + 1) AT TIME ZONE 'UTC'",
        "account": OneOf(_OF_ACCOUNT, tuple(ACCOUNTS)),
    },
)
_SUMS = text("""
SELECT e.currency, l.account, sum(l.debit) AS debit, sum(l.credit) AS credit
FROM journal_line l JOIN journal_entry e ON e.id = l.entry GROUP BY e.currency, l.account ORDER BY e.currency""")
_PLACES = {account: place for place, account in enumerate(ACCOUNTS)}


def _name(account: str, translate: Translate) -> str:
    return translate(ACCOUNTS.get(account, account))


def _entry(values: Mapping[str, Any] | RowMapping, translate: Translate) -> dict[str, Any]:
    entry = shown.row(values)
    lines = shown.rows(entry["lines"], entry["currency"], amounts=("debit", "credit"))
    entry["lines"] = [{"account": line["account"], "name": _name(line["account"], translate), **line} for line in lines]
    return entry


async def journal(
    tx: AsyncConnection,
    *,
    limit: int,
    after: str | None,
    filters: Mapping[str, str],
    translate: Translate = as_written,
) -> tuple[list[dict[str, Any]], str | None]:
    """Vouchers with their lines, newest first; filters: order, document, day (in UTC), account.

    The names of accounts are in the language of `translate`.
    """
    found, following = await JOURNAL.page(tx, limit, after, filters)
    return [_entry(row._mapping, translate) for row in found], following


async def trial_balance(tx: AsyncConnection, translate: Translate = as_written) -> dict[str, Any]:
    """Per currency: every account with its sums, and whether debits equal credits."""
    found = (await tx.execute(_SUMS)).all()
    return {
        "currencies": [
            _currency(currency, [(row.account, row.debit, row.credit) for row in rows], translate)
            for currency, rows in groupby(found, key=lambda row: str(row.currency))
        ]
    }


def _currency(currency: str, sums: list[tuple[str, Decimal, Decimal]], translate: Translate) -> dict[str, Any]:
    debit = sum((sum_[1] for sum_ in sums), Decimal(0))
    credit = sum((sum_[2] for sum_ in sums), Decimal(0))
    accounts = [
        {
            "account": account,
            "name": _name(account, translate),
            "debit": shown.money(debits, currency),
            "credit": shown.money(credits, currency),
            "balance": shown.money(debits - credits, currency),
        }
        for account, debits, credits in sorted(sums, key=lambda sum_: (_PLACES.get(sum_[0], len(_PLACES)), sum_[0]))
    ]
    return {
        "currency": currency,
        "accounts": accounts,
        "debit": shown.money(debit, currency),
        "credit": shown.money(credit, currency),
        "balanced": debit == credit,
    }
