"""The same key and body give the same answer, whatever happens between; a refusal leaves the key free."""

from __future__ import annotations

import asyncio

from domain.actor import Role
from starter.api.examples import EXAMPLES

MOVEMENT = EXAMPLES["move_stock"]


async def on_hand(shop) -> str:
    """What is on hand of the notebook."""
    (item,) = (await shop.get("/v1/stock?sku=NB-A5")).json()["items"]
    return item["on_hand"]


async def test_a_repetition_gets_the_stored_answer_and_changes_nothing(shop):
    first = await shop.post("/v1/stock/movements", MOVEMENT, key="move-1")
    again = await shop.post("/v1/stock/movements", MOVEMENT, key="move-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert "idempotent-replay" not in first.headers
    assert again.headers["idempotent-replay"] == "true"
    assert await on_hand(shop) == "200"


async def test_without_a_key_each_request_counts(shop):
    await shop.post("/v1/stock/movements", MOVEMENT)
    await shop.post("/v1/stock/movements", MOVEMENT)
    assert await on_hand(shop) == "300"


async def test_another_body_under_the_same_key_is_refused(shop):
    await shop.post("/v1/stock/movements", MOVEMENT, key="move-1")
    other = await shop.post("/v1/stock/movements", {**MOVEMENT, "quantity": "7"}, key="move-1")
    assert other.status_code == 422
    assert "key" in other.json()["detail"].lower()
    assert await on_hand(shop) == "200"


async def test_the_same_key_on_another_path_is_refused(shop):
    await shop.post("/v1/stock/movements", MOVEMENT, key="one-key")
    assert (await shop.post("/v1/orders", EXAMPLES["submit_order"], key="one-key")).status_code == 422


async def test_keys_of_different_actors_do_not_meet(shop):
    await shop.post("/v1/stock/movements", MOVEMENT, key="move-1")
    other = await shop.post("/v1/stock/movements", {**MOVEMENT, "quantity": "7"}, Role.WAREHOUSE, key="move-1")
    assert other.status_code == 201
    assert await on_hand(shop) == "207"


async def test_twins_at_the_same_instant_are_one(shop):
    body = {**EXAMPLES["submit_order"], "customer_po": None}
    answers = await asyncio.gather(*(shop.post("/v1/orders", body, key="twin") for _ in range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert {answer.headers["location"] for answer in answers} == {f"/v1/orders/{answers[0].json()['number']}"}
    assert sum("idempotent-replay" in answer.headers for answer in answers) == 7
    assert len((await shop.get("/v1/orders")).json()["items"]) == 1


async def test_a_refusal_leaves_the_key_free(shop):
    wrong = {**MOVEMENT, "sku": "NOBODY-KNOWS"}
    assert (await shop.post("/v1/stock/movements", wrong, key="move-1")).status_code == 422
    assert (await shop.post("/v1/stock/movements", MOVEMENT, key="move-1")).status_code == 201


async def test_a_bad_key_is_malformed(shop):
    for key in ("x" * 256, "two words", "", "tab\there"):
        answer = await shop.post("/v1/stock/movements", MOVEMENT, key=key)
        assert answer.status_code == 400, key
        assert "1 to 255 visible ASCII characters" in answer.json()["detail"]
    assert await on_hand(shop) == "100"


async def test_a_new_api_key_is_shown_once_even_to_a_repetition(live):
    first = await live.post("/v1/keys", EXAMPLES["create_key"], key="k-1")
    again = await live.post("/v1/keys", EXAMPLES["create_key"], key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == {"name": "web-shop", "role": "integration", "key": None}
    headers = {"Authorization": f"Bearer {first.json()['key']}"}
    assert (await live.client.get("/v1/orders", headers=headers)).status_code == 200
