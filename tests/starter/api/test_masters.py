"""Master data over HTTP: made with 201, replaced with 200, shown as stored."""

from __future__ import annotations

from starter.api.examples import EXAMPLES

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


async def test_a_tax_rate_is_a_fraction(live):
    answer = await live.put("/v1/tax-codes/odd", {"rate": "20"})
    assert answer.status_code == 422
    assert 'write "0.2" for twenty percent' in answer.json()["detail"]
