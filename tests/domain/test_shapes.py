"""The shapes of single fields: what is a number, a name, a country."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain import shapes
from domain.shapes import instant

D = Decimal


def read(shape: Any, value: object) -> Any:
    """The value as the shape understands it."""
    return TypeAdapter(shape).validate_python(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("9.90", "9.90"),
        (" 5 ", "5"),
        (7, "7"),
        ("1e3", "1E+3"),
        ("-0.0001", "-0.0001"),
        ("0", "0"),
        ("1.50000", "1.50000"),
    ],
)
def test_a_number_is_a_decimal_string_or_an_integer(value: object, expected: str):
    assert str(read(shapes.Number, value)) == expected


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (9.9, "a float has already lost digits"),
        (True, "a float has already lost digits"),
        ("9,90", "is not a decimal number"),
        ("", "is not a decimal number"),
        ("ten", "is not a decimal number"),
        ("\x00", "is not a decimal number"),
        (None, "a decimal number as a string is expected"),
        ([1], "a decimal number as a string is expected"),
        ("NaN", "must be finite"),
        ("sNaN", "must be finite"),
        ("-Infinity", "must be finite"),
        ("1e16", "out of all proportion"),
        ("1e-99", "out of all proportion"),
        ("9" * 5000, "out of all proportion"),
        ("0.00001", "at most four decimal places"),
        ("1_000", "is not a decimal number"),
    ],
)
def test_anything_else_is_no_number_and_the_sentence_helps(value: object, why: str):
    with pytest.raises(ValidationError, match=why):
        read(shapes.Number, value)


@pytest.mark.parametrize(
    ("shape", "value", "why"),
    [
        (shapes.Quantity, "0", "greater than zero"),
        (shapes.Quantity, "-1", "greater than zero"),
        (shapes.Quantity, "1000000001", "must not exceed 1000000000"),
        (shapes.SignedQuantity, "-1000000001", "must not exceed 1000000000"),
        (shapes.Amount, "-0.01", "must not be negative"),
        (shapes.Amount, "100000000001", "must not exceed 100000000000"),
        (shapes.PositiveAmount, "0", "greater than zero"),
        (shapes.StockQuantity, "-1", "must not be negative"),
        (shapes.Percent, "-1", "must not be negative"),
        (shapes.Code, "", "at least 1 character"),
        (shapes.Code, "   ", "at least 1 character"),
        (shapes.Code, "A" * 65, "at most 64 characters"),
        (shapes.Code, "A\x00B", "null byte"),
        (shapes.Name, "A" * 201, "at most 200 characters"),
        (shapes.Text, "A" * 2001, "at most 2000 characters"),
        (shapes.Said, " \n ", "at least 1 character"),
        (shapes.Currency, "eur", "pattern"),
        (shapes.Currency, "EURO", "pattern"),
        (shapes.Country, "China", "alpha-2"),
        (shapes.Country, "1!", "alpha-2"),
        (shapes.Country, "中国", "alpha-2"),
    ],
)
def test_limits_are_kept(shape: Any, value: object, why: str):
    with pytest.raises(ValidationError, match=why):
        read(shape, value)


@pytest.mark.parametrize(
    ("shape", "value", "expected"),
    [
        (shapes.Quantity, "0.0001", D("0.0001")),
        (shapes.SignedQuantity, "-5", D("-5")),
        (shapes.StockQuantity, "0", D("0")),
        (shapes.Code, "  A-1  ", "A-1"),
        (shapes.Code, "螺栓", "螺栓"),
        (shapes.Text, "two\nlines\tand a tab", "two\nlines\tand a tab"),
        (shapes.Said, "  because  ", "because"),
        (shapes.Country, "cn", "CN"),
        (shapes.PostalCode, "", ""),
    ],
)
def test_what_is_accepted(shape: Any, value: object, expected: object):
    assert read(shape, value) == expected


@given(st.one_of(st.text(max_size=40), st.integers(), st.floats(), st.none(), st.booleans()))
def test_whatever_comes_a_number_is_kept_exactly_or_refused(value: object):
    try:
        number = read(shapes.Number, value)
    except ValidationError:
        return
    assert number == Decimal(str(value).strip())
    assert number == number.quantize(Decimal("0.0001"))


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 3, 2, 9, tzinfo=UTC), "2026-03-02T09:00:00Z"),
        (datetime(2026, 3, 2, 17, 30, tzinfo=timezone(timedelta(hours=8))), "2026-03-02T09:30:00Z"),
        (datetime(2026, 3, 2, 9, 0, 0, 5, tzinfo=UTC), "2026-03-02T09:00:00.000005Z"),
    ],
)
def test_an_instant_is_written_in_utc(at: datetime, expected: str):
    assert instant(at) == expected


@pytest.mark.parametrize("value", ["2026-03-01T00:00:00Z", "20260301", 20260301, "01.03.2026", "2026-02-30", ""])
def test_a_day_is_written_as_year_month_day(value: object):
    with pytest.raises(ValidationError):
        read(shapes.Day, value)


@pytest.mark.parametrize(
    "value",
    [0, 1735689600, "1735689600", "2026-03-01", "2026-03-01T09:30:00", "0001-01-01T00:00:00+14:00",
     "9999-12-31T23:59:59-14:00", "now"],
)  # fmt: skip
def test_a_moment_is_a_time_with_a_zone_in_our_age(value: object):
    with pytest.raises(ValidationError):
        read(shapes.Moment, value)


def test_a_moment_is_read_with_any_zone():
    assert read(shapes.Moment, "2026-03-01T09:30:00+08:00") == datetime(2026, 3, 1, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("code", ["UK", "XX", "EU", "China", "C", ""])
def test_a_country_is_one_of_iso_3166(code: str):
    with pytest.raises(ValidationError):
        read(shapes.Country, code)


@pytest.mark.parametrize("address", ["orders@buyer.example", "o'neil+po@a.b", "a@例子.中国"])
def test_an_address_is_one_that_letters_can_go_to(address: str):
    assert read(shapes.Email, address) == address


@pytest.mark.parametrize(
    "address", ["a,b@c.d", "<x@y.z>", "x;y@z.w", "客户@buyer.example", "a@", "a b@c.d", "\x00@c.d"]
)
def test_an_address_that_no_letter_can_go_to_is_refused(address: str):
    with pytest.raises(ValidationError):
        read(shapes.Email, address)
