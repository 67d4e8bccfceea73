"""The documents as people and programs read them, on a real database: whole, exact, in order, page by page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from activities.after_sales import send_follow_up
from activities.collection import send_reminder
from activities.review import review_order
from activities.shipping import create_shipments
from db.engine import settled, transaction
from db.queries import policies, views_masters, views_order
from db.queries import views_documents as documents
from domain.facts import Cancellation, CaseMove, Feedback, HoldRelease
from domain.policy import Policy, Seller
from domain.steps import OrderStep, ReminderStep
from gateways.documents.delivery_note import delivery_note_pdf
from gateways.documents.invoice import invoice_pdf
from intake import after_sales, cancellation, review
from starter.languages import translator
from tests import builders as make
from tests.db.reading import listed, order_of, seen, story_of

NOW = make.NOW
HAPPY = [
    "order_submitted",
    "order_confirmed",
    "stock_allocated",
    "shipment_created",
    "pick_confirmed",
    "shipment_booked",
    "tracking_updated",
    "shipment_delivered",
    "order_fulfilled",
    "invoice_posted",
    "payment_applied",
    "invoice_paid",
]


@pytest.fixture
async def company(database: str) -> None:
    """The builders' small company."""
    await make.a_company()


async def test_an_order_just_taken_shows_what_was_asked(company):
    number = await make.an_order(
        [{"sku": "BOLT", "quantity": "2.5", "discount_percent": "5"}, {"sku": "NUT", "quantity": 100}],
        customer_po="PO-1",
        note="Ring twice.",
    )
    order = await order_of(number)
    assert {name: str(order[name]) for name in ("net", "tax", "total", "payable", "billed", "received")} == {
        "net": "323.75",
        "tax": "64.75",
        "total": "388.50",
        "payable": "388.50",
        "billed": "0.00",
        "received": "0.00",
    }
    axes = ("state", "delivery", "billing", "payment", "returns")
    assert [order[name] for name in axes] == ["SUBMITTED", "none", "none", "none", "none"]
    assert (order["customer"], order["customer_po"], order["note"]) == ("ACME", "PO-1", "Ring twice.")
    assert (order["currency"], order["created_by"], order["version"]) == ("EUR", "sales clerk", 1)
    assert order["submitted_at"] == NOW
    assert order["ship_to"] == make.ADDRESS
    first, second = order["lines"]
    assert (first["line"], first["sku"], first["name"]) == (1, "BOLT", "Bolt")
    assert [str(first[name]) for name in ("quantity", "unit_price", "discount_percent", "net", "open")] == [
        "2.5",
        "10.00",
        "5",
        "23.75",
        "2.5",
    ]
    assert str(second["quantity"]) == "100"
    empty = ("holds", "supply_orders", "shipments", "invoices", "payments", "cases", "findings", "undo")
    assert [order[name] for name in empty] == [[]] * len(empty)
    assert order["feedback"] is None


async def test_a_whole_life_shows_every_document(company):
    number = await make.an_order({"BOLT": 3}, customer_po="PO-7")
    (payment,) = await make.paid(number)
    await send_follow_up(OrderStep(number=number, now=NOW))
    case = await make.a_case(number, priority="high", kind="complaint")
    await settled(lambda tx: after_sales.record_feedback(tx, make.SUPPORT, number, Feedback(score=5), NOW))
    order = await order_of(number)
    axes = ("state", "delivery", "billing", "payment")
    assert [order[name] for name in axes] == ["FULFILLED", "full", "full", "paid"]
    (shipment,), (invoice,), (money,) = order["shipments"], order["invoices"], order["payments"]
    assert (shipment["state"], shipment["carrier"], shipment["warehouse"]) == ("DELIVERED", "parcelway", "EAST")
    assert shipment["tracking_number"] == f"TRK-{shipment['number']}"
    assert shipment["lines"] == [{"line": 1, "sku": "BOLT", "quantity": Decimal(3)}]
    assert (invoice["state"], str(invoice["total"]), str(invoice["outstanding"])) == ("PAID", "36.00", "0.00")
    assert isinstance(invoice["due_date"], date)
    assert (money["number"], money["state"], money["currency"]) == (payment, "APPLIED", "EUR")
    assert [str(money[name]) for name in ("amount", "applied", "unapplied")] == ["36.00", "36.00", "0.00"]
    assert isinstance(money["received_at"], datetime)
    (about,) = order["cases"]
    assert {name: about[name] for name in ("number", "kind", "priority", "state", "subject")} == {
        "number": case,
        "kind": "complaint",
        "priority": "high",
        "state": "NEW",
        "subject": "One bolt is bent",
    }
    assert order["feedback"]["score"] == 5
    assert {finding["outcome"] for finding in order["findings"]} <= {"pass", "warn"}
    assert len(order["findings"]) == 10


async def test_a_hold_says_why_with_its_figures_in_both_languages(company):
    number = await make.an_order({"BOLT": 1000})
    await review_order(OrderStep(number=number, now=NOW))
    order = await order_of(number)
    (hold,) = order["holds"]
    assert (hold["reason"], hold["owner_role"], hold["status"], hold["decided_by"]) == (
        "CREDIT",
        "credit",
        "OPEN",
        None,
    )
    assert hold["message"] == "exposure 12000.00 EUR exceeds the limit 10000.00 by 2000.00."
    assert hold["figures"]["exposure"] == "12000.00"
    assert isinstance(hold["deadline"], datetime)
    (spoken,) = (await order_of(number, translate=translator("zh-CN").gettext))["holds"]
    assert spoken["message"] == "信用占用 12000.00 EUR 超过额度 10000.00，超出 2000.00。"
    items, following = await listed(documents.hold_list, status="open", reason="credit", order=number)
    assert following is None
    assert [(item["id"], item["order"], item["message"]) for item in items] == [(hold["id"], number, hold["message"])]
    assert (await listed(documents.hold_list, status="released"))[0] == []
    release = HoldRelease(comment="Agreed by phone.", amount=Decimal("12000"), until=date(2026, 3, 31))
    await settled(lambda tx: review.release_hold(tx, make.CREDIT, number, hold["id"], release, NOW))
    (hold,) = (await order_of(number))["holds"]
    assert (hold["status"], hold["decided_by"], hold["comment"]) == (
        "RELEASED",
        "credit controller",
        "Agreed by phone.",
    )
    assert (str(hold["amount"]), hold["until"]) == ("12000.00", date(2026, 3, 31))


async def test_the_timeline_tells_the_whole_life_in_order(company):
    number = await make.an_order({"BOLT": 3})
    await make.paid(number)
    story = await story_of(number)
    assert [entry["event"] for entry in story] == HAPPY
    sentences = {entry["event"]: entry["summary"] for entry in story}
    assert sentences["order_submitted"] == "Order received by API: 1 line, 36.00 EUR."
    assert sentences["stock_allocated"] == "Allocated 3 of BOLT in EAST."
    assert sentences["tracking_updated"].endswith(": in transit")
    assert ": 36.00 EUR applied to INV-" in sentences["payment_applied"]
    assert all("–" not in sentence for sentence in sentences.values())
    assert set(story[0]) >= {"at", "actor", "event", "summary", "before", "after", "document"}
    confirmed = story[1]
    assert (confirmed["actor"], confirmed["after"]) == ("system", "CONFIRMED")
    chinese = await story_of(number, "zh-CN")
    assert chinese[0]["summary"] == "已通过接口收到订单：1 行，36.00 EUR。"
    assert all(not entry["summary"].isascii() for entry in chinese)


async def test_the_timeline_of_a_hold_speaks_one_language(company):
    number = await make.an_order({"BOLT": 1000})
    await review_order(OrderStep(number=number, now=NOW))
    held = (await story_of(number, "zh-CN"))[-1]
    assert held["summary"] == "因信用冻结：信用占用 12000.00 EUR 超过额度 10000.00，超出 2000.00。"


async def test_supply_is_shown_with_what_its_production_needs(company):
    number = await make.an_order({"KIT": 80})
    supplies = await make.allocated(number)
    order = await order_of(number)
    assert [supply["number"] for supply in order["supply_orders"]] == supplies
    kinds = {supply["sku"]: (supply["kind"], supply["supplier"]) for supply in order["supply_orders"]}
    assert kinds["KIT"] == ("production", None)
    assert kinds["NUT"] == ("purchase", "STEELWORKS")
    (kit,) = [supply for supply in order["supply_orders"] if supply["sku"] == "KIT"]
    (nut,) = [supply for supply in order["supply_orders"] if supply["sku"] == "NUT"]
    view = await seen(documents.supply_view, kit["number"])
    assert view["orders"] == [number]
    assert view["lines"] == [{"sku": "KIT", "name": "Kit", "quantity": Decimal(80), "received": Decimal(0)}]
    needs = {part["sku"]: (str(part["required"]), str(part["reserved"])) for part in view["components"]}
    assert needs == {"BOLT": ("160", "140"), "NUT": ("80", "0")}
    await make.received(nut["number"], 30)
    view = await seen(documents.supply_view, nut["number"])
    assert [str(view[name]) for name in ("quantity", "received", "remaining")] == ["80", "30", "50"]
    assert [(str(each["quantity"]), each["warehouse"]) for each in view["receipts"]] == [("30", "MAIN")]
    assert view["pegs"][0]["for_supply"] == kit["number"]
    assert [each["number"] for each in (await listed(documents.supply_list, kind="production"))[0]] == [kit["number"]]
    assert (await listed(documents.supply_list, state="received"))[0] == []
    assert len((await listed(documents.supply_list, sku="NUT", supplier="STEELWORKS"))[0]) == 1


async def test_a_shipment_and_its_invoice_are_shown_and_printed(company):
    number = await make.an_order({"BOLT": 3}, customer="HUAXIN", currency="CNY", customer_po="采购-7", note="易碎")
    (invoice,) = await make.invoiced(number)
    view = await seen(documents.invoice_view, invoice)
    assert view["customer"] == "HUAXIN"
    assert view["bill_to"] == {"code": "HUAXIN", "name": "HUAXIN Ltd", "address": make.ADDRESS}
    assert (view["order"], view["customer_po"], view["language"]) == (number, "采购-7", "zh-CN")
    assert [str(view[name]) for name in ("net", "tax", "total", "outstanding")] == ["30.00", "6.00", "36.00", "36.00"]
    (line,) = view["lines"]
    assert (line["sku"], line["name"], line["unit"], str(line["unit_price"])) == ("BOLT", "Bolt", "pcs", "10.00")
    assert str(line["quantity"]) == "3"
    (part,) = view["instalments"]
    assert (str(part["amount"]), str(part["outstanding"]), part["reminder_level"]) == ("36.00", "36.00", None)
    shipment = await seen(documents.shipment_view, view["shipment"])
    assert (shipment["order"], shipment["invoice"], shipment["note"]) == (number, invoice, "易碎")
    assert [scan["status"] for scan in shipment["tracking"]] == ["in_transit", "delivered"]
    assert [(str(line["quantity"]), str(line["picked"])) for line in shipment["lines"]] == [("3", "3")]
    assert invoice_pdf(view, view["language"]).startswith(b"%PDF")
    assert delivery_note_pdf(shipment, shipment["language"]).startswith(b"%PDF")


async def test_reminders_and_payments_are_shown_on_the_invoice(company):
    number = await make.an_order({"BOLT": 3})
    (invoice,) = await make.invoiced(number)
    late = NOW + timedelta(days=40)
    await send_reminder(ReminderStep(invoice=invoice, instalment=1, level=1, now=late))
    payment = await make.a_payment("16.00", invoice=invoice)
    view = await seen(documents.invoice_view, invoice)
    assert (view["state"], str(view["paid"]), str(view["outstanding"])) == ("PARTIALLY_PAID", "16.00", "20.00")
    assert view["instalments"][0]["reminder_level"] == 1
    assert [(each["level"], str(each["outstanding"])) for each in view["reminders"]] == [(1, "36.00")]
    assert [(each["payment"], str(each["amount"])) for each in view["applications"]] == [(payment, "16.00")]
    shown = await seen(documents.payment_view, payment)
    assert (shown["provider"], shown["invoice"], shown["state"]) == ("bank", invoice, "APPLIED")
    assert [(each["invoice"], each["order"]) for each in shown["applications"]] == [(invoice, number)]


async def test_a_payment_that_names_nothing_is_shown_as_unapplied(company):
    payment = await make.a_payment("5.10", reference="who knows")
    view = await seen(documents.payment_view, payment)
    assert (view["customer"], view["state"], view["applications"]) == (None, "UNAPPLIED", [])
    assert [str(view[name]) for name in ("amount", "applied", "unapplied")] == ["5.10", "0.00", "5.10"]
    assert [each["number"] for each in (await listed(documents.payment_list, state="unapplied"))[0]] == [payment]
    assert (await listed(documents.payment_list, customer="ACME"))[0] == []


async def test_a_case_is_shown_with_what_was_said(company):
    number = await make.an_order()
    case = await make.a_case(number, description="The third one.")
    told = CaseMove(comment="Photo asked for.", assignee="support-2")
    await settled(lambda tx: after_sales.move_case(tx, make.SUPPORT, case, "assign", told, NOW))
    view = await seen(documents.case_view, case)
    assert (view["order"], view["state"], view["assignee"]) == (number, "ASSIGNED", "support-2")
    assert (view["comments"][-1]["move"], view["comments"][-1]["comment"]) == ("assign", "Photo asked for.")
    assert [each["number"] for each in (await listed(documents.case_list, order=number, priority="normal"))[0]] == [
        case
    ]
    assert (await listed(documents.case_list, state="closed"))[0] == []
    assert (await story_of(number))[-1]["summary"] == f"Case {case} assigned to support-2. Photo asked for."


async def test_a_cancelled_order_shows_its_undo(company):
    number = await make.an_order()
    await make.allocated(number)
    cancel = Cancellation(reason="Ordered twice.")
    await settled(lambda tx: cancellation.cancel_order(tx, make.SALES, number, cancel, NOW))
    order = await order_of(number)
    assert (order["state"], order["cancel_reason"]) == ("CANCELLING", "Ordered twice.")
    assert [(step["effect"], step["status"]) for step in order["undo"]] == [
        ("credit of 36.00 reserved", "planned"),
        ("3 of BOLT allocated in EAST", "planned"),
    ]


async def test_what_does_not_exist_is_none(company):
    views = (
        views_order.order_view,
        views_order.timeline,
        documents.shipment_view,
        documents.invoice_view,
        documents.payment_view,
        documents.supply_view,
        documents.case_view,
        views_masters.customer_view,
        views_masters.supplier_view,
        views_masters.product_view,
    )
    assert [await seen(view, "NO-1") for view in views] == [None] * len(views)


async def test_a_split_order_shows_each_shipment_with_its_lines(company):
    number = await make.an_order({"BOLT": 120})
    await make.allocated(number)
    await create_shipments(OrderStep(number=number, now=NOW))
    shipments = (await order_of(number))["shipments"]
    pieces = {shipment["warehouse"]: str(shipment["lines"][0]["quantity"]) for shipment in shipments}
    assert pieces == {"MAIN": "100", "EAST": "20"}
    view = await seen(documents.shipment_view, shipments[0]["number"])
    assert view["lines"][0]["picked"] is None


async def test_a_document_names_who_sold_when_it_was_made_however_often_the_seller_moves(company):
    await _sold_by("Old Name Ltd", NOW - timedelta(days=5), address=("1 Old Street",), bank="OLD BANK")
    (invoice,) = await make.invoiced(await make.an_order({"BOLT": 3}))
    await _sold_by("New Name Ltd", NOW + timedelta(days=5), tax_id="NEW")
    view = await seen(documents.invoice_view, invoice)
    old = {"name": "Old Name Ltd", "address": ["1 Old Street"], "tax_id": None, "bank": "OLD BANK"}
    assert view["seller"] == old
    assert (await seen(documents.shipment_view, view["shipment"]))["seller"] == old
    (later,) = await make.invoiced(await make.an_order({"BOLT": 1}), NOW + timedelta(days=6))
    assert (await seen(documents.invoice_view, later))["seller"]["name"] == "New Name Ltd"


async def test_a_policy_of_before_there_were_sellers_has_the_name_of_the_program(company):
    await make.run("UPDATE policy_version SET body = body - 'seller'")
    (invoice,) = await make.invoiced(await make.an_order({"BOLT": 3}))
    unknown: dict[str, Any] = {"name": "Orderkeep", "address": [], "tax_id": None, "bank": None}
    assert (await seen(documents.invoice_view, invoice))["seller"] == unknown


async def _sold_by(name: str, since: datetime, **seller: Any) -> None:
    async with transaction() as tx:
        await policies.put_in_force(tx, Policy(seller=Seller(name=name, **seller)), since)
