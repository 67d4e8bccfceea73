"""Figures as people write them: exact, in the currency's digits, without idle zeros, never with an exponent."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from db.queries import shown

QUANTITIES = [
    ("3.0000", "3"),
    ("2.5000", "2.5"),
    ("100.0000", "100"),
    ("1000000000", "1000000000"),
    ("0.0000", "0"),
    ("-0.0000", "0"),
    ("-2.5000", "-2.5"),
    ("0.0001", "0.0001"),
]
MONEY = [
    ("9.9000", "GBP", "9.90"),
    ("0.1234", "GBP", "0.1234"),
    ("9.9050", "GBP", "9.905"),
    ("100.0000", "EUR", "100.00"),
    ("990.0000", "JPY", "990"),
    ("1000.0000", "JPY", "1000"),
    ("990.5000", "JPY", "990.5"),
    ("1.5000", "KWD", "1.500"),
    ("0.0000", "CNY", "0.00"),
    ("-0.0000", "CNY", "0.00"),
    ("-5.1000", "CNY", "-5.10"),
    ("99999999999.9900", "CNY", "99999999999.99"),
]


@pytest.mark.parametrize(("stored", "written"), QUANTITIES)
def test_a_quantity_loses_its_trailing_zeros(stored, written):
    assert str(shown.quantity(Decimal(stored))) == written


@pytest.mark.parametrize(("stored", "currency", "written"), MONEY)
def test_money_has_the_digits_of_its_currency_and_more_only_where_they_count(stored, currency, written):
    assert str(shown.money(Decimal(stored), currency)) == written


def test_nested_rows_stay_exact_and_get_their_times_back():
    text = (
        '[{"amount":99999999999.9900,"at":"2026-03-01T09:30:00.5+00:00","due_date":"2026-04-01","line":1,"note":null}]'
    )
    (row,) = shown.rows(text, "GBP", amounts=("amount",))
    assert row == {
        "amount": Decimal("99999999999.99"),
        "at": datetime(2026, 3, 1, 9, 30, 0, 500000, tzinfo=UTC),
        "due_date": date(2026, 4, 1),
        "line": 1,
        "note": None,
    }


def test_no_rows_are_an_empty_list():
    assert shown.rows(None) == []


def test_an_unknown_figure_stays_unknown():
    assert shown.row({"amount": None, "sku": "007"}, "GBP", amounts=("amount",)) == {"amount": None, "sku": "007"}


def test_figures_are_known_by_their_names():
    kept = {
        "exposure": "142.5600",
        "limit": "unlimited",
        "sku": "1.0000",
        "quantity": "3.0000",
        "lines": 2,
        "order": "9",
    }
    assert shown.figures(kept, "GBP") == {
        "exposure": "142.56",
        "limit": "unlimited",
        "sku": "1.0000",
        "quantity": "3",
        "lines": 2,
        "order": "9.00",
    }
    assert shown.figures({"total": "990.0000", "currency": "JPY"}, "GBP")["total"] == "990"
    assert shown.figures({"total": "NaN"}, "GBP") == {"total": "NaN"}
