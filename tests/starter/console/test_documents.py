"""Lists and documents: what stands on them, where they lead, and what people can do there."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from domain.actor import Role
from starter.console.lists import LISTS
from starter.languages import translator
from tests import builders
from tests.starter.console.desk import Office, buttons, links

MAY_PICK = {Role.ADMIN, Role.WAREHOUSE, Role.MANAGER}


ARRANGED = builders.a_company


def words(page: str) -> str:
    """What a person reads on a page."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def once_of(page: str) -> str:
    """The key that the page's forms send along."""
    found = re.search(r'name="once" value="(\w+)"', page)
    assert found
    return found[1]


async def a_life(now: datetime = builders.NOW) -> tuple[str, str, str]:
    """An order that is delivered, billed and paid: order, shipment, invoice."""
    order = await builders.an_order({"BOLT": 3}, customer_po="PO-77", now=now)
    (shipment,) = await builders.delivered(order, now)
    (invoice,) = await builders.invoiced(order, now)
    await builders.a_payment("36.00", invoice=invoice, now=now + timedelta(minutes=1))
    return order, shipment, invoice


def test_every_list_has_a_heading_in_chinese() -> None:
    chinese = translator("zh-CN")
    said = {shown.title for shown in LISTS} | {column.heading for shown in LISTS for column in shown.columns}
    said |= {shown.search for shown in LISTS if shown.search} | {shown.new[2] for shown in LISTS if shown.new}
    said |= {shown.beside[1] for shown in LISTS if shown.beside}
    assert len(said) > 30
    assert sorted(text for text in said if chinese.gettext(text) == text) == []


@pytest.mark.parametrize("shown", LISTS, ids=lambda shown: shown.path)
async def test_a_list_leads_to_its_documents_and_its_filters_stand_in_the_address(office: Office, shown) -> None:
    order, *_ = await a_life()
    await builders.allocated(await builders.an_order({"NUT": 7}))
    await builders.a_case(order)
    await builders.invoiced(await builders.an_order({"BOLT": 1}))
    desk = office[Role.MANAGER]
    page = (await desk.get(shown.path)).text
    collection = f"/{shown.columns[0].leads_to}/"
    own = sorted(each for each in links(page) if each.startswith(collection) and not each.endswith("/new"))
    assert own, page
    for address in own:
        if not address.startswith("/orders/"):
            assert (await desk.get(address)).status_code == 200, address
    for choice in shown.choices:
        for value in choice.values:
            filtered = await desk.get(f"{shown.path}?{choice.name}={value}")
            assert filtered.status_code == 200
            assert f'<option value="{value}" selected>' in filtered.text
    if shown.search:
        none = await desk.get(f"{shown.path}?q=zirkonia")
        assert "Nothing is like that." in none.text


async def test_a_long_list_goes_on_where_the_page_before_ended(office: Office) -> None:
    for place in range(51):
        await builders.a_customer(f"C{place:03}")
    desk = office[Role.SALES]
    first = (await desk.get("/customers")).text
    (more,) = [each for each in links(first) if "after=" in each]
    second = (await desk.get(html.unescape(more))).text
    seen = [each for page in (first, second) for each in links(page) if each.startswith("/customers/")]
    assert len(seen) == len(set(seen)) == 53


async def test_documents_say_what_became_of_them_and_lead_to_each_other(office: Office) -> None:
    order, shipment, invoice = await a_life()
    desk = office[Role.FINANCE]
    page = (await desk.get(f"/invoices/{invoice}")).text
    assert f"Invoice {invoice} paid" in words(page)
    assert "Total 36.00 EUR" in words(page)
    assert "Outstanding 0.00 EUR" in words(page)
    assert {f"/orders/{order}", f"/shipments/{shipment}", "/customers/ACME", "/payments/PAY-000001"} <= links(page)
    parcel = (await desk.get(f"/shipments/{shipment}")).text
    assert f"/invoices/{invoice}" in links(parcel)
    assert "delivered" in words(parcel)
    money = words((await desk.get("/payments/PAY-000001")).text)
    assert "Applied 36.00 EUR Unapplied 0.00 EUR" in money
    for pdf in (f"/invoices/{invoice}.pdf", f"/delivery-notes/{shipment}.pdf"):
        printed = await desk.get(pdf)
        assert (printed.status_code, printed.content[:5]) == (200, b"%PDF-")


async def test_what_does_not_exist_is_not_found_and_says_what_to_do(office: Office) -> None:
    for path in ("/shipments/SH-9", "/invoices/INV-9", "/payments/PAY-9", "/supply-orders/PO-9", "/cases/CASE-9",
                 "/customers/NOBODY", "/products/NOTHING", "/suppliers/NOBODY", "/invoices/INV-9.pdf"):  # fmt: skip
        answer = await office[Role.SALES].get(path)
        assert answer.status_code == 404, path
        assert "look it up with the search" in answer.text


@pytest.mark.parametrize("role", [Role.WAREHOUSE, Role.SALES, Role.MANAGER, Role.FINANCE], ids=str)
async def test_a_pick_is_confirmed_by_those_who_may(office: Office, role: Role) -> None:
    (shipment,) = await builders.noted(await builders.an_order({"BOLT": 3}))
    page = (await office[role].get(f"/shipments/{shipment}")).text
    path = f"/shipments/{shipment}/pick"
    assert ("Confirm pick" in page) is (role in MAY_PICK)
    answer = await office[role].post(path, {"line-1": "3", "packages": "2", "once": "k" * 32})
    assert answer.status_code == (303 if role in MAY_PICK else 403)
    assert await builders.state("shipment", shipment) == ("PACKED" if role in MAY_PICK else "CREATED")
    assert path in buttons(page)


async def test_a_short_pick_and_a_pick_pressed_twice(office: Office) -> None:
    order = await builders.an_order({"BOLT": 3})
    (shipment,) = await builders.noted(order)
    desk = office[Role.WAREHOUSE]
    once = once_of((await desk.get(f"/shipments/{shipment}")).text)
    for _ in range(2):
        assert (
            await desk.post(f"/shipments/{shipment}/pick", {"line-1": "2", "packages": "1", "once": once})
        ).status_code == 303
    said = await builders.rows("SELECT actor, event FROM timeline WHERE order_number = :n ORDER BY id", n=order)
    assert [(row.actor, row.event) for row in said].count(("warehouse", "pick_confirmed")) == 1
    assert ("warehouse", "pick_short") in [(row.actor, row.event) for row in said]
    refused = await desk.click(f"/shipments/{shipment}/pick", {"line-1": "2", "packages": "1", "once": "another"})
    assert refused.headers["x-refused"] == "409"
    assert "Not done." in refused.text


async def test_a_receipt_is_reported_in_parts(office: Office) -> None:
    (supply,) = await builders.allocated(await builders.an_order({"NUT": 7}))
    desk = office[Role.WAREHOUSE]
    page = (await desk.get(f"/supply-orders/{supply}")).text
    assert 'value="10"' in page  # the supplier's minimum
    fields = {"sku": "NUT", "quantity": "4", "warehouse": "MAIN", "once": once_of(page)}
    assert (await desk.post(f"/supply-orders/{supply}/receipts", fields)).status_code == 303
    page = words((await desk.get(f"/supply-orders/{supply}")).text)
    assert "Received 4 Still to come 6" in page
    wrong = await desk.click(f"/supply-orders/{supply}/receipts", {**fields, "quantity": "many", "once": "x"})
    assert wrong.headers["x-refused"] == "422"


async def test_a_case_is_worked_on_with_the_moves_that_are_legal(office: Office) -> None:
    case = await builders.a_case(await builders.an_order())
    desk = office[Role.SUPPORT]
    path = f"/cases/{case}"
    assert {"start", "resolve", "assign"} == set(re.findall(r'name="move" value="(\w+)"', (await desk.get(path)).text))
    assert (await desk.post(f"{path}/move", {"move": "start", "comment": "will call back"})).status_code == 303
    page = (await desk.get(path)).text
    assert "will call back" in page
    assert {"wait", "resolve", "assign"} == set(re.findall(r'name="move" value="(\w+)"', page))
    assert 'name="move"' not in (await office[Role.FINANCE].get(path)).text


async def test_a_case_is_given_to_somebody_who_works_here(office: Office) -> None:
    case = await builders.a_case(await builders.an_order({"BOLT": 1}))
    desk = office[Role.SUPPORT]
    nobody = await desk.post(f"/cases/{case}/move", {"move": "assign", "assignee": "nobody-such"})
    assert nobody.status_code == 422
    assert "Assigned to: There is no user nobody-such." in words(nobody.text)
    assert (await desk.post(f"/cases/{case}/move", {"move": "assign", "assignee": "Manager"})).status_code == 303
    assert await builders.rows("SELECT state, assignee FROM support_case WHERE number = :n", n=case) == [
        ("ASSIGNED", "manager")
    ]


async def test_money_is_recorded_by_hand_once_and_matched(office: Office) -> None:
    order = await builders.an_order({"BOLT": 3})
    await builders.delivered(order)
    (invoice,) = await builders.invoiced(order)
    desk = office[Role.FINANCE]
    page = (await desk.get(f"/payments/new?invoice={invoice}")).text
    assert 'value="36.00"' in page
    fields = {
        "amount": "1,000.00",
        "currency": "EUR",
        "invoice": invoice,
        "received_on": "2026-03-20",
        "once": once_of(page),
    }
    numbers = {(await desk.post("/payments/new", fields)).headers["location"] for _ in range(2)}
    assert numbers == {"/payments/PAY-000001"}
    assert "Unapplied 964.00 EUR" in words((await desk.get("/payments/PAY-000001")).text)
    wrong = await desk.post("/payments/new", {**fields, "currency": "EURO", "amount": "-3", "once": "y" * 32})
    assert wrong.status_code == 422
    assert wrong.text.count("is-invalid") == 2
    assert 'value="EURO"' in wrong.text


@pytest.mark.parametrize(
    ("day", "said"),
    [("2099-01-01", "This day has not come yet."), ("1900-01-01", "Check the year."), ("soon", "a date is expected")],
)
async def test_a_day_that_cannot_be_is_said_at_its_field(office: Office, day: str, said: str) -> None:
    fields = {"amount": "10", "currency": "EUR", "received_on": day, "once": "k" * 32}
    answer = await office[Role.FINANCE].post("/payments/new", fields)
    assert (answer.status_code, answer.text.count("is-invalid")) == (422, 1)
    assert said in words(answer.text.partition('id="received_on-wrong"')[2][:200])
    assert await builders.rows("SELECT 1 FROM payment") == []


async def test_money_that_came_today_came_just_now(office: Office) -> None:
    fields = {"amount": "10", "currency": "EUR", "once": "k" * 32}
    days = [f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d}" for days in (0, 1, -2)]
    for number, day in enumerate(days):
        await office[Role.FINANCE].post("/payments/new", {**fields, "received_on": day, "once": f"{number}" * 32})
    today, tomorrow, before = await builders.rows("SELECT received_at, recorded_at FROM payment ORDER BY number")
    assert all(payment.recorded_at - timedelta(minutes=1) < payment.received_at <= payment.recorded_at
               for payment in (today, tomorrow))  # fmt: skip
    assert f"{before.received_at:%Y-%m-%d %H}" == f"{days[2]} 12"


async def test_an_amount_with_a_decimal_comma_is_refused_and_not_taken_for_a_hundredfold(office: Office) -> None:
    fields = {"amount": "12,50", "currency": "EUR", "once": "k" * 32}
    answer = await office[Role.FINANCE].post("/payments/new", fields)
    assert answer.status_code == 422
    assert "'12,50' is not a decimal number" in words(answer.text)
    assert await builders.rows("SELECT 1 FROM payment") == []


async def test_a_customer_is_seen_from_all_sides(office: Office) -> None:
    order, _, invoice = await a_life(datetime.now(UTC) - timedelta(days=1))
    await builders.a_case(order)
    open_order = await builders.an_order({"BOLT": 5}, customer_po="PO-78")
    await builders.confirmed(open_order)
    page = (await office[Role.SALES].get("/customers/ACME")).text
    said = words(page)
    assert "Exposure against limit 60.00 EUR of 10,000.00 EUR" in said
    assert "Open orders 2 · 96.00 EUR" in said
    assert f"{invoice} 36.00 EUR 36.00 EUR" in said
    assert "PAY-000001 -36.00 EUR 0.00 EUR" in said
    assert "One bolt is bent" in said
    assert "Bolt 2 8 pcs" in said
    assert f"/orders/{open_order}" in links(page)


async def test_what_a_customer_buys_counts_orders_and_not_lines(office: Office) -> None:
    lines = [{"sku": "BOLT", "quantity": "1"}, {"sku": "BOLT", "quantity": "2"}, {"sku": "NUT", "quantity": "4"}]
    order = await builders.an_order(lines)
    await builders.run("UPDATE order_line SET cancelled = quantity, open = 0 WHERE sku = 'NUT'")
    said = words((await office[Role.SALES].get("/customers/ACME")).text)
    assert order in said
    assert "Bolt 1 3 pcs" in said
    assert "Nut 1 " not in said


async def test_a_product_shows_its_stock_its_movements_and_who_waits(office: Office) -> None:
    order = await builders.an_order({"BOLT": 150, "NUT": 7})
    await builders.allocated(order)
    desk = office[Role.WAREHOUSE]
    nut = words((await desk.get("/products/NUT")).text)
    assert f"{order} / 2" in nut
    assert re.search(r"at present 0 0 .* what orders and production lack -7 -7 .* PO-000001 10 3", nut)
    bolt = words((await desk.get("/products/BOLT")).text)
    assert "MAIN 100 100 0" in bolt
    picture = await desk.get("/products/NUT/availability.svg")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert "<script" not in picture.text
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", picture.text)
    fields = {"reason": "count", "quantity": "120", "warehouse": "MAIN", "once": "c" * 32}
    assert (await desk.post("/products/BOLT/movements", fields)).status_code == 303
    assert "count MAIN 20 warehouse" in words((await desk.get("/products/BOLT")).text)


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ("SO-000001", "/orders/SO-000001"),
        ("SH-000001", "/shipments/SH-000001"),
        ("inv-000001", "/invoices/INV-000001"),
        ("HUAXIN", "/customers/HUAXIN"),
        ("steelw", "/suppliers/STEELWORKS"),
        ("龙井", "/products/LONGJING"),
        ("ＳＯ－０００００１", "/orders/SO-000001"),
        ("so1", "/orders/SO-000001"),
        ("inv 000001", "/invoices/INV-000001"),
        ("PO-000001", "/supply-orders/PO-000001"),
        ("case-000001", "/cases/CASE-000001"),
    ],
)
async def test_one_box_finds_everything_and_opens_the_only_hit(office: Office, typed: str, where: str) -> None:
    order, _, _ = await a_life()
    await builders.a_case(order)
    await builders.allocated(await builders.an_order({"NUT": 1}, customer_po="LATER"))
    await builders.a_product("LONGJING", name="西湖龙井")
    answer = await office[Role.SALES].get(f"/search?q={typed}")
    assert (answer.status_code, answer.headers.get("location")) == (303, where)


async def test_several_hits_are_listed_and_none_is_said(office: Office) -> None:
    await a_life()
    desk = office[Role.SALES]
    found = (await desk.get("/search?q=po-77")).text
    assert {"/orders/SO-000001", "/invoices/INV-000001"} <= links(found)
    assert "Total" in words(found.partition("<thead>")[2].partition("</thead>")[0])
    assert "36.00 EUR" in words(found.partition("<tbody>")[2].partition("</tbody>")[0])
    assert {"/customers/ACME", "/customers/HUAXIN", "/suppliers/STEELWORKS"} <= links(
        (await desk.get("/search?q=Ltd")).text
    )
    assert "Nothing was found." in (await desk.get("/search?q=zirkonia")).text
    assert (await desk.get("/search?q=%00")).status_code == 200
