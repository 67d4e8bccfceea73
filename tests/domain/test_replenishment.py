"""Replenishment: how much to order."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.replenishment import Need, meet, supply_quantity

D = Decimal
QUANTITIES = st.decimals(min_value=D("0.0001"), max_value=10**9, places=4)


@pytest.mark.parametrize(
    ("shortage", "minimum", "multiple", "expected"),
    [
        ("7", "5", "4", "8"),
        ("7", "10", "4", "12"),
        ("8", "0", "4", "8"),
        ("8.0001", "0", "4", "12"),
        ("1", "0", "1", "1"),
        ("0.5", "0", "1", "1"),
        ("2.5", "0", "0.5", "2.5"),
        ("0.3", "0", "0.1", "0.3"),
        ("1", "1000", "7", "1001"),
    ],
)
def test_at_least_the_shortage_and_the_minimum_in_whole_packs(
    shortage: str, minimum: str, multiple: str, expected: str
):
    assert supply_quantity(D(shortage), D(minimum), D(multiple)) == D(expected)


@given(QUANTITIES, st.one_of(st.just(D(0)), QUANTITIES), QUANTITIES)
def test_enough_and_less_than_a_pack_too_much(shortage: Decimal, minimum: Decimal, multiple: Decimal):
    ordered = supply_quantity(shortage, minimum, multiple)
    assert ordered % multiple == 0
    assert max(shortage, minimum) <= ordered < max(shortage, minimum) + multiple


@pytest.mark.parametrize(
    ("there", "met", "missing"),
    [
        ("0", [], ["3", "4"]),
        ("3", ["3"], ["4"]),
        ("5", ["3", "2"], ["2"]),
        ("7", ["3", "4"], []),
        ("9", ["3", "4"], []),
    ],
)
def test_what_is_there_goes_to_needs_in_their_order(there: str, met: list[str], missing: list[str]):
    needs = [Need(D(3), order="SO-1", line=1), Need(D(4), order="SO-1", line=2)]
    got, left = meet(needs, D(there))
    assert ([str(need.quantity) for need in got], [str(need.quantity) for need in left]) == (met, missing)
    assert [need.line for need in got] == [1, 2][: len(met)]
