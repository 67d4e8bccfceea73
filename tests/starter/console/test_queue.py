"""Home: each role sees its own work, acts on one row or many, and each row gets its answer."""

from __future__ import annotations

import asyncio
import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from activities.replenishment import order_supply
from activities.review import review_order
from db.engine import settled
from db.queries import queues
from domain.actor import SYSTEM, Role
from domain.queues import OWNERS, Queue
from domain.steps import OrderStep, SupplyStep
from starter.console.deciding import ACTIONS, TITLES
from tests import builders
from tests.starter.console.desk import Office, buttons, links
from tests.starter.console.test_documents import once_of, words

ARRANGED = builders.a_company


async def held(po: str, now: datetime = builders.NOW) -> tuple[str, str]:
    """An order that credit control must decide: its number and the hold's."""
    order = await builders.an_order({"BOLT": 1100}, customer_po=po, now=now)
    await review_order(OrderStep(number=order, now=now))
    query = "SELECT id FROM hold WHERE order_number = :n AND reason = 'CREDIT' AND status = 'OPEN'"
    (hold,) = await builders.rows(query, n=order)
    return order, str(hold.id)


def rows_of(page: str) -> list[str]:
    """The documents of the rows, from the top."""
    return re.findall(r'name="document" value="([^"]+)"', page)


def test_every_kind_of_work_has_a_title_and_every_button_is_of_a_kind() -> None:
    assert TITLES.keys() == set(Queue)
    assert {action.kind for action in ACTIONS.values()} <= set(Queue)


@pytest.mark.parametrize("role", [Role.CREDIT, Role.SALES, Role.WAREHOUSE, Role.MANAGER], ids=str)
async def test_each_role_sees_its_own_work_with_the_figures(office: Office, role: Role) -> None:
    order, hold = await held("A")
    page = (await office[role].get("/queue")).text
    if role in (Role.CREDIT, Role.MANAGER):
        assert rows_of(page) == [hold]
        assert "credit exposure 13,200.00 EUR" in words(page) or "exposure 13200.00 EUR exceeds the limit" in words(
            page
        )
        assert f"/orders/{order}" in links(page)
        assert "13,200.00 EUR" in words(page)
        assert "/queue/holds/release" in buttons(page)
    else:
        assert rows_of(page) == []
        assert order not in page


async def test_the_most_urgent_comes_first(office: Office) -> None:
    late = await held("A", builders.NOW)
    later = await held("B", builders.NOW + timedelta(hours=3))
    assert rows_of((await office[Role.CREDIT].get("/queue/holds")).text) == [late[1], later[1]]


async def test_many_are_decided_at_once_and_each_gets_its_answer(office: Office) -> None:
    (one, first), (two, second), (_, third) = [await held(po) for po in "ABC"]
    desk = office[Role.CREDIT]
    once = once_of((await desk.get("/queue/holds")).text)
    await builders.run("UPDATE sales_order SET created_by = 'credit' WHERE number = :n", n=two)
    orders = {f"order-{hold}": order for order, hold in ((one, first), (two, second))}
    fields = {"document": [first, second], "comment": "money is announced", "once": once, **orders}
    page = (await desk.click("/queue/holds/release", fields)).text
    assert await builders.rows("SELECT status, decided_by FROM hold WHERE id = :h", h=int(first)) == [
        ("RELEASED", "credit")
    ]
    assert await builders.rows("SELECT status FROM hold WHERE id = :h", h=int(second)) == [("OPEN",)]
    assert f"{one} : released" in words(page)
    assert "credit submitted" in words(page)
    assert sorted(rows_of(page)) == sorted([second, third])
    said = await builders.rows("SELECT actor, event FROM timeline WHERE order_number = :n ORDER BY id", n=one)
    assert said[-1] == ("credit", "hold_released")


async def test_nothing_chosen_and_no_comment_are_said(office: Office) -> None:
    order, hold = await held("A")
    desk = office[Role.CREDIT]
    none = await desk.click("/queue/holds/release", {"comment": "fine"})
    assert (none.headers["x-refused"], none.headers["hx-retarget"]) == ("422", "#message")
    assert "Tick at least one row" in none.text
    silent = (await desk.click("/queue/holds/reject", {"one": hold, f"order-{hold}": order})).text
    assert "Comment: This is needed." in words(silent)
    assert rows_of(silent) == [hold]
    assert await builders.state("sales_order", order) == "IN_REVIEW"


async def test_two_people_who_decide_the_same_hold_get_one_decision_and_one_clear_message(office: Office) -> None:
    order, hold = await held("A")
    fields = {"one": hold, f"order-{hold}": order, "comment": "known for years"}
    pages = await asyncio.gather(*(
        office[role].click("/queue/holds/release", fields) for role in (Role.CREDIT, Role.FINANCE)
    ))  # fmt: skip
    decided = await builders.rows("SELECT status, decided_by FROM hold WHERE id = :h", h=int(hold))
    assert len(decided) == 1
    assert decided[0].status == "RELEASED"
    events = await builders.rows("SELECT event FROM timeline WHERE order_number = :n", n=order)
    assert [row.event for row in events].count("hold_released") == 1
    winner = next(
        page for role, page in zip(("credit", "finance"), pages, strict=True) if role == decided[0].decided_by
    )
    assert f"{order} : released" in words(winner.text)
    loser = next(page for role, page in zip(("credit", "finance"), pages, strict=True) if role != decided[0].decided_by)
    assert f"is released already by {decided[0].decided_by}" in words(loser.text)


async def test_the_same_press_twice_is_one(office: Office) -> None:
    order, hold = await held("A")
    desk = office[Role.CREDIT]
    fields = {"one": hold, f"order-{hold}": order, "comment": "fine", "once": "k" * 32}
    first, second = [(await desk.click("/queue/holds/release", fields)).text for _ in range(2)]
    assert f"{order} : released" in words(first)
    assert f"{order} : released" in words(second)


async def test_a_kind_of_work_of_others_is_not_shown(office: Office) -> None:
    for role in (Role.SALES, Role.CREDIT, Role.WAREHOUSE, Role.FINANCE, Role.SUPPORT, Role.PURCHASING, Role.PRODUCTION):
        for kind, owners in OWNERS.items():
            answer = await office[role].get(f"/queue/{kind.value}")
            assert answer.status_code == (200 if role in owners else 404), (role, kind)


async def test_a_manager_looks_at_one_role_and_filters_stay_in_the_address(office: Office) -> None:
    order, hold = await held("A")
    desk = office[Role.MANAGER]
    assert rows_of((await desk.get("/queue/holds?role=credit")).text) == [hold]
    assert rows_of((await desk.get("/queue/holds?role=sales")).text) == []
    assert rows_of((await desk.get("/queue/holds?reason=CREDIT&customer=ACME")).text) == [hold]
    assert rows_of((await desk.get("/queue/holds?reason=PRICE")).text) == []
    assert "Project-Id-Version" not in (await desk.get("/queue/holds?customer=ACME&lang=zh-CN")).text
    page = (await desk.get("/queue/holds?reason=CREDIT")).text
    assert 'hx-get="/queue/holds?reason=CREDIT"' in page
    assert order in page


async def test_picks_production_receipts_and_cases_are_done_in_place(office: Office) -> None:
    order = await builders.an_order({"BOLT": 1})
    (shipment,) = await builders.noted(order)
    warehouse = office[Role.WAREHOUSE]
    assert "1 piece, 1 line, EAST" in words((await warehouse.get("/queue/picks")).text)
    fields = {"one": shipment, f"order-{shipment}": order, f"packages-{shipment}": "2"}
    assert "picked" in words((await warehouse.click("/queue/picks/confirm", fields)).text)
    assert await builders.rows("SELECT state, packages FROM shipment WHERE number = :n", n=shipment) == [("PACKED", 2)]

    supplies = await builders.allocated(await builders.an_order({"KIT": 1}))
    makes = [each for each in supplies if each.startswith("MO-")]
    maker = office[Role.PRODUCTION]
    page = (await maker.get("/queue/production")).text
    assert rows_of(page) == makes
    assert "components are missing" in page
    bought = next(each for each in supplies if each not in makes)
    buyer = office[Role.PURCHASING]
    await builders.run("UPDATE supply_order SET due_at = now() WHERE number = :n", n=bought)
    assert bought in rows_of((await buyer.get("/queue/supply_to_chase")).text)
    fields = {"one": bought, f"quantity-{bought}": "10", "warehouse": "MAIN"}
    assert "received" in words((await buyer.click("/queue/supply_to_chase/receive", fields)).text)
    assert await builders.state("supply_order", bought) == "RECEIVED"
    fields = {"one": makes[0], f"quantity-{makes[0]}": "1", "warehouse": "MAIN"}
    assert "reported" in words((await maker.click("/queue/production/complete", fields)).text)

    case = await builders.a_case(order, datetime.now(UTC) - timedelta(days=30))
    support = office[Role.SUPPORT]
    await support.click("/queue/cases/mine", {"one": case})
    await support.click("/queue/cases/start", {"one": case, "comment": "on it"})
    assert await builders.rows("SELECT state, assignee FROM support_case WHERE number = :n", n=case) == [
        ("IN_PROGRESS", "support")
    ]


async def test_the_counts_are_those_of_the_rows(office: Office) -> None:
    for po in "ABC":
        await held(po)
    page = (await office[Role.CREDIT].get("/queue")).text
    assert "Holds to decide 3" in words(page)
    found = await settled(lambda tx: queues.counts(tx, [Role.CREDIT], datetime.now(UTC)))
    assert found[0]["count"] == 3
    assert html.unescape(page).count('name="document"') == 3
    assert SYSTEM.name not in page.split("<tbody>")[1]


async def test_a_shortage_without_a_route_is_ordered_by_hand_and_a_late_supplier_is_given_a_new_date(
    office: Office,
) -> None:
    await builders.a_product("RARE", "10.00", "4.00")
    order = await builders.an_order({"RARE": 5})
    await builders.allocated(order)
    buyer = office[Role.PURCHASING]
    page = (await buyer.get("/queue/supply_to_order")).text
    assert rows_of(page) == ["RARE"]
    assert "no route of supply" in page
    fields = {"one": "RARE", "quantity-RARE": "5", "supplier": "STEELWORKS"}
    assert "ordered" in words((await buyer.click("/queue/supply_to_order/order", fields)).text)
    ((supply, who),) = await builders.rows("SELECT number, supplier FROM supply_order WHERE sku = 'RARE'")
    assert who == "STEELWORKS"
    assert await builders.rows("SELECT order_number FROM supply_peg WHERE supply_order = :n", n=supply) == [(order,)]

    await order_supply(SupplyStep(number=supply, now=builders.NOW))
    await builders.run("UPDATE supply_order SET due_at = now() WHERE number = :n", n=supply)
    day = f"{datetime.now(UTC) + timedelta(days=20):%Y-%m-%d}"
    told = {"one": supply, "due_date": day, "comment": "the ship is late"}
    assert "the new date is kept" in words((await buyer.click("/queue/supply_to_chase/acknowledge", told)).text)
    assert await builders.state("supply_order", supply) == "ACKNOWLEDGED"
    assert rows_of((await buyer.get("/queue/supply_to_chase")).text) == []


async def test_two_who_order_the_same_shortage_at_one_instant_order_it_once(office: Office) -> None:
    await builders.a_product("RARE", "10.00", "4.00")
    await builders.allocated(await builders.an_order({"RARE": 5}))
    fields = {"one": "RARE", "quantity-RARE": "5", "supplier": "STEELWORKS"}
    people = (office[Role.PURCHASING], office[Role.PRODUCTION], office[Role.MANAGER])
    pressed = (each.click("/queue/supply_to_order/order", fields) for each in people)
    said = [words(each.text) for each in await asyncio.gather(*pressed)]
    late = "Nobody waits for RARE any more that is not on order already."
    assert sorted(late in each for each in said) == [False, True, True]
    assert await builders.rows("SELECT quantity FROM supply_order WHERE sku = 'RARE'") == [(5,)]


async def test_cash_is_matched_to_the_invoice_that_is_suggested(office: Office) -> None:
    order = await builders.an_order({"BOLT": 3})
    await builders.delivered(order)
    (invoice,) = await builders.invoiced(order)
    payment = await builders.a_payment("36.00", reference="thank you")
    clerk = office[Role.FINANCE]
    page = (await clerk.get("/queue/cash")).text
    assert rows_of(page) == [payment]
    assert f'<option value="{invoice}">' in page
    assert "the exact amount" in page
    # Beside long suggestions the button would stand beyond the edge of the table: this cell may break.
    assert re.search(rf'<td>\s*<label[^>]*for="invoice-{payment}">', page)
    assert "matched" in words(
        (await clerk.click("/queue/cash/match", {"one": payment, f"invoice-{payment}": invoice})).text
    )
    assert await builders.state("invoice", invoice) == "PAID"
    again = await builders.a_payment("20.00", reference="more")
    wrong = (await clerk.click("/queue/cash/match", {"one": again, f"invoice-{again}": "INV-9"})).text
    assert rows_of(wrong) == [again]
    assert "INV-9" in words(wrong)


async def test_a_payment_is_matched_in_part_on_its_page_by_those_who_may(office: Office) -> None:
    order = await builders.an_order({"BOLT": 3})
    await builders.delivered(order)
    (invoice,) = await builders.invoiced(order)
    payment = await builders.a_payment("50.00", reference="nothing known")
    clerk = office[Role.FINANCE]
    path = f"/payments/{payment}/apply"
    assert path in buttons((await clerk.get(f"/payments/{payment}")).text)
    assert path not in buttons((await office[Role.SALES].get(f"/payments/{payment}")).text)
    assert (await clerk.post(path, {"other": invoice, "amount": "10", "once": "m" * 32})).status_code == 303
    page = words((await clerk.get(f"/payments/{payment}")).text)
    assert "Applied 10.00 EUR Unapplied 40.00 EUR" in page
    assert await builders.state("invoice", invoice) == "PARTIALLY_PAID"


async def test_a_dispute_is_kept_on_the_invoice_and_decided_in_the_queue(office: Office) -> None:
    order = await builders.an_order({"BOLT": 3})
    await builders.delivered(order)
    (invoice,) = await builders.invoiced(order)
    path = f"/invoices/{invoice}/disputes"
    support, clerk = office[Role.SUPPORT], office[Role.FINANCE]
    assert path in buttons((await support.get(f"/invoices/{invoice}")).text)
    assert path not in buttons((await office[Role.WAREHOUSE].get(f"/invoices/{invoice}")).text)
    kept = {"amount": "12.00", "reason": "one is bent", "once": "d" * 32}
    assert (await support.post(path, kept)).status_code == 303
    page = (await clerk.get("/queue/disputes")).text
    (dispute,) = rows_of(page)
    assert "one is bent" in page
    fields = {"one": dispute, f"invoice-{dispute}": invoice, "comment": "agreed on the phone"}
    assert "upheld" in words((await clerk.click("/queue/disputes/uphold", fields)).text)
    assert await builders.rows("SELECT status, decided_by FROM dispute") == [("UPHELD", "finance")]
    assert "agreed on the phone" in (await clerk.get(f"/invoices/{invoice}")).text


async def test_a_comment_stands_in_the_timeline_under_the_person_s_name(office: Office) -> None:
    order = await builders.an_order({"BOLT": 3})
    desk = office[Role.SALES]
    path = f"/orders/{order}/do/comment_on_order"
    assert path in buttons((await desk.get(f"/orders/{order}")).text)
    for _ in range(2):
        assert (await desk.post(path, {"text": "calls back on Monday", "once": "t" * 32})).status_code == 303
    said = await builders.rows(
        "SELECT actor, event FROM timeline WHERE order_number = :n AND event = 'commented'", n=order
    )
    assert said == [("sales", "commented")]
    assert (await desk.get(f"/orders/{order}")).text.count("calls back on Monday") == 1
