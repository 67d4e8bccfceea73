"""Replenishment: how much to order."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.replenishment import supply_quantity

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
