"""Bad input gets the right 4xx and a sentence that says what to do; nothing of it reaches a stage."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain.actor import Role
from tests.starter.api.conftest import signed

JSON = {"Content-Type": "application/json"}


def order(**changes: Any) -> dict[str, Any]:
    """A good order with something changed."""
    return {"customer": "HARBOUR", "currency": "GBP", "lines": [{"sku": "NB-A5", "quantity": "12"}], **changes}


def line(**changes: Any) -> dict[str, Any]:
    """A good order whose only line has something changed."""
    return order(lines=[{"sku": "NB-A5", "quantity": "12", **changes}])


WRONG_FIELDS = [
    (line(quantity="0"), "/lines/0/quantity", "must be greater than zero"),
    (line(quantity="-3"), "/lines/0/quantity", "must be greater than zero"),
    (line(quantity="NaN"), "/lines/0/quantity", "the number must be finite"),
    (line(quantity="1e40"), "/lines/0/quantity", "the number is out of all proportion"),
    (line(quantity="10000000001"), "/lines/0/quantity", "must not exceed 1000000000"),
    (line(quantity="1.00001"), "/lines/0/quantity", "at most four decimal places are kept"),
    (line(quantity=1.5), "/lines/0/quantity", "a float has already lost digits"),
    (line(quantity="a dozen"), "/lines/0/quantity", "is not a decimal number"),
    (line(quantity=True), "/lines/0/quantity", "write the number as a string"),
    (line(quantity=10**30), "/lines/0/quantity", "out of all proportion"),
    (line(unit_price="-1"), "/lines/0/unit_price", "must not be negative"),
    (line(sku="A\u0000B"), "/lines/0/sku", "null byte"),
    (line(sku=""), "/lines/0/sku", "at least 1 character"),
    (line(sku=None), "/lines/0/sku", "a text in quotation marks is expected"),
    (line(qty="3"), "/lines/0/qty", "unknown field 'qty'; did you mean 'quantity'?"),
    (order(currency="gbp"), "/currency", "ISO 4217"),
    (order(customer="x" * 65), "/customer", "at most 64 characters"),
    (order(note="\ud800"), "/note", "surrogate"),
    (order(requested_date="soon"), "/requested_date", 'a date is expected, for example "2026-03-01"'),
    (order(shipping_policy="fast"), "/shipping_policy", "'ship_partial', 'ship_complete', 'cancel_remainder'"),
    (order(lines=[]), "/lines", "at least 1 of lines is needed"),
    (order(lines="none"), "/lines", "a JSON array is expected"),
    (order(lines=[3]), "/lines/0", "a JSON object is expected"),
    (order(colour="red"), "/colour", "unknown field 'colour'"),
    (order(**{"a/b~c": 1}), "/a~1b~0c", "unknown field 'a/b~c'"),
    ({}, "/customer", "this field is required"),
    ([], "", "a JSON object is expected"),
    ("text", "", "a JSON object is expected"),
    (None, "", "a JSON"),
    (order(ship_to={"name": "A"}), "/ship_to/street", "this field is required"),
    (order(lines=[{"sku": "A", "quantity": "1"}] * 10_001), "/lines", "at most 10,000 lines"),
]


@pytest.mark.parametrize(("body", "pointer", "sentence"), WRONG_FIELDS, ids=range(len(WRONG_FIELDS)))
async def test_wrong_field_is_pointed_at(small, body, pointer, sentence):
    answer = await small.post("/v1/orders", content=json.dumps(body), headers={**signed(), **JSON})
    problem = answer.json()
    assert answer.status_code == 422, answer.text
    first = problem["errors"][0]
    assert first["pointer"] == pointer
    assert sentence in first["detail"]
    assert problem["detail"].endswith("Correct this and send the request again.")


async def test_all_wrong_fields_are_named_at_once(small):
    body = {"customer": "", "currency": "GBP", "lines": [{"sku": "A", "quantity": 1.5}], "colour": 1}
    problem = (await small.post("/v1/orders", json=body, headers=signed())).json()
    assert [error["pointer"] for error in problem["errors"]] == ["/customer", "/lines/0/quantity", "/colour"]
    assert problem["detail"].startswith("/customer: ")
    assert "2 more in 'errors'." in problem["detail"]


UNREADABLE = [
    (b"{broken", "line 1, column 2"),
    (b'{"customer": "A",}', "not valid JSON"),
    (b'{"quantity": NaN}', "NaN is not JSON"),
    (b'{"quantity": -Infinity}', "-Infinity is not JSON"),
    (b'{"customer": "\xff"}', "not UTF-8 (byte 14)"),
    ('{"customer": "A"}'.encode("utf-16"), "not UTF-8"),
    (b"[" * 200_000, "nested deeper than 32 levels"),
    (b'{"a":' * 40 + b"1" + b"}" * 40, "nested deeper than 32 levels"),
    (b'{"n": ' + b"9" * 10_000 + b"}", "too many digits"),
]


@pytest.mark.parametrize(("raw", "sentence"), UNREADABLE, ids=range(len(UNREADABLE)))
async def test_unreadable_body_is_malformed(small, raw, sentence):
    answer = await small.post("/v1/orders", content=raw, headers={**signed(), **JSON})
    assert answer.status_code == 400, answer.text
    assert answer.json()["type"] == "/problems/malformed"
    assert sentence in answer.json()["detail"]


async def test_order_of_ten_thousand_lines_is_taken(small):
    body = order(lines=[{"sku": "A", "quantity": "1"}] * 10_000)
    assert (await small.post("/v1/orders", json=body, headers=signed())).json() == {"lines": 10_000}


async def test_missing_body_is_said_to_be_missing(small):
    answer = await small.post("/v1/orders", headers=signed(Role.SALES))
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "", "detail": "a JSON body is required"}]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_other_media_types_are_refused(small, content_type):
    answer = await small.post("/v1/orders", content=b"{}", headers={**signed(), "Content-Type": content_type})
    assert answer.status_code == 415
    assert "Content-Type: application/json" in answer.json()["detail"]


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "application/vnd.api+json"])
async def test_every_spelling_of_json_is_read(small, content_type):
    answer = await small.post(
        "/v1/orders", content=json.dumps(order()), headers={**signed(), "Content-Type": content_type}
    )
    assert answer.status_code == 201


async def test_unknown_query_parameter_names_the_known_ones(small):
    answer = await small.get("/v1/orders?stat=OPEN", headers=signed())
    assert answer.status_code == 422
    assert answer.json()["detail"] == (
        "stat: unknown query parameter; this path takes after, lang, limit, state. "
        "Correct this and send the request again."
    )


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=many", "state=%00", "after=" + "x" * 501])
async def test_wrong_query_parameter_is_named(small, query):
    answer = await small.get(f"/v1/orders?{query}", headers=signed())
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == query.partition("=")[0]


@pytest.mark.parametrize(("path", "status"), [("%00", 422), ("x" * 65, 422), ("a%0Ab", 422), ("a/b", 404), ("", 404)])
async def test_absurd_numbers_in_the_path_are_refused(small, path, status):
    answer = await small.get(f"/v1/orders/{path}", headers=signed())
    assert answer.status_code == status
    assert answer.json()["detail"]


async def test_codes_with_slashes_are_one_code(small):
    assert (await small.get("/v1/products/A%2FB", headers=signed())).json() == {"sku": "A/B"}
    assert (await small.get("/v1/products/A/B", headers=signed())).json() == {"sku": "A/B"}


async def test_limit_defaults_to_fifty(small):
    answer = await small.get("/v1/orders?limit=500&after=abc", headers=signed())
    assert answer.json() == {"limit": 500, "after": "abc", "state": None}
    assert (await small.get("/v1/orders", headers=signed())).json()["limit"] == 50
