"""Invoicing: payment terms, due dates and instalments, and the vouchers of the journal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from domain.calendar import days_later, end_of_month, local_date
from domain.money import split

ACCOUNTS: dict[str, str] = {
    "bank": "Bank",
    "receivable": "Trade receivables",
    "unapplied": "Unapplied cash",
    "inventory": "Inventory",
    "work_in_progress": "Work in progress",
    "payable": "Goods received, not invoiced",
    "revenue": "Revenue",
    "output_tax": "Output tax",
    "cogs": "Cost of goods sold",
    "inventory_change": "Inventory differences",
}
"""Accounts of the journal; `receivable` and `unapplied` are control accounts of the customers' sub-ledger."""

StockReason = Literal["opening", "receipt", "adjustment", "count", "production", "short_pick"]
"""Why goods came in or went missing, so far as their value is posted."""
VoucherKind = Literal[
    "goods_issue", "invoice", "payment", "application", "payer", "stock_opening", "stock_receipt", "stock_adjustment",
    "stock_count", "stock_production", "stock_short_pick",
]  # fmt: skip
"""Every kind of voucher that the journal can have."""
STOCK_VOUCHERS: dict[StockReason, VoucherKind] = {
    "opening": "stock_opening",
    "receipt": "stock_receipt",
    "adjustment": "stock_adjustment",
    "count": "stock_count",
    "production": "stock_production",
    "short_pick": "stock_short_pick",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """Payment terms: parts of the invoice (percent, days), counted from the invoice or from the month's end."""

    parts: tuple[tuple[Decimal, int], ...]
    from_month_end: bool = False
    prepaid: bool = False
    cash_discount: tuple[Decimal, int] | None = None


def parse_terms(text: str) -> Terms | None:
    """Read terms; None when they are not understood.

    `net30`, `eom30` (end of month plus 30), `2/10net30` (2 % within 10 days), `prepaid`, and instalments such as
    `instalments:30@0,70@30` whose percentages add up to 100.
    """
    wanted = re.sub(r"[\s_-]", "", text.lower())
    whole = Decimal(100)
    if wanted in ("prepaid", "prepayment"):
        return Terms(((whole, 0),), prepaid=True)
    if found := re.fullmatch(r"net(\d{1,3})", wanted):
        return Terms(((whole, int(found[1])),))
    if found := re.fullmatch(r"eom\+?(\d{0,3})", wanted):
        return Terms(((whole, int(found[1] or 0)),), from_month_end=True)
    if found := re.fullmatch(r"(\d{1,2}(?:\.\d)?)/(\d{1,3})net(\d{1,3})", wanted):
        return Terms(((whole, int(found[3])),), cash_discount=(Decimal(found[1]), int(found[2])))
    if found := re.fullmatch(r"instalments:((?:\d{1,3}@\d{1,3},?)+)", wanted):
        parts = tuple((Decimal(p), int(d)) for p, d in (item.split("@") for item in found[1].strip(",").split(",")))
        parts = tuple(sorted(parts, key=lambda part: part[1]))  # the last one is due last, and with it the invoice
        return Terms(parts) if sum(percent for percent, _ in parts) == 100 and all(p for p, _ in parts) else None
    return None


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of an invoice with its due date."""

    instalment: int
    amount: Decimal
    due_at: datetime
    due_date: date


def instalments(
    total: Decimal, currency: str, terms: Terms, posted_at: datetime, day: timedelta, time_zone: str
) -> list[Instalment]:
    """The parts of an invoice; the last one absorbs rounding: 100.00 in thirds is 33.33, 33.33, 33.34."""
    start = end_of_month(posted_at, day, time_zone) if terms.from_month_end else posted_at
    amounts = split(total, [percent for percent, _ in terms.parts], currency)
    due = [days_later(start, days, day, time_zone) for _, days in terms.parts]
    return [
        Instalment(index, amount, at, local_date(at, time_zone))
        for index, (amount, at) in enumerate(zip(amounts, due, strict=True), start=1)
    ]


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of a voucher: exactly one of debit and credit is above zero."""

    account: str
    debit: Decimal = Decimal(0)
    credit: Decimal = Decimal(0)
    customer: str | None = None


def _sides(*postings: Posting) -> list[Posting]:
    return [posting for posting in postings if posting.debit or posting.credit]


def invoice_voucher(customer: str, net: Decimal, tax: Decimal) -> list[Posting]:
    """Dr Receivable Cr Revenue Cr Output tax."""
    return _sides(
        Posting("receivable", debit=net + tax, customer=customer),
        Posting("revenue", credit=net),
        Posting("output_tax", credit=tax),
    )


def goods_issue_voucher(cost: Decimal) -> list[Posting]:
    """Dr COGS Cr Inventory."""
    return _sides(Posting("cogs", debit=cost), Posting("inventory", credit=cost))


def payment_voucher(amount: Decimal, payer: str | None, settled: Sequence[tuple[str, Decimal]]) -> list[Posting]:
    """Dr Bank Cr Receivable for what settles open items, Cr Unapplied cash for the rest."""
    rest = amount - sum((piece for _, piece in settled), Decimal(0))
    return _sides(
        Posting("bank", debit=amount),
        *(Posting("receivable", credit=piece, customer=customer) for customer, piece in settled),
        Posting("unapplied", credit=rest, customer=payer),
    )


def application_voucher(payer: str | None, settled: Sequence[tuple[str, Decimal]]) -> list[Posting]:
    """Unapplied cash settles open items: Dr Unapplied cash Cr Receivable."""
    return _sides(
        Posting("unapplied", debit=sum((piece for _, piece in settled), Decimal(0)), customer=payer),
        *(Posting("receivable", credit=piece, customer=customer) for customer, piece in settled),
    )


def payer_voucher(amount: Decimal, payer: str) -> list[Posting]:
    """Money of an unknown payer turns out to be a customer's: Dr Unapplied cash Cr Unapplied cash of the customer."""
    return _sides(Posting("unapplied", debit=amount), Posting("unapplied", credit=amount, customer=payer))


def stock_voucher(value: Decimal, reason: StockReason) -> list[Posting]:
    """Goods in: Dr Inventory Cr what they came from; a negative value is posted the other way round."""
    other = {"receipt": "payable", "production": "work_in_progress"}.get(reason, "inventory_change")
    if value >= 0:
        return _sides(Posting("inventory", debit=value), Posting(other, credit=value))
    return _sides(Posting(other, debit=-value), Posting("inventory", credit=-value))


def balances(postings: Sequence[Posting]) -> bool:
    """Whether debits equal credits."""
    return sum((p.debit - p.credit for p in postings), Decimal(0)) == 0
