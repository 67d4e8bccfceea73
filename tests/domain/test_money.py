"""Money: minor units, rounding half up, and shares that add up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import is_currency, line_net, minor_unit, other_digits, rounded, share, split

D = Decimal
AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2)
QUANTITIES = st.decimals(min_value=D("0.0001"), max_value=10**6, places=4)
CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD"])


@pytest.mark.parametrize("code", ["EUR", "CNY", "USD", "JPY", "KWD", "GBP"])
def test_iso_currencies_are_known(code: str):
    assert is_currency(code)


@pytest.mark.parametrize("code", ["XXX", "XTS", "eur", "EURO", "", "ABC", "€"])
def test_anything_else_is_no_currency(code: str):
    assert not is_currency(code)


@pytest.mark.parametrize(("code", "unit"), [("EUR", "0.01"), ("CNY", "0.01"), ("JPY", "1"), ("KWD", "0.001")])
def test_minor_units_follow_the_currency(code: str, unit: str):
    assert minor_unit(code) == D(unit)


def test_other_digits_lists_what_is_not_a_hundredth():
    digits = other_digits()
    assert (digits["JPY"], digits["KRW"], digits["KWD"]) == (0, 0, 3)
    assert not {"EUR", "CNY", "USD"} & digits.keys()


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("0.125", "EUR", "0.13"),
        ("0.124999", "EUR", "0.12"),
        ("-0.125", "EUR", "-0.13"),
        ("0.5", "JPY", "1"),
        ("0.4999", "JPY", "0"),
        ("1.0005", "KWD", "1.001"),
        ("2.675", "USD", "2.68"),
    ],
)
def test_rounding_is_half_up_to_the_minor_unit(amount: str, currency: str, expected: str):
    assert str(rounded(D(amount), currency)) == expected


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "currency", "expected"),
    [
        ("3", "9.99", "0", "EUR", "29.97"),
        ("3", "9.99", "10", "EUR", "26.97"),
        ("0.5", "0.01", "0", "EUR", "0.01"),
        ("7", "333", "2.5", "JPY", "2273"),
        ("2", "10.00", "100", "EUR", "0.00"),
        ("1000000", "0.0001", "0", "EUR", "100.00"),
    ],
)
def test_a_line_is_rounded_once(quantity: str, price: str, discount: str, currency: str, expected: str):
    assert str(line_net(D(quantity), D(price), D(discount), currency)) == expected


def test_ten_over_three_pieces_one_by_one():
    shares = [share(D("10.00"), D(1), D(3), D(before), "EUR") for before in range(3)]
    assert shares == [D("3.33"), D("3.34"), D("3.33")]


def test_a_share_of_nothing_is_nothing():
    assert share(D("10.00"), D(1), D(0), D(0), "EUR") == 0


@given(AMOUNTS, st.lists(QUANTITIES, min_size=1, max_size=12), CURRENCIES)
def test_shares_add_up_whatever_the_pieces(total: Decimal, pieces: list[Decimal], currency: str):
    whole, before, billed = sum(pieces, D(0)), D(0), D(0)
    for piece in pieces:
        billed += share(total, piece, whole, before, currency)
        before += piece
    assert billed == rounded(total, currency)


@given(AMOUNTS, QUANTITIES, QUANTITIES, CURRENCIES)
def test_a_share_is_never_negative(total: Decimal, part: Decimal, before: Decimal, currency: str):
    assert share(total, part, part + before, before, currency) >= 0


@pytest.mark.parametrize(
    ("total", "weights", "currency", "expected"),
    [
        ("100.00", "1 1 1", "EUR", "33.33 33.33 33.34"),
        ("100.00", "30 70", "EUR", "30.00 70.00"),
        ("0.01", "30 70", "EUR", "0.00 0.01"),
        ("0.02", "1 1 1 1", "EUR", "0.01 0.01 0.00 0.00"),
        ("2", "25 25 25 25", "JPY", "1 1 0 0"),
        ("99.99", "100", "EUR", "99.99"),
        ("0.00", "50 50", "EUR", "0.00 0.00"),
        ("-100.00", "1 1 1", "EUR", "-33.33 -33.33 -33.34"),
    ],
)
def test_the_last_part_absorbs_the_rounding(total: str, weights: str, currency: str, expected: str):
    parts = split(D(total), [D(weight) for weight in weights.split()], currency)
    assert [str(part) for part in parts] == expected.split()


def test_nothing_is_split_into_nothing():
    assert split(D("10.00"), [], "EUR") == []


@given(AMOUNTS, st.lists(st.integers(1, 100), min_size=1, max_size=12), CURRENCIES)
def test_parts_add_up_and_none_is_negative(total: Decimal, weights: list[int], currency: str):
    exact = rounded(total, currency)
    parts = split(exact, [D(weight) for weight in weights], currency)
    assert len(parts) == len(weights)
    assert sum(parts) == exact
    assert min(parts) >= 0
