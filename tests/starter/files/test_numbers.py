"""Receipt by file: numbers of both styles, and the ones that must not be guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from starter.files.numbers import Styles, Unreadable, read_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", "5"), ("-5", "-5"), ("5-", "-5"), ("(5)", "-5"), ("−5", "-5"), ("+5", "5"), ("2.55", "2.55"),
        ("2,55", "2.55"), ("1.234,50", "1234.50"), ("1,234.50", "1234.50"), ("1.234.567", "1234567"),
        ("1,234,567", "1234567"), ("1 234,50", "1234.50"), ("1 234", "1234"), ("1'234.50", "1234.50"),
        ("0.125", "0.125"), ("0,125", "0.125"), (".5", "0.5"), ("1e3", "1000"), ("£2.55", "2.55"), ("2,55 €", "2.55"),
        ("EUR 7", "7"), ("１２．５", "12.5"), ("¥19.90", "19.90"), ("1234.567", "1234.567"), ("12,5", "12.5"),
    ],
)  # fmt: skip
def test_numbers_that_say_themselves_what_they_are(text: str, value: str) -> None:
    assert read_number(text, None) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "point", "comma"), [("1.234", "1.234", "1234"), ("1,234", "1234", "1.234"), ("12.345", "12.345", "12345")]
)
def test_the_column_decides_what_a_number_alone_cannot(text: str, point: str, comma: str) -> None:
    assert read_number(text, "point") == Decimal(point)
    assert read_number(text, "comma") == Decimal(comma)
    with pytest.raises(Unreadable, match="ambiguous"):
        read_number(text, None)


@pytest.mark.parametrize("text", ["NaN", "nan", "inf", "-Infinity", "#N/A"])
def test_what_is_not_a_number_is_called_so(text: str) -> None:
    with pytest.raises(Unreadable, match="not a number"):
        read_number(text, "point")


@pytest.mark.parametrize("text", ["1e400", "1" * 20, "0.00000000000000000001"])
def test_absurd_numbers_are_out_of_proportion(text: str) -> None:
    with pytest.raises(Unreadable, match="proportion"):
        read_number(text, "point")


@pytest.mark.parametrize("text", ["six", "1.2.3", "12,34,56", "1,2345.0", "--5", "5 6", "1" * 70, "0x10", "½"])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        read_number(text, "point")


def test_evidence_of_a_column_comes_before_evidence_of_the_file() -> None:
    styles = Styles()
    for quantity, price in (("1.500", "2,55"), ("1.000", "1.234,50"), ("3", "7")):
        styles.look("quantity", quantity)
        styles.look("unit_price", price)
    assert styles.of("unit_price") == "comma"
    assert styles.of("quantity") == "comma"
    styles.look("quantity", "0.5")
    assert styles.of("quantity") == "point"


def test_a_column_with_evidence_for_both_styles_has_none() -> None:
    styles = Styles()
    for price in ("2.55", "2,55"):
        styles.look("unit_price", price)
    assert styles.of("unit_price") is None
    assert styles.of("quantity") is None


def test_what_the_mapping_says_is_not_doubted() -> None:
    assert Styles(given="comma").of("quantity") == "comma"
