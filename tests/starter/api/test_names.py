"""Names that are easily mistaken: two keys under one, and a warehouse that is opened by a typing error."""

from __future__ import annotations

from starter.api.examples import EXAMPLES
from tests import builders

KEY = {"name": "scanner-3", "role": "warehouse"}


async def test_a_name_has_one_good_key(live):
    assert (await live.post("/v1/keys", KEY)).status_code == 201
    [prefix] = [each["prefix"] for each in (await live.get("/v1/keys")).json()["items"] if each["name"] == KEY["name"]]
    again = await live.post("/v1/keys", {**KEY, "role": "sales"})
    assert again.status_code == 409
    assert again.json()["detail"] == (
        f"A good key has the name 'scanner-3' already: {prefix}. Choose another name, or revoke that one first with "
        f"POST /v1/keys/{prefix}/revoke."
    )
    assert (await live.post(f"/v1/keys/{prefix}/revoke", {})).status_code == 200
    assert (await live.post("/v1/keys", KEY)).status_code == 201


async def moved(live, warehouse: str, **more: str) -> list[str]:
    """What a movement in a warehouse warns of."""
    answer = await live.post("/v1/stock/movements", {**EXAMPLES["move_stock"], "warehouse": warehouse, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()["warnings"]


async def test_a_new_warehouse_beside_others_is_pointed_out_and_opened(shop):
    known = EXAMPLES["move_stock"]["warehouse"]
    typo = known[:-2] + known[-1] + known[-2]
    assert await moved(shop, known) == []
    assert await moved(shop, typo) == [
        f"The warehouse {typo} is new: nothing was in it before. If {known} was meant, take the pieces out again "
        f"with an adjustment and send the movement with {known}."
    ]
    assert await moved(shop, typo) == []
    assert await moved(shop, "Ostlager 7") == ["The warehouse Ostlager 7 is new: nothing was in it before."]


async def test_so_is_one_that_a_receipt_opens(shop):
    ordered = (await shop.post("/v1/supply-orders", EXAMPLES["create_supply_order"])).json()
    for state in ("APPROVED", "ORDERED"):
        await builders.run("UPDATE supply_order SET state = :s WHERE number = :n", s=state, n=ordered["number"])
    await moved(shop, "MAIN")
    for warehouse, warnings in (("NOPE", 1), ("NOPE", 0), ("MAIN", 0)):
        body = {"lines": [{"sku": ordered["sku"], "quantity": "1"}], "warehouse": warehouse}
        answer = await shop.post(f"/v1/supply-orders/{ordered['number']}/receipts", body)
        assert (answer.status_code, len(answer.json()["warnings"])) == (200, warnings), answer.text


async def test_the_first_warehouse_of_a_company_is_nothing_to_point_out(live):
    await builders.a_product("NB-A5")
    assert await moved(live, "MAIN") == []
