"""Credit that comes free: who is looked at again, and what is left to more urgent orders."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.credit_queue import MONEY, Held, left_to_more_urgent, may_look_again

D = Decimal


def held(number: str, total: str, free: str | None, *reasons: str) -> Held:
    """An order held for want of money."""
    return Held(number, D(total), None if free is None else D(free), frozenset(reasons or {"CREDIT"}))


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        ([held("A", "60", "100"), held("B", "60", "100"), held("C", "40", "100")], ["A", "C"]),
        ([held("A", "101", "100"), held("B", "100", "100")], ["B"]),
        ([held("A", "60", None), held("B", "60", None)], ["A", "B"]),
        ([held("A", "600", "0", "OVERDUE"), held("B", "600", "0", "PREPAYMENT")], ["A", "B"]),
        ([held("A", "60", "100", "CREDIT", "PRICE"), held("B", "60", "100")], ["A", "B"]),
        ([held("A", "60", "-5")], []),
        ([held("A", "0", "-5"), held("B", "0", "0")], ["B"]),
        ([], []),
    ],
)
def test_who_looks_again_fits_into_the_free_credit(orders: list[Held], expected: list[str]):
    assert may_look_again(orders) == expected


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        ([held("A", "60", "100"), held("B", "60", "100")], "60"),
        ([held("A", "101", "100"), held("B", "60", "100")], "0"),
        ([held("A", "60", "100"), held("C", "30", "100"), held("B", "60", "100")], "90"),
        ([held("A", "60", "100", "CREDIT", "OVERDUE"), held("B", "60", "100")], "60"),
        ([held("A", "60", "100", "CREDIT", "PRICE"), held("B", "60", "100")], "0"),
        ([held("B", "60", "100"), held("A", "60", "100")], "0"),
        ([held("A", "60", "100")], "0"),
    ],
)
def test_an_order_leaves_free_credit_to_those_before_it_that_money_alone_holds(orders: list[Held], expected: str):
    assert left_to_more_urgent(orders, "B") == D(expected)


@given(st.lists(st.integers(1, 100), max_size=8), st.integers(0, 200))
def test_those_who_look_again_for_credit_alone_fit_together(totals: list[int], free: int):
    orders = [held(str(n), str(total), str(free)) for n, total in enumerate(totals)]
    chosen = may_look_again(orders)
    assert sum(totals[int(number)] for number in chosen) <= free
    assert frozenset({"CREDIT"}) <= MONEY


_WAITS = st.sampled_from([("CREDIT",), ("CREDIT", "OVERDUE"), ("CREDIT", "PRICE"), ("OVERDUE",)])


@given(st.lists(st.tuples(st.integers(0, 100), _WAITS), max_size=8), st.integers(-50, 200))
def test_who_is_told_of_free_credit_passes_with_what_it_leaves_to_others(waiting: list[Any], free: int):
    orders = [held(str(n), str(total), str(free), *reasons) for n, (total, reasons) in enumerate(waiting)]
    told = {order.number for order in orders if "CREDIT" in order.reasons} & set(may_look_again(orders))
    passing = {
        order.number for order in orders
        if "CREDIT" in order.reasons and order.total + left_to_more_urgent(orders, order.number) <= free
    }  # fmt: skip
    assert told == passing
