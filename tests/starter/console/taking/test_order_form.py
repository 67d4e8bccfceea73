"""The form of an order: figures as one types, errors at their fields, nothing lost, one order however often pressed."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import text

from db.engine import transaction
from domain.actor import Role
from tests.starter.console.desk import Office, buttons
from tests.starter.console.taking.typing import DRAFT, order, shown, value_of


async def orders() -> list[Any]:
    """What orders there are: number, customer, total, who."""
    async with transaction() as tx:
        rows = await tx.execute(text("SELECT number, customer, total, created_by FROM sales_order ORDER BY number"))
        return [tuple(row) for row in rows]


async def test_price_stock_promise_and_sums_are_told_as_one_types(office: Office):
    told = await office[Role.SALES].click("/orders/new/figures", order(("NB-A5", "12"), ("PEN-01", "3", "9.50", "")))
    assert told.status_code == 200
    assert shown(told.text, "line-0-name") == "Notebook A5, dotted"
    assert shown(told.text, "line-0-list") == "9.90"
    assert shown(told.text, "line-0-available") == "100 pcs"
    assert shown(told.text, "line-0-net") == "118.80 GBP"
    assert shown(told.text, "line-1-available") == "0 pcs"
    assert shown(told.text, "line-1-net") == "28.50 GBP"
    assert shown(told.text, "line-1-promise") > shown(told.text, "line-0-promise")
    assert [shown(told.text, f"sum-{name}") for name in ("net", "tax", "total")] == [
        "147.30 GBP", "29.46 GBP", "176.76 GBP",
    ]  # fmt: skip
    assert shown(told.text, "credit-room") == "823.24 GBP"


async def test_what_was_told_is_what_the_order_has(office: Office):
    fields = order(("NB-A5", "7", "", "3.5"), ("PEN-01", "3"))
    told = (await office[Role.SALES].click("/orders/new/figures", fields)).text
    taken = await office[Role.SALES].click("/orders/new", fields)
    number = taken.headers["hx-redirect"].removeprefix("/orders/")
    submitted = (await office.live.get(f"/v1/orders/{number}")).json()
    assert shown(told, "sum-total") == f"{submitted['total']} GBP"
    assert [shown(told, f"line-{index}-net") for index in (0, 1)] == [
        f"{line['net']} GBP" for line in submitted["lines"]
    ]


async def test_pressing_twice_gives_one_order_and_its_page(office: Office):
    fields = order(("NB-A5", "2"))
    first = await office[Role.SALES].post("/orders/new", fields)
    again = await office[Role.SALES].post("/orders/new", fields)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["location"] == again.headers["location"]
    [(number, customer, _, by)] = await orders()
    assert (f"/orders/{number}", customer, by) == (first.headers["location"], "HARBOUR", "sales")


async def test_an_order_may_be_taken_again_under_another_page(office: Office):
    for draft in ("a" * 32, "b" * 32):
        assert (await office[Role.SALES].post("/orders/new", order(("NB-A5", "2"), draft=draft))).status_code == 303
    assert len(await orders()) == 2


async def test_errors_stand_at_their_fields_and_nothing_typed_is_lost(office: Office):
    fields = order(("NB-A5", "two"), ("NO-SUCH", "1"), ("PEN-01", "1", "", "101"), requested_date="2091-01-01")
    fields |= {"payment_terms": "whenever", "ship_to-city": "Hull", "note": "by <hand>"}
    page = await office[Role.SALES].post("/orders/new", fields)
    assert page.status_code == 422
    assert shown(page.text, "line-0-quantity-error") == "'two' is not a decimal number such as \"9.90\""
    assert shown(page.text, "ship_to-street-error") == "This is needed."
    for name, value in fields.items():
        assert value_of(page.text, name) == value, name
    assert await orders() == []
    fields |= {"line-0-quantity": "2"} | {f"ship_to-{name}": "" for name in ("city",)}
    page = await office[Role.SALES].post("/orders/new", fields)
    assert shown(page.text, "line-1-sku-error") == "There is no product NO-SUCH. Type a part of the name and choose."
    assert shown(page.text, "line-2-discount_percent-error") == "A discount cannot exceed 100 percent."
    assert shown(page.text, "requested_date-error") == "2091-01-01 is more than ten years from today; check the year."
    assert shown(page.text, "payment_terms-error") == "Type terms such as net30, eom30, 2/10net30 or prepaid."
    assert await orders() == []


async def test_an_empty_form_says_what_is_needed(office: Office):
    page = await office[Role.SALES].click("/orders/new", {"draft": DRAFT})
    assert (page.status_code, page.headers["x-refused"]) == (200, "422")
    assert shown(page.text, "customer-error") == "This is needed."
    assert shown(page.text, "order-error") == ""
    assert "The order was not taken yet" in page.text
    quiet = await office[Role.SALES].click("/orders/new/figures", {"draft": DRAFT})
    assert shown(quiet.text, "customer-error") == ""


async def test_what_review_would_hold_is_told_with_its_figures(office: Office):
    fields = order(("NB-A5", "200", "", "12"), requested_date="2026-01-01", customer_po="PO-1")
    told = (await office[Role.SALES].click("/orders/new/figures", fields)).text
    warnings = [
        " ".join(re.sub(r"<[^>]+>", "", each).split()) for each in re.findall(r"<li>(.*?)</li>", told, re.DOTALL)
    ]
    assert [each.split()[0] for each in warnings] == ["price", "stock", "credit"]
    assert "line 1 (NB-A5) has a discount of 12 %; sales may give 5 %." in warnings[0]
    assert "It will wait for: manager" in warnings[0]
    assert "exceeds the limit 1000.00 by 1090.88." in warnings[2]
    assert shown(told, "credit-room") == "-1,090.88 GBP"
    manager = (await office[Role.MANAGER].click("/orders/new/figures", {**fields, "draft": "c" * 32})).text
    assert "manager may give" not in manager


async def test_the_order_is_held_as_it_was_told(office: Office):
    fields = order(("NB-A5", "200"))
    told = (await office[Role.SALES].click("/orders/new/figures", fields)).text
    assert told.count("It will wait for:") == 1
    assert "Nothing would hold this order." not in told
    assert (
        "Nothing would hold this order."
        in (await office[Role.SALES].click("/orders/new/figures", order(("NB-A5", "2")))).text
    )


async def test_a_purchase_number_that_exists_is_told(office: Office):
    number = (await office[Role.SALES].post("/orders/new", order(("NB-A5", "2"), customer_po="PO-7"))).headers[
        "location"
    ]
    other = order(("NB-A5", "3"), customer_po="PO-7", draft="d" * 32)
    told = (await office[Role.SALES].click("/orders/new/figures", other)).text
    assert f"the same purchase order number is on {number.removeprefix('/orders/')}." in told
    same = order(("NB-A5", "2"), customer_po="PO-7", draft="e" * 32)
    told = (await office[Role.SALES].click("/orders/new/figures", same)).text
    assert f'This very order was taken already: <a href="{number}">' in told


async def test_terms_policy_address_and_note_reach_the_order(office: Office):
    fields = order(("NB-A5", "2"), requested_date="2026-12-24", ship_by="2026-12-30", customer_po="PO-9")
    fields |= {"payment_terms": "2/10net30", "shipping_policy": "ship_complete", "note": "by hand"}
    fields |= {"ship_to-name": "Pier 4", "ship_to-street": "4 Quay", "ship_to-city": "Leith", "ship_to-country": "gb"}
    taken = await office[Role.SALES].post("/orders/new", fields)
    found = (await office.live.get(f"/v1{taken.headers['location']}")).json()
    kept = ("customer_po", "requested_date", "ship_by", "payment_terms", "shipping_policy", "note", "channel")
    assert [found[name] for name in kept] == [
        "PO-9", "2026-12-24", "2026-12-30", "2/10net30", "ship_complete", "by hand", "console",
    ]  # fmt: skip
    assert (found["ship_to"]["city"], found["ship_to"]["country"]) == ("Leith", "GB")


async def test_codes_may_be_typed_in_small_letters(office: Office):
    fields = order(("nb-a5", "2")) | {"customer": "harbour"}
    assert (await office[Role.SALES].post("/orders/new", fields)).status_code == 303
    assert [customer for _, customer, _, _ in await orders()] == ["HARBOUR"]


async def test_numbers_may_have_thousands_and_the_wide_signs_of_a_chinese_keyboard(office: Office):
    told = await office[Role.SALES].click("/orders/new/figures", order(("NB-A5", "1,200", "９．５０", "１０")))
    assert shown(told.text, "line-0-net") == "10,260.00 GBP"
    wrong = await office[Role.SALES].click("/orders/new/figures", order(("NB-A5", "1", "9,50")))
    assert "'9,50' is not a decimal number" in shown(wrong.text, "line-0-unit_price-error")


async def test_blank_lines_are_no_lines_and_one_is_always_ready(office: Office):
    page = (await office[Role.SALES].post("/orders/new", {**order(("NB-A5", "2")), "add": "1"})).text
    assert value_of(page, "line-0-sku") == "NB-A5"
    assert value_of(page, "line-1-sku") == ""
    assert await orders() == []
    fields = order(("NB-A5", "2"), ("", "")) | {"line-7-sku": "PEN-01", "line-7-quantity": "0"}
    page = (await office[Role.SALES].post("/orders/new", fields)).text
    assert shown(page, "line-7-quantity-error") == "must be greater than zero"


async def test_who_may_not_submit_sees_no_form(office: Office):
    assert "/orders/new" in buttons((await office[Role.SALES].get("/orders/new")).text)
    assert (await office[Role.WAREHOUSE].get("/orders/new")).status_code == 403
