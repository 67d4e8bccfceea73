"""Documents further down an order's life, read and moved over HTTP: shipments, invoices, supply orders, cases."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from activities.review import review_order
from domain.actor import Role
from domain.steps import OrderStep
from tests import builders
from tests.starter.api.live import Live


@pytest.fixture
async def company(live: Live) -> Live:
    """The application on a company with stock and customers."""
    await builders.a_company()
    return live


async def test_an_invoice_is_shown_listed_and_printed(company):
    order = await builders.an_order()
    (number,) = await builders.invoiced(order)
    shown = (await company.get(f"/v1/invoices/{number}", Role.FINANCE)).json()
    assert (shown["number"], shown["order"], shown["state"]) == (number, order, "POSTED")
    listed = (await company.get("/v1/invoices?state=POSTED")).json()["items"]
    assert [item["number"] for item in listed] == [number]
    printed = await company.get(f"/v1/invoices/{number}.pdf")
    assert printed.headers["content-type"] == "application/pdf"
    assert printed.headers["content-disposition"] == f"inline; filename*=UTF-8''{number}.pdf"
    assert printed.content.startswith(b"%PDF-")
    chinese = await company.get(f"/v1/invoices/{number}.pdf?lang=zh-CN")
    assert chinese.content.startswith(b"%PDF-")
    assert chinese.content != printed.content


async def test_a_pick_is_confirmed_once(company):
    (number,) = await builders.noted(await builders.an_order())
    body = {"lines": [{"line": 1, "quantity": "3"}], "packages": 2}
    assert (await company.post(f"/v1/shipments/{number}/pick", body, Role.SALES)).status_code == 403
    picked = await company.post(f"/v1/shipments/{number}/pick", body, Role.WAREHOUSE)
    assert picked.status_code == 200, picked.text
    assert (picked.json()["number"], picked.json()["state"], picked.json()["packages"]) == (number, "PACKED", 2)
    short = {"lines": [{"line": 1, "quantity": "1"}]}
    for second in (body, short):
        refused = await company.post(f"/v1/shipments/{number}/pick", second, Role.WAREHOUSE)
        assert refused.status_code == 409, refused.text
        assert "BOOKED" in refused.json()["legal_moves"]
    assert (await company.get(f"/v1/shipments/{number}")).json()["lines"][0]["picked"] == "3"
    note = await company.get(f"/v1/delivery-notes/{number}.pdf")
    assert note.content.startswith(b"%PDF-")


async def test_a_pick_without_a_body_is_a_full_pick(company):
    (number,) = await builders.noted(await builders.an_order())
    picked = await company.client.post(f"/v1/shipments/{number}/pick", headers=company.headers())
    assert (picked.status_code, picked.json()["state"]) == (200, "PACKED")


async def test_a_scan_moves_the_shipment_however_often_it_comes(company):
    (number,) = await builders.booked(await builders.an_order())
    tracking = (await company.get(f"/v1/shipments/{number}")).json()["tracking_number"]
    at = datetime.now(UTC).isoformat()
    fact = {"tracking_number": tracking, "status": "in_transit", "raw_status": "IT", "at": at, "sequence": 1}
    body = json.dumps({"type": "tracking.updated", "data": fact}).encode()
    for _ in range(2):
        answer = await company.hook(f"/v1/webhooks/carriers/{builders.CARRIER}", body)
        assert (answer.status_code, answer.json()["received"]) == (200, True)
    shown = (await company.get(f"/v1/shipments/{number}")).json()
    assert shown["state"] == "IN_TRANSIT"
    assert len(shown["tracking"]) == 1


async def test_a_supply_order_takes_partial_receipts(company):
    (number, *_) = await builders.allocated(await builders.an_order({"NUT": 12}))
    waiting = (await company.get(f"/v1/supply-orders/{number}", Role.PURCHASING)).json()
    assert waiting["sku"] == "NUT"
    body = {"lines": [{"sku": "NUT", "quantity": "5"}], "warehouse": "MAIN"}
    taken = await company.post(f"/v1/supply-orders/{number}/receipts", body, Role.WAREHOUSE)
    assert (taken.status_code, taken.json()["state"], taken.json()["received"]) == (200, "PARTIALLY_RECEIVED", "5")
    far_too_much = {"lines": [{"sku": "NUT", "quantity": "5000"}], "warehouse": "MAIN"}
    refused = await company.post(f"/v1/supply-orders/{number}/receipts", far_too_much, Role.WAREHOUSE)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/lines"


async def test_a_hold_is_released_by_its_owner_only(company):
    order = await builders.an_order([{"sku": "BOLT", "quantity": 3, "discount_percent": "50"}])
    await review_order(OrderStep(number=order, now=builders.NOW))
    (hold, *_) = (await company.get(f"/v1/holds?status=open&order={order}")).json()["items"]
    path = f"/v1/orders/{order}/holds/{hold['id']}"
    refused = await company.post(f"{path}/release", {"comment": "fine"}, Role.WAREHOUSE)
    assert refused.status_code == 403
    assert hold["owner_role"] in refused.json()["detail"]
    assert (await company.post(f"{path}/release", {"comment": " "}, Role.MANAGER)).status_code == 422
    released = await company.post(f"{path}/release", {"comment": "A good customer."}, Role.MANAGER)
    assert released.status_code == 200, released.text
    assert [each["status"] for each in released.json()["holds"] if each["id"] == hold["id"]] == ["RELEASED"]
    again = await company.post(f"{path}/reject", {"comment": "No."}, Role.MANAGER)
    assert (again.status_code, again.json()["legal_moves"]) == (409, [])


async def test_a_case_is_worked_on_move_by_move(company):
    order = await builders.an_order()
    opened = await company.post("/v1/cases", {"order": order, "subject": "One bolt is bent"}, Role.SUPPORT)
    assert opened.status_code == 201, opened.text
    path = opened.headers["location"]
    assert (await company.get(path)).json()["state"] == "NEW"
    for move, body, state in [
        ("assign", {"assignee": "desk two"}, "ASSIGNED"),
        ("start", None, "IN_PROGRESS"),
        ("wait", {"comment": "Which bolt?"}, "WAITING_CUSTOMER"),
        ("resume", {}, "IN_PROGRESS"),
        ("resolve", {"comment": "A new one is on its way."}, "RESOLVED"),
        ("close", {}, "CLOSED"),
    ]:
        moved = await company.post(f"{path}/{move}", body, Role.SUPPORT)
        assert (moved.status_code, moved.json().get("state")) == (200, state), moved.text
    illegal = await company.post(f"{path}/start", {}, Role.SUPPORT)
    assert (illegal.status_code, illegal.json()["legal_moves"]) == (409, [])
    unknown = await company.post(f"{path}/explode", {}, Role.SUPPORT)
    assert unknown.status_code == 422
    assert "'assign', 'start'" in unknown.json()["detail"]


async def test_feedback_is_recorded(company):
    order = await builders.an_order()
    answer = await company.post(f"/v1/orders/{order}/feedback", {"score": 5}, Role.SUPPORT)
    assert (answer.status_code, answer.json()) == (201, {"order": order, "score": 5, "comment": None})
    assert (await company.post(f"/v1/orders/{order}/feedback", {"score": 6})).status_code == 422


async def test_a_whole_life_can_be_read(company):
    order = await builders.completed(await builders.an_order())
    shown = (await company.get(f"/v1/orders/{order}")).json()
    assert (shown["state"], shown["delivery"], shown["payment"]) == ("COMPLETED", "full", "paid")
    assert len((await company.get(f"/v1/orders/{order}/timeline")).json()["items"]) > 5
    assert (await company.get(f"/v1/journal?order={order}")).json()["items"]
    assert (await company.get("/v1/trial-balance")).json()["currencies"][0]["balanced"] is True
    late = await company.post(f"/v1/orders/{order}/cancel", {"reason": "Too late."})
    assert late.status_code == 409
    assert late.json()["legal_moves"] is not None
