"""Master data over HTTP: made with 201, replaced with 200, shown as stored."""

from __future__ import annotations

from decimal import Decimal

import pytest

from starter.api.examples import EXAMPLES
from tests.builders import rows

CARDS = [
    ("/v1/tax-codes/books", "put_tax_code"),
    ("/v1/suppliers/PAPERMILL", "put_supplier"),
    ("/v1/customers/HARBOUR", "put_customer"),
]


async def test_a_card_is_made_then_replaced(live):
    for path, example in CARDS:
        made = await live.put(path, EXAMPLES[example])
        again = await live.put(path, EXAMPLES[example])
        assert (made.status_code, again.status_code) == (201, 200), path
        assert made.headers["location"] == path
        assert {field: made.json()[field] for field in EXAMPLES[example]} == EXAMPLES[example]


async def test_a_product_is_shown_as_sent(shop):
    shown = (await shop.get("/v1/products/NB-A5")).json()
    assert shown["sku"] == "NB-A5"
    assert shown["prices"] == [{"currency": "GBP", "amount": "9.90"}]
    assert shown["supply"]["supplier"] == "PAPERMILL"


async def test_codes_may_hold_slashes_and_chinese(shop):
    body = {**EXAMPLES["put_product"], "supply": {"route": "none"}}
    made = await shop.put("/v1/products/纸/A5", body)
    assert made.status_code == 201, made.text
    assert made.headers["location"] == "/v1/products/%E7%BA%B8%2FA5"
    assert (await shop.get(made.headers["location"])).json()["sku"] == "纸/A5"


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_the_reorder_point_of_a_product_is_no_product(shop, method):
    path = "/v1/products/NB-A5/reorder-point"
    answer = await shop.client.request(method, path, json=EXAMPLES["put_product"], headers=shop.headers())
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert [row.sku for row in await rows("SELECT sku FROM product WHERE sku LIKE '%reorder%'")] == []


async def test_a_tax_rate_is_a_fraction(live):
    answer = await live.put("/v1/tax-codes/odd", {"rate": "20"})
    assert answer.status_code == 422
    assert 'write "0.2" for twenty percent' in answer.json()["detail"]


REORDER = ("reorder_point", "reorder_quantity")


async def reorder_of(shop, sku: str = "NB-A5") -> list[str | None]:
    """The reorder point and quantity of a product as they are shown."""
    shown = (await shop.get(f"/v1/products/{sku}")).json()
    return [shown[name] for name in REORDER]


async def test_a_reorder_point_stays_until_a_card_names_it(shop):
    assert await reorder_of(shop) == [None, None]
    answer = await shop.post("/v1/products/NB-A5/reorder-point", EXAMPLES["set_reorder_point"])
    assert (answer.status_code, answer.json()["reorder_point"]) == (200, "120")
    await shop.put("/v1/products/NB-A5", EXAMPLES["put_product"])
    assert await reorder_of(shop) == ["120", "200"], "a card that does not speak of it changes nothing"
    await shop.put("/v1/products/NB-A5", {**EXAMPLES["put_product"], "reorder_point": "7.5"})
    assert await reorder_of(shop) == ["7.5", "200"]
    await shop.put("/v1/products/NB-A5", {**EXAMPLES["put_product"], "reorder_point": None, "reorder_quantity": None})
    assert await reorder_of(shop) == [None, None]
    kept = await rows("SELECT actor, reorder_point, reorder_quantity FROM reorder_setting ORDER BY id")
    assert [[row.reorder_point, row.reorder_quantity] for row in kept] == [
        [120, 200],
        [Decimal("7.5"), 200],
        [None] * 2,
    ]
    assert len({row.actor for row in kept}) == 1


async def test_a_reorder_point_is_refused_below_nothing_and_for_no_product(shop):
    assert (await shop.post("/v1/products/NB-A5/reorder-point", {"reorder_point": "-1"})).status_code == 422
    assert (await shop.post("/v1/products/NB-A5/reorder-point", {})).status_code == 422
    assert (await shop.post("/v1/products/NONE/reorder-point", {"reorder_point": "1"})).status_code == 404


@pytest.mark.parametrize(("currency", "limit"), [("EUR", "1000.005"), ("JPY", "100000.50")])
async def test_a_credit_limit_is_an_amount_that_the_currency_has(shop, currency: str, limit: str):
    card = {**EXAMPLES["put_customer"], "currency": currency, "credit_limit": limit}
    refused = await shop.put("/v1/customers/FRACTION", card)
    detail = f"{currency} has no such fraction: {limit}."
    assert (refused.status_code, refused.json()["errors"]) == (422, [{"pointer": "/credit_limit", "detail": detail}])
    assert (await shop.put("/v1/customers/FRACTION", {**card, "credit_limit": "1000.00"})).status_code == 201
