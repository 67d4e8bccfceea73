"""Receipt: what makes two requests the same, what is wrong with one, and what its lines cost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.facts import OrderRequest
from domain.receipt import ProductTerms, content_hash, header_errors, price_lines

D = Decimal
TODAY = date(2026, 3, 2)
PRODUCTS = {
    "BOLT": ProductTerms("BOLT", D("10.00"), D("4.00"), "standard", D("0.2")),
    "BOOK": ProductTerms("BOOK", D("12.50"), D("0"), "zero", D("0")),
    "PART": ProductTerms("PART", None, D("1.00"), "standard", D("0.2")),
}


def request(*lines: dict[str, Any], **header: Any) -> OrderRequest:
    """An order request of ACME in EUR."""
    whole = {
        "customer": "ACME",
        "currency": "EUR",
        "lines": list(lines) or [{"sku": "BOLT", "quantity": "1"}],
        **header,
    }
    return OrderRequest.model_validate(whole)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"sku": "BOLT", "quantity": "1"}, {"sku": "BOLT", "quantity": "1.000"}),
        ({"sku": "BOLT", "quantity": 100}, {"sku": "BOLT", "quantity": "1e2"}),
        ({"sku": "BOLT", "quantity": "1", "unit_price": "9.9"}, {"sku": "BOLT", "quantity": "1", "unit_price": "9.90"}),
    ],
)
def test_the_spelling_of_numbers_makes_no_difference(one: dict[str, Any], other: dict[str, Any]):
    assert content_hash(request(one)) == content_hash(request(other))


def test_everything_else_makes_a_difference():
    bolt = {"sku": "BOLT", "quantity": "1"}
    different = [
        request(bolt),
        request(bolt, bolt),
        request({**bolt, "quantity": "2"}),
        request({**bolt, "unit_price": "10.00"}),
        request({**bolt, "discount_percent": "10"}),
        request({**bolt, "sku": "BOOK"}),
        request(bolt, note="urgent"),
        request(bolt, shipping_policy="ship_complete"),
        request(bolt, requested_date="2026-04-01"),
        request(bolt, customer_po="PO-1"),
    ]
    assert len({content_hash(each) for each in different}) == len(different)


def test_the_order_of_lines_makes_a_difference():
    bolt, book = {"sku": "BOLT", "quantity": "1"}, {"sku": "BOOK", "quantity": "1"}
    assert content_hash(request(bolt, book)) != content_hash(request(book, bolt))


@pytest.mark.parametrize(
    ("header", "pointers"),
    [
        ({}, []),
        ({"currency": "USD"}, ["/currency"]),
        ({"currency": "XXX"}, ["/currency"]),
        ({"requested_date": "2036-03-01"}, []),
        ({"requested_date": "2062-03-01"}, ["/requested_date"]),
        ({"ship_by": "0026-03-01"}, ["/ship_by"]),
        ({"payment_terms": "net 30"}, []),
        ({"payment_terms": "when we feel like it"}, ["/payment_terms"]),
        ({"currency": "USD", "payment_terms": "soon"}, ["/currency", "/payment_terms"]),
    ],
)
def test_errors_of_the_header_point_at_their_fields(header: dict[str, Any], pointers: list[str]):
    assert [wrong.pointer for wrong in header_errors(request(**header), "EUR", TODAY)] == pointers


def test_a_line_takes_the_list_price_its_tax_and_its_cost():
    [line], wrong = price_lines(request({"sku": "BOLT", "quantity": "3"}), PRODUCTS)
    assert not wrong
    assert (line.line, line.unit_price, line.list_price, line.unit_cost) == (1, D("10.00"), D("10.00"), D("4.00"))
    assert (line.net, line.tax) == (D("30.00"), D("6.00"))


def test_a_price_of_the_request_is_kept_beside_the_list_price():
    [line], _ = price_lines(
        request({"sku": "BOLT", "quantity": "3", "unit_price": "9.99", "discount_percent": "5"}), PRODUCTS
    )
    assert (line.unit_price, line.list_price, line.discount_percent) == (D("9.99"), D("10.00"), D("5"))
    assert (line.net, line.tax) == (D("28.47"), D("5.69"))


def test_a_price_of_zero_is_a_price():
    [line], wrong = price_lines(request({"sku": "PART", "quantity": "3", "unit_price": "0"}), PRODUCTS)
    assert not wrong
    assert line.net == line.tax == 0


@pytest.mark.parametrize(
    ("line", "pointer", "detail"),
    [
        ({"sku": "GONE", "quantity": "1"}, "/lines/1/sku", "There is no product GONE"),
        ({"sku": "PART", "quantity": "1"}, "/lines/1/unit_price", "PART has no list price in EUR"),
        (
            {"sku": "BOLT", "quantity": "1", "discount_percent": "100.01"},
            "/lines/1/discount_percent",
            "cannot exceed 100",
        ),
        ({"sku": "BOLT", "quantity": "1000000000", "unit_price": "101"}, "/lines/1/quantity", "out of all proportion"),
    ],
)
def test_a_line_that_cannot_be_priced_is_named(line: dict[str, Any], pointer: str, detail: str):
    priced, [wrong] = price_lines(request({"sku": "BOOK", "quantity": "2"}, line), PRODUCTS)
    assert [each.net for each in priced] == [D("25.00")]
    assert wrong.pointer == pointer
    assert detail in wrong.detail
