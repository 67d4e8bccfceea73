"""A draft is saved as one types, restored afterwards, one's own, and gone when it is an order or thrown away."""

from __future__ import annotations

from domain.actor import Role
from tests.starter.console.desk import OURS, Office
from tests.starter.console.taking.typing import DRAFT, order, shown, value_of


async def test_what_was_typed_is_there_after_a_reload(office: Office):
    fields = order(("NB-A5", "12"), ("pen", "x", "", "7"), customer="harb", customer_po="PO-1", note="half a th")
    saved = await office[Role.SALES].click("/orders/new/figures", fields)
    assert saved.headers["hx-replace-url"] == f"/orders/new?draft={DRAFT}"
    assert shown(saved.text, "saved") == "Draft saved"
    page = (await office[Role.SALES].get(f"/orders/new?draft={DRAFT}")).text
    for name, value in fields.items():
        assert value_of(page, name) == value, name


async def test_a_session_that_ends_leads_back_to_the_draft(office: Office):
    await office[Role.SALES].click("/orders/new/figures", order(("NB-A5", "12")))
    await office[Role.SALES].post("/sign-out")
    page = f"http://console/orders/new?draft={DRAFT}"
    asked = {"hx-request": "true", "hx-current-url": page}
    answer = await office[Role.SALES].post("/orders/new/figures", order(("NB-A5", "13")), **asked)
    assert answer.headers["hx-redirect"] == f"/sign-in?next=/orders/new%3Fdraft%3D{DRAFT}"
    elsewhere = {"hx-request": "true", "hx-current-url": "https://evil.example//evil.example/x"}
    answer = await office[Role.SALES].post("/orders/new/figures", {}, **elsewhere)
    back = answer.headers["hx-redirect"].removeprefix("/sign-in?next=")
    entered = await office[Role.SALES].client.post("/sign-in", data={"next": back, "username": "x"}, headers=OURS)
    assert entered.headers.get("location") is None


async def test_my_drafts_are_listed_and_can_be_thrown_away(office: Office):
    await office[Role.SALES].click("/orders/new/figures", order(("NB-A5", "12"), customer_po="PO-5"))
    page = (await office[Role.SALES].get("/orders/new")).text
    assert f'href="/orders/new?draft={DRAFT}"' in page
    assert "PO-5" in page
    assert f"/orders/drafts/{DRAFT}/discard" in page
    gone = await office[Role.SALES].post(f"/orders/drafts/{DRAFT}/discard")
    assert (gone.status_code, gone.headers["location"]) == (303, "/orders/new")
    assert DRAFT not in (await office[Role.SALES].get("/orders/new")).text
    page = (await office[Role.SALES].get(f"/orders/new?draft={DRAFT}")).text
    assert "That draft is no more" in page
    assert value_of(page, "draft") != DRAFT


async def test_a_colleague_neither_sees_nor_changes_nor_submits_a_draft(office: Office):
    await office[Role.SALES].click("/orders/new/figures", order(("NB-A5", "12")))
    assert DRAFT not in (await office[Role.MANAGER].get("/orders/new")).text
    page = (await office[Role.MANAGER].get(f"/orders/new?draft={DRAFT}")).text
    assert value_of(page, "line-0-sku") == ""
    told = await office[Role.MANAGER].click("/orders/new/figures", order(("PEN-01", "1")))
    assert (shown(told.text, "saved"), told.headers.get("hx-replace-url")) == ("", None)
    assert (await office[Role.MANAGER].post("/orders/new", order(("PEN-01", "1")))).status_code == 404
    assert (await office[Role.MANAGER].post(f"/orders/drafts/{DRAFT}/discard")).status_code == 404
    page = (await office[Role.SALES].get(f"/orders/new?draft={DRAFT}")).text
    assert value_of(page, "line-0-sku") == "NB-A5"


async def test_a_submitted_draft_is_no_draft_any_more(office: Office):
    fields = order(("NB-A5", "12"))
    await office[Role.SALES].click("/orders/new/figures", fields)
    assert (await office[Role.SALES].post("/orders/new", fields)).status_code == 303
    late = await office[Role.SALES].click("/orders/new/figures", fields)
    assert late.headers.get("hx-replace-url") is None
    assert DRAFT not in (await office[Role.SALES].get("/orders/new")).text
    assert (await office[Role.SALES].post(f"/orders/drafts/{DRAFT}/discard")).status_code == 404


async def test_an_earlier_order_is_repeated_at_todays_prices(office: Office):
    fields = order(("NB-A5", "12", "8.00", "2"), ("PEN-01", "2.5"), customer_po="PO-1")
    first = (await office[Role.SALES].post("/orders/new", fields)).headers["location"]
    page = (await office[Role.SALES].get(f"/orders/new?repeat={first.removeprefix('/orders/')}")).text
    line = {"line-0-sku": "NB-A5", "line-0-quantity": "12", "line-0-unit_price": "", "line-0-discount_percent": ""}
    wanted = {"customer": "HARBOUR", "customer_po": "", "line-1-quantity": "2.5", "ship_to-city": "", **line}
    assert {name: value_of(page, name) for name in wanted} == wanted
    assert shown(page, "line-0-net") == "118.80 GBP"
    assert (await office[Role.SALES].get("/orders/new?repeat=SO-999999")).status_code == 404


async def test_another_address_is_repeated_and_the_customers_own_is_not_written_down(office: Office):
    fields = order(("NB-A5", "1")) | {"ship_to-name": "Pier 4", "ship_to-street": "4 Quay", "ship_to-city": "Leith"}
    first = (await office[Role.SALES].post("/orders/new", {**fields, "ship_to-country": "GB"})).headers["location"]
    page = (await office[Role.SALES].get(f"/orders/new?repeat={first.removeprefix('/orders/')}")).text
    assert value_of(page, "ship_to-city") == "Leith"


async def test_an_order_is_begun_from_the_page_of_its_customer(office: Office):
    page = (await office[Role.SALES].get("/orders/new?customer=HARBOUR")).text
    assert value_of(page, "customer") == "HARBOUR"
    assert shown(page, "customer-name") == "Harbour Books · GBP · net30"
