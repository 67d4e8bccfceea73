"""What was typed into a queue and not sent, or refused, is there after a press; and a queue leads to its filters."""

from __future__ import annotations

import html
import re

from domain.actor import Role
from tests import builders
from tests.starter.console.desk import Office, links
from tests.starter.console.test_documents import once_of
from tests.starter.console.test_queue import held, rows_of

ARRANGED = builders.a_company


def filled(page: str, name: str) -> str:
    """What stands in a field."""
    (tag,) = re.findall(rf'<input[^>]* name="{name}"[^>]*>', page)
    (value,) = re.findall(r'value="([^"]*)"', tag)
    return str(value)


def ticked(page: str) -> list[str]:
    """The rows that are ticked."""
    return re.findall(r'name="document" value="([^"]+)"[^>]* checked>', page)


async def three_picks() -> list[str]:
    """Three shipments that wait to be picked."""
    shipments: list[str] = []
    for po in "ABC":
        order = await builders.an_order({"BOLT": 1}, customer_po=po)
        shipments += await builders.noted(order)
    assert len(shipments) == 3
    return shipments


async def test_one_rows_button_leaves_what_is_typed_and_ticked_in_the_others(office: Office) -> None:
    one, two, three = await three_picks()
    desk = office[Role.WAREHOUSE]
    once = once_of((await desk.get("/queue/picks")).text)
    packages = {f"packages-{one}": "2", f"packages-{two}": "5", f"packages-{three}": "1"}
    fields = {"one": one, "document": [one, three], "once": once, **packages}
    page = (await desk.click("/queue/picks/confirm", fields)).text
    assert rows_of(page) == [two, three]
    assert [filled(page, f"packages-{each}") for each in (two, three)] == ["5", "1"]
    assert ticked(page) == [three]
    assert "data-unsent" in page
    assert await builders.state("shipment", one) == "PACKED"
    assert await builders.rows("SELECT packages FROM shipment WHERE number = :n", n=one) == [(2,)]


async def test_a_press_after_which_nothing_is_left_unsent_leaves_the_page_live(office: Office) -> None:
    one, two, three = await three_picks()
    desk = office[Role.WAREHOUSE]
    once = once_of((await desk.get("/queue/picks")).text)
    packages = {f"packages-{each}": "1" for each in (one, two, three)}
    page = (await desk.click("/queue/picks/confirm", {"one": one, "once": once, **packages})).text
    assert rows_of(page) == [two, three]
    assert ticked(page) == []
    assert "data-unsent" not in page


async def test_what_was_refused_keeps_every_field_and_what_was_done_keeps_none(office: Office) -> None:
    order, hold = await held("A")
    desk = office[Role.CREDIT]
    once = once_of((await desk.get("/queue/holds")).text)
    fields = {"document": hold, f"order-{hold}": order, "comment": "known for years", "once": once}
    page = (await desk.click("/queue/holds/release", {**fields, "until": "2001-01-01"})).text
    assert "Give a date to come." in page
    assert (filled(page, "until"), filled(page, "comment"), ticked(page)) == ("2001-01-01", "known for years", [hold])
    other = await held("B")
    page = (await desk.click("/queue/holds/release", {**fields, "once": once_of(page)})).text
    assert (rows_of(page), ticked(page)) == ([other[1]], [])
    assert (filled(page, "until"), filled(page, "comment")) == ("", "")


async def test_a_row_leads_to_those_like_it_and_the_way_back_keeps_whose_work_it_is(office: Office) -> None:
    await held("A")
    page = html.unescape((await office[Role.MANAGER].get("/queue/holds?role=credit")).text)
    reason, customer = "/queue/holds?role=credit&reason=CREDIT", "/queue/holds?role=credit&customer=ACME"
    assert {reason, customer} <= links(page)
    page = html.unescape((await office[Role.MANAGER].get(f"{reason}&customer=ACME")).text)
    assert "/queue/holds?role=credit" in links(page), "all of that role's again"
    assert "/queue/holds?role=credit&customer=ACME" in links(page), "another kind of work keeps the customer"
