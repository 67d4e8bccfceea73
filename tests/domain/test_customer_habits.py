"""How a customer pays and orders."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from domain.customer_habits import average_days_late, balance, next_order_due

DUE = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)


def test_days_late_are_averaged_and_early_ones_count_against_them():
    settled = [(DUE, DUE + 10 * DAY), (DUE, DUE - 2 * DAY), (DUE, DUE + 5 * DAY)]
    assert average_days_late(settled, DAY) == Decimal("4.3")


def test_days_are_those_of_the_policy():
    assert average_days_late([(DUE, DUE + timedelta(seconds=6))], timedelta(seconds=2)) == Decimal("3.0")


def test_who_has_paid_nothing_yet_is_neither_late_nor_early():
    assert average_days_late([], DAY) is None


def test_the_next_order_comes_after_the_usual_interval_whatever_one_long_pause():
    days = [date(2026, 1, 1), date(2026, 1, 8), date(2026, 1, 15), date(2026, 6, 15)]
    assert next_order_due(days) == date(2026, 6, 22)


def test_two_orders_make_no_habit():
    assert next_order_due([date(2026, 1, 1), date(2026, 1, 8)]) is None
    assert next_order_due([]) is None


def test_a_statement_ends_with_what_is_owed_and_money_of_another_currency_moves_no_balance():
    movements = [
        {"number": "INV-1", "amount": Decimal(60), "currency": "EUR"},
        {"number": "PAY-1", "amount": Decimal(-20), "currency": "EUR"},
        {"number": "PAY-2", "amount": Decimal(-50), "currency": "USD"},
        {"number": "INV-2", "amount": Decimal(5), "currency": "EUR"},
    ]
    lines = balance(movements, Decimal(45), "EUR")
    assert [(line["number"], line["balance"]) for line in lines] == [
        ("INV-1", Decimal(60)),
        ("PAY-1", Decimal(40)),
        ("PAY-2", None),
        ("INV-2", Decimal(45)),
    ]
