"""The page of an order: its life, the sentence of what it waits for, and exactly the buttons that are legal."""

from __future__ import annotations

import html
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from activities.cancellation import undo_order
from activities.review import review_order
from domain.actor import Actor, Role
from domain.order_life import OrderState
from domain.review import Reason
from domain.steps import OrderStep
from tests import builders
from tests.starter.api import permissions
from tests.starter.console.desk import PEOPLE, Office, buttons, links
from tests.starter.console.test_documents import once_of, words

NOW = re.compile(r'<li class="(\w+)"')
SENTENCE = re.compile(r'id="waits">([^<]*)<')
ALWAYS = ("open_case", "pause_order", "retry_order")
HOLD = ("release_hold/1", "reject_hold/1")
CREDIT_DECIDES = {Role.CREDIT, Role.FINANCE, Role.MANAGER, Role.ADMIN}


ARRANGED = builders.a_company


def pressable(page: str, order: str) -> set[str]:
    """The buttons of the page: operation, and what it is about."""
    start = f"/orders/{order}/do/"
    return {each.removeprefix(start) for each in buttons(page) if each.startswith(start)}


async def said(order: str) -> list[tuple[str, str]]:
    """Who did what to the order, by the timeline."""
    rows = await builders.rows("SELECT actor, event FROM timeline WHERE order_number = :n ORDER BY id", n=order)
    return [(row.actor, row.event) for row in rows]


async def handed_over() -> None:
    """The engine knows of everything, as it would by now."""
    await builders.run("UPDATE engine_outbox SET sent_at = now() WHERE sent_at IS NULL")


async def held(order: str) -> None:
    """A credit hold."""
    step = OrderStep(number=order, now=builders.NOW)
    assert (await review_order(step)).held


@dataclass(frozen=True)
class Point:
    """A point of the life: how to get there, and what the page shows of it."""

    lines: dict[str, int]
    drive: Callable[[str], Awaitable[object]]
    stages: str
    sentence: str
    legal: tuple[str, ...]


POINTS = {
    "held": Point(
        {"BOLT": 2000}, held, "done now next later later later later later",
        "Held for CREDIT: credit control decides.", (*HOLD, *ALWAYS, "cancel_order"),
    ),
    "short": Point(
        {"NUT": 7}, builders.allocated, "done done done now next later later later",
        "7 of NUT are missing; PO-000001 is to bring them.", ("record_receipt/PO-000001", *ALWAYS, "cancel_order"),
    ),
    "to be picked": Point(
        {"BOLT": 3}, builders.noted, "done done done skipped now next later later",
        "Shipment SH-000001 in EAST waits to be picked.", ("confirm_pick/SH-000001", *ALWAYS, "cancel_order"),
    ),
    "packed": Point(
        {"BOLT": 3}, builders.packed, "done done done skipped now next later later",
        "Shipment SH-000001 is packed and being booked.", (*ALWAYS, "cancel_order"),
    ),
    "under way": Point(
        {"BOLT": 3}, builders.issued, "done done done skipped now next later later",
        "Shipment SH-000001 is IN_TRANSIT with parcelway.", ALWAYS,
    ),
    "invoiced": Point(
        {"BOLT": 3}, builders.invoiced, "done done done skipped done done now next",
        "Invoice INV-000001: 36.00 EUR outstanding.", ("record_payment/INV-000001", "record_feedback", *ALWAYS),
    ),
    "paid": Point(
        {"BOLT": 3}, builders.paid, "done done done skipped done done done now",
        "Everything is delivered and paid; the after-sales window is open.", ("record_feedback", *ALWAYS),
    ),
    "completed": Point(
        {"BOLT": 3}, builders.completed, "done done done skipped done done done done",
        "It waits for nothing: the order is COMPLETED.", ("record_feedback", "open_case"),
    ),
}  # fmt: skip


def may(role: Role, press: str) -> bool:
    """Whether the role may press it, as the company wrote it down."""
    operation = press.partition("/")[0]
    deciding = operation not in ("release_hold", "reject_hold") or role in CREDIT_DECIDES
    return deciding and role in permissions.allowed(operation)


@pytest.mark.parametrize("point", POINTS.values(), ids=POINTS)
async def test_the_page_says_where_it_is_and_offers_what_is_legal_to_each_role(office: Office, point: Point) -> None:
    order = await builders.an_order(point.lines)
    await point.drive(order)
    await handed_over()
    for role in PEOPLE:
        page = (await office[role].get(f"/orders/{order}")).text
        line = page.partition('<ol class="life')[2].partition("</ol>")[0]
        assert " ".join(NOW.findall(line)) == point.stages
        assert html.unescape(SENTENCE.findall(page)[0]) == point.sentence
        legal = (*point.legal, "comment_on_order")
        assert pressable(page, order) == {press for press in legal if may(role, press)}, role


async def test_a_hold_is_released_once_and_the_second_one_is_told_who_did(office: Office) -> None:
    order = await builders.an_order({"BOLT": 2000})
    await held(order)
    page = (await office[Role.CREDIT].get(f"/orders/{order}")).text
    assert re.findall(r"over by [\d.,]*", words(page).partition("What each rule saw")[2])[0] == "over by 14,000.00"
    path = f"/orders/{order}/do/release_hold/1"
    refused = await office[Role.CREDIT].client.post(
        path,
        data={"comment": "too little", "amount": "1", "once": "a"},
        headers={"sec-fetch-site": "same-origin", "hx-request": "true", "hx-trigger": "press-release-hold-1"},
    )
    assert refused.headers["x-refused"] == "422"
    assert refused.headers["hx-retarget"] == "#press-release-hold-1 .refused"
    fields = {"comment": "they always pay", "once": once_of(page)}
    for _ in range(2):
        assert (await office[Role.CREDIT].post(path, fields)).status_code == 303
    assert (await said(order)).count(("credit", "hold_released")) == 1
    late = await office[Role.MANAGER].click(f"/orders/{order}/do/reject_hold/1", {"comment": "no", "once": "other"})
    assert late.headers["x-refused"] == "409"
    assert re.search(r"credit decided this \d+ s ago: released. Nothing is left to decide.", words(late.text))
    assert "they always pay" in words((await office[Role.SALES].get(f"/orders/{order}")).text)


async def test_nobody_is_offered_to_release_what_they_submitted(office: Office) -> None:
    order = await builders.an_order({"BOLT": 2000}, by=Actor("manager", Role.MANAGER))
    await held(order)
    assert "release_hold/1" not in pressable((await office[Role.MANAGER].get(f"/orders/{order}")).text, order)
    assert "release_hold/1" in pressable((await office[Role.FINANCE].get(f"/orders/{order}")).text, order)


async def test_every_press_has_its_effect_under_the_name_of_the_person(office: Office) -> None:
    order = await builders.an_order({"NUT": 7})
    (supply,) = await builders.allocated(order)
    presses = [
        (Role.MANAGER, "pause_order", {"comment": "wait for the lawyer"}, "order_paused"),
        (Role.MANAGER, "resume_order", {"comment": "he agrees"}, "order_resumed"),
        (Role.MANAGER, "retry_order", {}, "retry_requested"),
        (Role.WAREHOUSE, f"record_receipt/{supply}", {"quantity": "10", "warehouse": "MAIN"}, "supply_received"),
        (Role.SUPPORT, "open_case", {"subject": "When?", "kind": "question", "priority": "high"}, "case_opened"),
    ]
    for role, press, fields, event in presses:
        answer = await office[role].post(f"/orders/{order}/do/{press}", {**fields, "once": press})
        assert (answer.status_code, answer.headers.get("location")) == (303, f"/orders/{order}"), (press, answer.text)
        assert (role.value, event) in await said(order)
    (shipment,) = await builders.noted(order)
    await office[Role.WAREHOUSE].post(f"/orders/{order}/do/confirm_pick/{shipment}", {"packages": "2"})
    assert ("warehouse", "pick_confirmed") in await said(order)
    (invoice,) = await builders.invoiced(order)
    fields = {"amount": "25.20", "currency": "EUR", "once": "paid"}
    assert (await office[Role.FINANCE].post(f"/orders/{order}/do/record_payment/{invoice}", fields)).status_code == 303
    assert await builders.state("invoice", invoice) == "PAID"
    fields = {"score": "4", "comment": "quick"}
    await office[Role.SUPPORT].post(f"/orders/{order}/do/record_feedback", fields)
    assert "4 of 5 quick" in words((await office[Role.SALES].get(f"/orders/{order}")).text)


async def test_a_cancellation_shows_what_it_would_undo_then_how_far_it_is(office: Office) -> None:
    order = await builders.an_order({"NUT": 7})
    (supply,) = await builders.allocated(order)
    preview = words((await office[Role.SALES].get(f"/orders/{order}/undo")).text)
    assert f"supply order {supply} ordered : cancel the supply order (planned)" in preview.replace(" :", ":").replace(
        "ordered:", "ordered :"
    )
    chinese = words((await office[Role.SALES].get(f"/orders/{order}/undo?lang=zh-CN")).text)
    assert "取消供应单" in chinese
    assert await builders.state("sales_order", order) != "CANCELLING"
    assert (
        await office[Role.SALES].post(f"/orders/{order}/do/cancel_order", {"reason": "not needed"})
    ).status_code == 303
    page = (await office[Role.SALES].get(f"/orders/{order}")).text
    assert "What the cancellation undoes (0/" in words(page)
    await undo_order(OrderStep(number=order, now=builders.NOW))
    chinese = words((await office[Role.SALES].get(f"/orders/{order}?lang=zh-CN")).text)
    assert chinese.count(f"供应单 {supply}（已下单）") == 2, "as a step of the cancellation and in the timeline"
    assert f"已撤销：供应单 {supply}（已下单）。" in chinese
    assert "cancel_order" not in pressable(page, order)


async def test_the_documents_lead_on_and_the_timeline_is_filtered_by_one(office: Office) -> None:
    order = await builders.an_order({"BOLT": 3, "NUT": 2}, customer_po="PO-77")
    (supply,) = await builders.allocated(order)
    await builders.received(supply, 10)
    await builders.paid(order)
    case = await builders.a_case(order)
    page = (await office[Role.MANAGER].get(f"/orders/{order}")).text
    shipments = [row.number for row in await builders.rows("SELECT number FROM shipment")]
    assert shipments
    wanted = {f"/shipments/{number}" for number in shipments}
    wanted |= {f"/supply-orders/{supply}", "/invoices/INV-000001", "/payments/PAY-000001", f"/cases/{case}",
               "/customers/ACME", "/products/BOLT", "/products/NUT", f"/orders/new?repeat={order}"}  # fmt: skip
    assert wanted <= links(page)
    for address in sorted(wanted):
        assert (await office[Role.MANAGER].get(address)).status_code == 200, address
    some = (await office[Role.MANAGER].get(f"/orders/{order}?document={shipments[0]}")).text
    listed = words(some.partition('id="timeline"')[2])
    assert f"{shipments[0]} delivered." in listed
    assert "Order received" not in listed


async def test_a_long_order_shows_its_first_lines_and_all_when_asked(office: Office) -> None:
    order = await builders.an_order([{"sku": "BOLT", "quantity": 1}] * 130)
    desk = office[Role.SALES]
    assert (await desk.get(f"/orders/{order}")).text.count('<svg class="bar"') == 100
    assert (await desk.get(f"/orders/{order}?lines=all")).text.count('<svg class="bar"') == 130


async def test_the_chinese_page_has_no_english_sentence(office: Office) -> None:
    order = await builders.an_order({"BOLT": 2000})
    await held(order)
    await handed_over()
    page = (await office[Role.CREDIT].get(f"/orders/{order}?lang=zh-CN")).text
    shown = words(page.partition("<main")[2].partition("</main>")[0])
    assert re.findall(r"[A-Za-z]{2,}(?: [A-Za-z]{2,}){2,}", shown) == []
    assert {*map(str, Reason), *map(str, OrderState)}.intersection(re.findall(r"[A-Z_]{3,}", shown)) == set()
    assert "因信用冻结：由信用控制决定。" in shown
    assert "因信用冻结：信用占用 24000.00 EUR" in shown


async def test_an_engine_that_is_silent_is_said_and_hides_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:9")
    order = await builders.an_order({"BOLT": 3})
    await handed_over()
    side = await office[Role.MANAGER].get(f"/orders/{order}/engine")
    assert f"Workflow order/{order}" in words(side.text)
    assert "The engine does not answer just now." in words(side.text)
    assert pressable(side.text, order) == {"retry_order", "pause_order"}
    assert (await office[Role.MANAGER].get(f"/orders/{order}/waiting")).status_code == 204
    assert (await office[Role.MANAGER].get("/orders/SO-999999")).status_code == 404


@pytest.mark.parametrize(("asked", "late"), [({}, 0), ({"requested_date": "2026-03-03"}, 1)])
async def test_a_promise_is_late_only_for_whom_asked_for_a_day(office: Office, asked: dict[str, Any], late: int):
    order = await builders.an_order({"NUT": 2}, **asked)
    await builders.allocated(order)
    page = (await office[Role.SALES].get(f"/orders/{order}")).text
    [promised] = re.findall(r'data-name="Promised">([^<]*)', page)
    assert promised.strip() == "2026-03-10"
    assert page.count("later than requested") == late
