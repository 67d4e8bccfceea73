"""Numbers as people type them: what is written without doubt is understood, the rest is refused by the check."""

from __future__ import annotations

import pytest

from starter.console.numbers import amount_of


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("1,234.50", "1234.50"), ("1 234 567", "1234567"), ("1\u00a0234.5", "1234.5"), ("12.50", "12.50"),
        ("-3", "-3"), (" 7 ", "7"), ("1,234", "1234"), ("-1,234", "-1234"), ("1e3", "1000"),
    ],
)  # fmt: skip
def test_thousands_may_be_set_apart_as_the_pages_do_it(typed: str, understood: str) -> None:
    assert amount_of(typed) == understood


@pytest.mark.parametrize(
    ("typed", "understood"), [("１２", "12"), ("９．５０", "9.50"), ("9。5", "9.5"), ("１，２３４", "1234")]
)
def test_the_wide_signs_of_a_chinese_keyboard_are_numbers(typed: str, understood: str) -> None:
    assert amount_of(typed) == understood


@pytest.mark.parametrize("typed", ["12,50", "1.234,50", "1,2345", "12,34,567", "1 2", "1,234 567", "abc", "", "5%"])
def test_a_comma_in_the_wrong_place_is_no_number_rather_than_a_hundred_times_as_much(typed: str) -> None:
    assert amount_of(typed) == typed
