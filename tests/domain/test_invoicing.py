"""Invoicing: terms, instalments and the vouchers of the journal."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.invoicing import (
    ACCOUNTS,
    Posting,
    Terms,
    application_voucher,
    balances,
    goods_issue_voucher,
    instalments,
    invoice_voucher,
    parse_terms,
    payer_voucher,
    payment_voucher,
    stock_voucher,
)

D = Decimal
POSTED = datetime(2026, 3, 2, 20, tzinfo=UTC)
DAY = timedelta(days=1)


def whole(days: int, **more: object) -> Terms:
    """Terms of one part."""
    return Terms(((D(100), days),), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("net30", whole(30)),
        ("NET 30", whole(30)),
        ("net-0", whole(0)),
        ("eom", whole(0, from_month_end=True)),
        ("eom+15", whole(15, from_month_end=True)),
        ("EOM 30", whole(30, from_month_end=True)),
        ("2/10net30", whole(30, cash_discount=(D(2), 10))),
        ("2.5/10 net 30", whole(30, cash_discount=(D("2.5"), 10))),
        ("prepaid", whole(0, prepaid=True)),
        ("Prepayment", whole(0, prepaid=True)),
        ("instalments:30@0,70@30", Terms(((D(30), 0), (D(70), 30)))),
        ("instalments: 25@0, 25@30, 50@60", Terms(((D(25), 0), (D(25), 30), (D(50), 60)))),
    ],
)
def test_terms_are_read(text: str, terms: Terms):
    assert parse_terms(text) == terms


@pytest.mark.parametrize(
    "text",
    ["", "soon", "net", "net1000", "net-x", "30", "instalments:", "instalments:30@0,60@30", "instalments:0@0,100@30",
     "instalments:30@0;70@30", "2/10", "net30; DROP TABLE invoice"],
)  # fmt: skip
def test_what_is_not_understood_is_none(text: str):
    assert parse_terms(text) is None


def shown(total: str, terms: str, currency: str = "EUR", zone: str = "UTC") -> list[tuple[int, str, date]]:
    """The instalments in short."""
    read = parse_terms(terms)
    assert read is not None
    parts = instalments(D(total), currency, read, POSTED, DAY, zone)
    assert all(local == part.due_date for local, part in zip([p.due_date for p in parts], parts, strict=True))
    return [(part.instalment, str(part.amount), part.due_date) for part in parts]


@pytest.mark.parametrize(
    ("total", "terms", "currency", "zone", "expected"),
    [
        ("100.00", "net30", "EUR", "UTC", [(1, "100.00", date(2026, 4, 1))]),
        ("100.00", "net30", "EUR", "Asia/Shanghai", [(1, "100.00", date(2026, 4, 2))]),
        ("100.00", "eom", "EUR", "UTC", [(1, "100.00", date(2026, 3, 31))]),
        ("100.00", "eom30", "EUR", "UTC", [(1, "100.00", date(2026, 4, 30))]),
        ("100.00", "prepaid", "EUR", "UTC", [(1, "100.00", date(2026, 3, 2))]),
        ("99.99", "instalments:30@0,70@30", "EUR", "UTC",
         [(1, "30.00", date(2026, 3, 2)), (2, "69.99", date(2026, 4, 1))]),
        ("99.99", "instalments:70@30,30@0", "EUR", "UTC",
         [(1, "30.00", date(2026, 3, 2)), (2, "69.99", date(2026, 4, 1))]),
        ("100", "instalments:33@0,33@30,34@60", "JPY", "UTC",
         [(1, "33", date(2026, 3, 2)), (2, "33", date(2026, 4, 1)), (3, "34", date(2026, 5, 1))]),
    ],
)  # fmt: skip
def test_instalments_have_their_amounts_and_dates(
    total: str, terms: str, currency: str, zone: str, expected: list[tuple[int, str, date]]
):
    assert shown(total, terms, currency, zone) == expected


def test_days_of_a_demonstration_are_short():
    [part] = instalments(D("1.00"), "EUR", whole(30), POSTED, timedelta(seconds=0.1), "UTC")
    assert part.due_at == POSTED + timedelta(seconds=3)


def sides(postings: list[Posting]) -> list[str]:
    """`receivable ACME 12 Dr`, a posting a line."""
    return [
        " ".join(filter(None, (p.account, p.customer, str(p.debit or p.credit), "Dr" if p.debit else "Cr")))
        for p in postings
    ]


VOUCHERS = {
    "an invoice": (
        invoice_voucher("ACME", D("100"), D("20")),
        "receivable ACME 120 Dr, revenue 100 Cr, output_tax 20 Cr",
    ),
    "an invoice without tax": (invoice_voucher("ACME", D("100"), D("0")), "receivable ACME 100 Dr, revenue 100 Cr"),
    "goods issued": (goods_issue_voucher(D("40")), "cogs 40 Dr, inventory 40 Cr"),
    "goods without a cost": (goods_issue_voucher(D("0")), ""),
    "an exact payment": (
        payment_voucher(D("120"), "ACME", [("ACME", D("120"))]),
        "bank 120 Dr, receivable ACME 120 Cr",
    ),
    "an overpayment": (
        payment_voucher(D("150"), "ACME", [("ACME", D("70")), ("ACME", D("50"))]),
        "bank 150 Dr, receivable ACME 70 Cr, receivable ACME 50 Cr, unapplied ACME 30 Cr",
    ),
    "an unknown payer": (payment_voucher(D("9"), None, []), "bank 9 Dr, unapplied 9 Cr"),
    "cash that is applied": (
        application_voucher("ACME", [("ACME", D("20")), ("ACME", D("10"))]),
        "unapplied ACME 30 Dr, receivable ACME 20 Cr, receivable ACME 10 Cr",
    ),
    "a payer who is found": (payer_voucher(D("9"), "ACME"), "unapplied 9 Dr, unapplied ACME 9 Cr"),
    "a receipt": (stock_voucher(D("50"), "receipt"), "inventory 50 Dr, payable 50 Cr"),
    "a production": (stock_voucher(D("50"), "production"), "inventory 50 Dr, work_in_progress 50 Cr"),
    "components consumed": (stock_voucher(D("-5"), "production"), "work_in_progress 5 Dr, inventory 5 Cr"),
    "a loss": (stock_voucher(D("-5"), "count"), "inventory_change 5 Dr, inventory 5 Cr"),
}


@pytest.mark.parametrize(("voucher", "expected"), VOUCHERS.values(), ids=VOUCHERS)
def test_vouchers(voucher: list[Posting], expected: str):
    assert ", ".join(sides(voucher)) == expected
    assert balances(voucher)
    assert {posting.account for posting in voucher} <= ACCOUNTS.keys()
    assert all((posting.debit > 0) != (posting.credit > 0) for posting in voucher)


def test_what_does_not_balance_is_seen():
    assert not balances([Posting("bank", debit=D(1)), Posting("unapplied", credit=D(2))])


@given(st.decimals(D("0.01"), 10**9, places=2), st.lists(st.decimals(0, 1, places=2), max_size=6))
def test_a_payment_balances_however_it_is_applied(amount: Decimal, parts: list[Decimal]):
    pieces, left = [], amount
    for part in parts:
        piece = (left * part).quantize(D("0.01"))
        pieces.append(("ACME", piece))
        left -= piece
    assert balances(payment_voucher(amount, "ACME", pieces))
