"""Orders over HTTP on a real database: taken once, shown, listed, explained, cancelled."""

from __future__ import annotations

from typing import Any

from activities.cancellation import undo_order
from domain.actor import Role
from domain.steps import OrderStep
from starter.api.examples import EXAMPLES
from tests import builders

ORDER = EXAMPLES["submit_order"]


async def test_an_order_is_made_and_found_at_its_location(shop):
    made = await shop.post("/v1/orders", ORDER, Role.INTEGRATION)
    assert made.status_code == 201, made.text
    number = made.json()["number"]
    assert made.headers["location"] == f"/v1/orders/{number}"
    found = await shop.get(made.headers["location"], Role.SUPPORT)
    assert found.status_code == 200
    document = found.json()
    assert document["customer"] == "HARBOUR"
    assert document["lines"][0]["unit_price"] == "9.90"
    assert document["lines"][0]["quantity"] == "12"
    assert isinstance(document["total"], str)


async def test_the_same_po_and_content_is_the_same_order(shop):
    first = await shop.post("/v1/orders", ORDER)
    again = await shop.post("/v1/orders", ORDER)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["number"] == again.json()["number"]


BAD_ORDERS: list[tuple[dict[str, Any], str]] = [
    ({"customer": "NOBODY"}, "/customer"),
    ({"currency": "XXX"}, "/currency"),
    ({"lines": [{"sku": "NB-A5", "quantity": "1"}, {"sku": "NOPE", "quantity": "1"}]}, "/lines/1/sku"),
    ({"requested_date": "1999-01-01"}, "/requested_date"),
    ({"requested_date": "2999-01-01"}, "/requested_date"),
]


async def test_what_only_the_stage_can_know_is_pointed_at_too(shop):
    for change, pointer in BAD_ORDERS:
        answer = await shop.post("/v1/orders", {**ORDER, **change})
        assert answer.status_code == 422, change
        assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert (await shop.get("/v1/orders")).json() == {"items": [], "next": None}


async def test_a_list_is_walked_page_by_page_newest_first(shop):
    numbers = []
    for place in range(5):
        made = await shop.post("/v1/orders", {**ORDER, "customer_po": f"PO-{place}"})
        numbers.append(made.json()["number"])
    seen, path = [], "/v1/orders?limit=2"
    for _ in range(3):
        page = (await shop.get(path)).json()
        seen += [item["number"] for item in page["items"]]
        path = f"/v1/orders?limit=2&after={page['next']}"
    assert page["next"] is None
    assert seen == numbers[::-1]


async def test_filters_choose_and_unknown_ones_are_refused(shop):
    await shop.post("/v1/orders", ORDER)
    assert len((await shop.get("/v1/orders?customer=HARBOUR")).json()["items"]) == 1
    assert (await shop.get("/v1/orders?customer=OTHER")).json()["items"] == []
    assert (await shop.get("/v1/orders?costumer=HARBOUR")).status_code == 422


async def test_the_timeline_speaks_both_languages(shop):
    number = (await shop.post("/v1/orders", ORDER)).json()["number"]
    english = (await shop.get(f"/v1/orders/{number}/timeline?lang=en")).json()["items"]
    chinese = (await shop.get(f"/v1/orders/{number}/timeline", **{"Accept-Language": "zh-CN"})).json()["items"]
    assert english[0]["event"] == chinese[0]["event"] == "order_submitted"
    assert english[0]["summary"].isascii()
    assert not chinese[0]["summary"].isascii()
    assert english[0]["actor"] == "admin clerk"


async def test_why_answers_for_an_order_and_404s_for_none(shop):
    number = (await shop.post("/v1/orders", ORDER)).json()["number"]
    answer = await shop.get(f"/v1/orders/{number}/why")
    assert answer.status_code == 200, answer.text
    assert {"waiting_for", "sentence", "next_actions"} <= answer.json().keys()
    assert answer.json()["sentence"].isascii()
    assert (await shop.get(f"/v1/orders/{number}/why?lang=zh-CN")).json()["sentence"]
    assert (await shop.get("/v1/orders/SO-999999/why")).status_code == 404


async def test_a_cancellation_is_previewed_then_done(shop):
    number = (await shop.post("/v1/orders", ORDER)).json()["number"]
    preview = await shop.post(f"/v1/orders/{number}/cancel?preview=true", {"reason": "Just asking."})
    assert preview.status_code == 200, preview.text
    assert {"state", "undo"} <= preview.json().keys()
    assert (await shop.get(f"/v1/orders/{number}")).json()["state"] not in ("CANCELLING", "CANCELLED")
    done = await shop.post(f"/v1/orders/{number}/cancel", EXAMPLES["cancel_order"])
    assert done.status_code == 202, done.text
    assert (await shop.get(f"/v1/orders/{number}")).json()["state"] in ("CANCELLING", "CANCELLED")


async def test_a_cancellation_is_told_in_chinese_before_and_after(live):
    await builders.a_company()
    number = await builders.an_order({"BOLT": 3})
    await builders.allocated(number)
    path = f"/v1/orders/{number}"
    preview = (await live.post(f"{path}/cancel?preview=true&lang=zh-CN", None)).json()["undo"]
    assert [(step["effect"], step["action"]) for step in preview] == [
        ("已占用信用额度 36.00", "释放被取消部分的信用额度"),
        ("已在 EAST 分配 BOLT 3 件", "释放库存"),
    ]
    asked = (await live.post(f"{path}/cancel?lang=zh-CN", EXAMPLES["cancel_order"])).json()["undo"]
    assert asked == preview
    await undo_order(OrderStep(number=number, now=builders.NOW))
    items = (await live.get(f"{path}/timeline?lang=zh-CN")).json()["items"]
    undone = [each["summary"] for each in items if each["event"] == "effect_undone"]
    assert undone == [f"已撤销：{step['effect']}。" for step in preview]


async def test_a_cancellation_says_why(shop):
    number = (await shop.post("/v1/orders", ORDER)).json()["number"]
    answer = await shop.client.post(f"/v1/orders/{number}/cancel", headers=shop.headers())
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "/reason", "detail": "this field is required"}]


NOWHERE = [
    ("/v1/orders/SO-999999/cancel", EXAMPLES["cancel_order"]),
    ("/v1/orders/SO-999999/cancel?preview=true", EXAMPLES["cancel_order"]),
    ("/v1/orders/SO-999999/holds/1/release", {"comment": "ok"}),
    ("/v1/orders/SO-999999/holds/99999999999999999999/reject", {"comment": "no"}),
    ("/v1/orders/SO-999999/feedback", EXAMPLES["record_feedback"]),
    ("/v1/shipments/SH-999999/pick", EXAMPLES["confirm_pick"]),
    ("/v1/supply-orders/PO-999999/receipts", EXAMPLES["record_receipt"]),
    ("/v1/cases/CS-999999/assign", EXAMPLES["move_case"]),
]


async def test_what_does_not_exist_is_not_found(shop):
    for path, body in NOWHERE:
        answer = await shop.post(path, body)
        assert answer.status_code == 404, path
        assert answer.json()["detail"].startswith("There is no ")
