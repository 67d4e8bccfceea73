"""The shapes of answers in the contract are true: real answers of every route, in many states, fit them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx2
import pytest

from activities.after_sales import escalate_case
from activities.replenishment import chase_supply
from activities.review import escalate_holds, review_order
from db.engine import settled
from domain.order_life import OrderState
from domain.steps import CaseStep, OrderStep, SupplyStep
from intake.receipt import hold_document
from starter.api.examples import EXAMPLES
from starter.forecasting.making import make
from tests import builders
from tests.db.small_company import lived_through
from tests.starter.api.conform import Conform, contract, documented, resolved, routes
from tests.starter.api.live import Live, put_masters
from tests.starter.api.test_webhooks import CARRIERS, PAYMENT, PAYMENTS, SCAN, raw

DOCUMENTED = [pytest.param(schema, id=f"{route.name} {status}") for route, status, schema in documented()]
READS = [route for route in routes() if route.methods == {"GET"} and not route.path_format.endswith(("pdf", "metrics"))]
OWN_NAME = re.compile(r"/\{(number|code|sku|kind|name|username)\}")
NEVER_FILLED = {
    "Check": {"breaches"},
    "DelegationPage": {"next"},
    "KeyRowPage": {"next"},
    "QueueCountPage": {"next"},
    "Ready": {"warnings"},
    "ReceivedSupply": {"chased_at", "components", "warnings"},
    "ReportRowPage": {"next"},
    "Shipment": {"label_url"},
    "ShipmentRow": {"label_url"},
    "SuggestionPage": {"next"},
    "TimelineEntryPage": {"next"},
    "User": {"language", "locked_until"},
    "UserPage": {"next"},
    "UserWithChanges": {"language", "locked_until"},
    "UserWithPassword": {"language", "locked_until"},
    "Why": {"failing"},
}
"""Left empty: no check is broken, six lists come whole, this carrier prints no label, no engine has failing steps,
the schema is the release's own, and the one receipt is of a purchase that came in time, in a warehouse that there was.
"""


@pytest.mark.parametrize("schema", DOCUMENTED)
def test_every_answer_has_a_shape_with_fields(schema: dict[str, Any]) -> None:
    for each in resolved(schema).get("anyOf", [schema]):
        assert resolved(each)["properties"]
        assert resolved(each)["required"]


def test_the_shapes_are_many_and_none_is_general() -> None:
    assert len(DOCUMENTED) > 50
    assert not {"Document", "Page"} & contract()["components"]["schemas"].keys()


def test_states_and_reasons_are_lists_of_what_there_is() -> None:
    shapes = contract()["components"]["schemas"]
    assert set(shapes["Order"]["properties"]["state"]["enum"]) == {state.value for state in OrderState}
    assert "PARTIALLY_PAID" in shapes["Invoice"]["properties"]["state"]["enum"]
    assert "CREDIT" in shapes["Reason"]["enum"]


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, {"status": "dead"}), (200, {}), (200, "ok"), (418, {"status": "ok"})],
    ids=["another word", "a field is missing", "no object", "a status that is not documented"],
)
async def test_an_answer_that_breaks_its_shape_is_noticed(status: int, body: Any) -> None:
    request = httpx2.Request("GET", "http://api/healthz")
    await Conform()(httpx2.Response(200, json={"status": "ok", "more": 1}, request=request))
    with pytest.raises(AssertionError, match="GET /healthz"):
        await Conform()(httpx2.Response(status, json=body, request=request))


@pytest.fixture
async def company(live: Live, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Live]:
    """A company that has lived through every path of an order."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    await lived_through()
    await put_masters(live)
    yield live


async def test_real_answers_of_every_route_fit_their_shapes(company: Live) -> None:
    await _write_everything(company)
    await _read_everything(company)
    assert len(READS) > 20
    promised = {(route.name, status) for route, status, _ in documented()}
    assert promised - company.conform.seen == set()
    assert _never_filled(company) == NEVER_FILLED


def _never_filled(live: Live) -> dict[str, set[str]]:
    shapes = contract()["components"]["schemas"]
    return {
        name: unseen
        for name, filled in live.conform.filled.items()
        if (unseen := shapes[name]["properties"].keys() - filled)
    }


async def _read_everything(live: Live) -> None:
    await builders.run("UPDATE engine_outbox SET sent_at = created_at")  # so that orders wait for what follows
    for route in READS:
        path = route.path_format
        if "{" not in path:
            for query in ("", "?limit=1") if _limited(path) else ("",):
                assert (await live.get(path + query)).status_code == 200, path
            continue
        collection = OWN_NAME.split(path)[0]
        items = (await live.get(f"{collection}?limit=500" if _limited(collection) else collection)).json()["items"]
        assert items, collection
        for item in items:
            name = (
                item.get("number")
                or item.get("code")
                or item.get("sku")
                or item.get("kind")
                or item.get("username")
                or item["name"]
            )
            for query in ("", "?limit=1") if _limited(path) else ("",):
                assert (await live.get(OWN_NAME.sub(f"/{name}", path) + query)).status_code == 200, path


def _limited(path: str) -> bool:
    return "limit" in str(contract()["paths"][path]["get"].get("parameters"))


async def _write_everything(live: Live) -> None:
    for path, body in [
        ("/v1/tax-codes/NEW", EXAMPLES["put_tax_code"]),
        ("/v1/customers/GROUPED", {**EXAMPLES["put_customer"], "group": "retail"}),
        ("/v1/products/PACKED", {**EXAMPLES["put_product"], "pack_multiple": "6"}),
    ]:
        assert (await live.put(path, body)).status_code == 201
    order = await _orders(live)
    await _money_and_goods(live)
    await _by_hand(live, order)
    await _after_sales(live, order)
    await _operation(live)
    await put_masters(live)


async def _ok(live: Live, path: str, body: Any, *statuses: int) -> Any:
    answers = [await live.post(path, body) for _ in statuses]
    assert tuple(answer.status_code for answer in answers) == statuses, (path, answers[-1].text)
    return answers[-1].json()


async def _orders(live: Live) -> str:
    taken = await _ok(live, "/v1/orders", EXAMPLES["submit_order"], 201, 200)
    order = f"/v1/orders/{taken['number']}"
    for move in ("pause", "resume", "retry", "reset"):
        await _ok(live, f"{order}/{move}?preview=true", EXAMPLES[f"{move}_order"], 200)
        await _ok(live, f"{order}/{move}", EXAMPLES[f"{move}_order"], 202)
    packed = await builders.an_order({"BOLT": 2}, ship_by=builders.NOW.date())
    await builders.noted(packed)
    await _ok(live, f"/v1/orders/{packed}/cancel?preview=true", None, 200)
    await _ok(live, f"/v1/orders/{packed}/cancel", EXAMPLES["cancel_order"], 202, 202)
    for decision, more in (("release", {"until": "2030-01-01"}), ("reject", {})):
        cheap = await builders.an_order([{"sku": "BOLT", "quantity": 3, "discount_percent": "50"}])
        await review_order(OrderStep(number=cheap, now=builders.NOW))
        await escalate_holds(OrderStep(number=cheap, now=builders.NOW + 10 * builders.DAY))
        (hold, *_) = (await live.get(f"/v1/holds?status=open&order={cheap}")).json()["items"]
        path = f"/v1/orders/{cheap}/holds/{hold['id']}/{decision}"
        await _ok(live, path, {**EXAMPLES[f"{decision}_hold"], **more}, 200)
    for number in (taken["number"], None):
        rows = [{"sku": "NB-A5", "order": number}]
        kept = partial(
            hold_document, actor=builders.SALES, document="notes.csv", kind="credit_note", reason="A credit note",
            rows=rows, linked_order=number, now=builders.NOW,
        )  # fmt: skip
        assert await settled(kept)
    return str(taken["number"])


async def _money_and_goods(live: Live) -> None:
    await _ok(live, "/v1/payments", EXAMPLES["record_payment"], 201, 200)
    await builders.some_stock("BOLT", 100)
    (note,) = await builders.noted(await builders.an_order({"BOLT": 12}))
    await _ok(live, f"/v1/shipments/{note}/pick", EXAMPLES["confirm_pick"], 200)
    (*_, supply) = await builders.allocated(await builders.an_order({"NUT": 200}))
    arrived = {"lines": [{"sku": "NUT", "quantity": "5"}], "warehouse": "MAIN", "reference": "DN-7"}
    await _ok(live, f"/v1/supply-orders/{supply}/receipts", arrived, 200)
    await chase_supply(SupplyStep(number=supply, now=builders.NOW + 30 * builders.DAY))
    moved = {**EXAMPLES["move_stock"], "reference": "count of May"}
    await _ok(live, "/v1/stock/movements", moved, 201)
    await _ok(live, "/v1/stock/movements", {**moved, "warehouse": "Ostlager 7"}, 201)
    (shipment,) = await builders.booked(await builders.an_order())
    tracking = (await live.get(f"/v1/shipments/{shipment}")).json()["tracking_number"]
    scan = {**SCAN["data"], "tracking_number": tracking, "location": "Hull", "signed_by": "A. Porter"}
    for path, body in [
        (PAYMENTS, PAYMENT),
        (PAYMENTS, {"type": "payment.refunded"}),
        (CARRIERS, SCAN),
        (f"/v1/webhooks/carriers/{builders.CARRIER}", {**SCAN, "data": {**scan, "status": "delivered"}}),
    ]:
        assert (await live.hook(path, raw(body))).status_code == 200, body


async def _by_hand(live: Live, order: str) -> None:
    await _ok(live, f"/v1/orders/{order}/comments", EXAMPLES["comment_on_order"], 201)
    (bill,) = await builders.invoiced(await builders.an_order({"BOLT": 3}, customer_po="PO-77"))
    cash = await builders.a_payment("40.00", reference="who is this")
    await _ok(live, f"/v1/payments/{cash}/apply", {"invoice": bill, "amount": "6.00"}, 200)
    for decision, amount in (("withdrawn", "4.00"), ("upheld", "5.00"), (None, "25.00")):
        opened = await _ok(live, f"/v1/invoices/{bill}/disputes", {"amount": amount, "reason": "bent"}, 201)
        decided = {"outcome": decision, "comment": "looked at"}
        if decision:
            await _ok(live, f"/v1/invoices/{bill}/disputes/{opened['id']}/resolve", decided, 200)
    await _ok(live, "/v1/supply-orders", EXAMPLES["create_supply_order"], 201)
    await _ok(live, "/v1/products/NUT/reorder-point", EXAMPLES["set_reorder_point"], 200)
    await builders.an_order({"BOLT": 1}, now=datetime.now(UTC) - 140 * builders.DAY)
    await make(datetime.now(UTC))
    assert (await live.get("/v1/reports/forecast?sku=BOLT")).json()["series"]
    (*_, supply) = await builders.allocated(await builders.an_order({"NUT": 30}))
    await _ok(live, f"/v1/supply-orders/{supply}/acknowledge", EXAMPLES["acknowledge_supply"], 200, 200)


async def _after_sales(live: Live, order: str) -> None:
    await _ok(live, f"/v1/orders/{order}/feedback", EXAMPLES["record_feedback"], 201)
    case = await _ok(live, "/v1/cases", {**EXAMPLES["open_case"], "order": order, "description": "All of them."}, 201)
    await escalate_case(CaseStep(number=case["number"], now=datetime.now(UTC) + 10 * builders.DAY))
    await _ok(live, f"/v1/cases/{case['number']}/assign", {"assignee": "desk two", "comment": "Look."}, 200)


async def _operation(live: Live) -> None:
    await _ok(live, "/v1/users", EXAMPLES["create_user"], 201)
    await _ok(live, "/v1/users", {"username": "bob", "role": "sales"}, 201)
    changed = await live.client.patch("/v1/users/ann", json=EXAMPLES["change_user"], headers=live.headers())
    assert changed.status_code == 200
    for move in ("disable", "reset"):
        await _ok(live, f"/v1/users/{EXAMPLES['create_user']['username']}/{move}", None, 200)
    for begins in ("2030-01-01T08:00:00Z", None):
        away = {**EXAMPLES["create_delegation"], "begins_at": begins}
        away |= {} if begins else {"ends_at": (datetime.now(UTC) + builders.DAY).isoformat()}
        made = await _ok(live, "/v1/delegations", away, 201)
    await _ok(live, f"/v1/delegations/{made['id']}/end", None, 200)
    await _ok(live, "/v1/keys", EXAMPLES["create_key"], 201)
    await _ok(live, f"/v1/keys/{EXAMPLES['create_key']['name']}/revoke", None, 200)
    for way in ("decode", "encode"):
        await _ok(live, f"/v1/codec/{way}", EXAMPLES[f"{way}_payloads"], 200)
