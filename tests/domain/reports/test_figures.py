"""The arithmetic of reports, case by case."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from domain.reports.asked import Asked, default_period, month_ends
from domain.reports.columns import Column, Kind
from domain.reports.figures import (
    collection_effectiveness,
    days_sales_outstanding,
    hours,
    quotient,
    ranked,
    stock_turns,
)


def test_a_share_is_rounded_half_up_and_a_share_of_nothing_is_none():
    assert quotient(1, 3) == Decimal("0.3333")
    assert quotient(1, 32) == Decimal("0.0313")
    assert quotient(0, 4) == Decimal("0.0000")
    assert quotient(0, 0) is None


def test_hours_have_one_digit():
    assert hours(timedelta(days=1, minutes=3)) == Decimal("24.1")
    assert hours(timedelta(seconds=179)) == Decimal("0.0")
    assert hours(None) is None


def test_dso_is_receivables_through_credit_sales_times_days():
    assert days_sales_outstanding(Decimal(300), Decimal(900), 90) == Decimal("30.0")
    assert days_sales_outstanding(Decimal(300), Decimal(0), 90) is None


def test_cei_is_what_was_collected_of_what_could_be():
    # 100 open, 50 sold, 60 left of which 20 are not due: 90 of 130.
    assert collection_effectiveness(Decimal(100), Decimal(50), Decimal(60), Decimal(20)) == Decimal("0.6923")
    assert collection_effectiveness(Decimal(0), Decimal(50), Decimal(50), Decimal(50)) is None


def test_turns_are_cost_through_the_average_of_the_points():
    assert stock_turns(Decimal(600), Decimal(1300), 13) == Decimal("6.00")
    assert stock_turns(Decimal(600), Decimal(0), 13) is None


def test_a_ranking_is_of_each_currency_and_its_shares_are_of_all_rows():
    rows = [
        {"group": name, "currency": currency, "net": Decimal(net)}
        for name, currency, net in (("A", "EUR", 10), ("B", "EUR", 70), ("C", "EUR", 20), ("A", "JPY", 5))
    ]
    shown = [(row["currency"], row["rank"], row["group"], row["share"], row["cumulative"])
             for row in ranked(rows, "net", 2)]  # fmt: skip
    assert shown == [
        ("EUR", 1, "B", Decimal("0.7000"), Decimal("0.7000")),
        ("EUR", 2, "C", Decimal("0.2000"), Decimal("0.9000")),
        ("JPY", 1, "A", Decimal("1.0000"), Decimal("1.0000")),
    ]


def test_the_thirteen_month_ends_of_a_year():
    points = month_ends(date(2026, 3, 31))
    assert len(points) == 13
    assert (points[0], points[-1]) == (datetime(2025, 4, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    assert month_ends(date(2026, 3, 30))[-2] == datetime(2026, 2, 28, tzinfo=UTC)


def test_the_usual_period_is_thirty_days_with_today():
    now = datetime(2026, 3, 30, 12, tzinfo=UTC)
    asked = Asked(*default_period(now.date()), "all", now)
    assert (asked.first, asked.days) == (date(2026, 3, 1), 30)
    assert (asked.start, asked.end) == (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 31, tzinfo=UTC))


@pytest.mark.parametrize(
    ("kind", "found", "shown"),
    [
        (Kind.MONEY, Decimal("1.2350"), "1.24"),
        (Kind.MONEY, None, "0.00"),
        (Kind.COUNT, None, "0"),
        (Kind.QUANTITY, Decimal("100.0000"), "100"),
        (Kind.QUANTITY, Decimal("2.5000"), "2.5"),
        (Kind.HOURS, timedelta(hours=2), "2.0"),
    ],
)
def test_a_figure_is_written_as_its_kind(kind, found, shown):
    assert f"{Column('x', 'X', kind).figure({'x': found, 'currency': 'EUR'})}" == shown
