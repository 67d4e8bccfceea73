"""Reports on pages: the same figures as over HTTP, and a click from each figure to the orders behind it."""

from __future__ import annotations

import codecs
import html
import re
from datetime import UTC, datetime

import pytest

from db.reports.registry import REPORTS
from domain.actor import Role
from starter.console import report_pages
from tests import builders
from tests.starter.api.live import Live
from tests.starter.console.desk import Office, links
from tests.starter.console.test_documents import words


async def two_orders() -> None:
    """Two orders of today, one of them paid."""
    await builders.a_company()
    now = datetime.now(UTC)
    await builders.paid(await builders.an_order({"BOLT": 3}, now=now), now)
    await builders.confirmed(await builders.an_order({"BOLT": 5}, now=now), now)


ARRANGED = two_orders


@pytest.mark.parametrize("name", REPORTS)
async def test_every_report_has_its_page_picture_and_file_in_both_languages(office: Office, name: str) -> None:
    desk = office[Role.MANAGER]
    for language in ("en", "zh-CN"):
        page = await desk.get(f"/reports/{name}?lang={language}")
        assert page.status_code == 200, page.text
        assert (REPORTS[name].title in words(page.text)) is (language == "en")
    picture = await desk.get(f"/reports/{name}.svg")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert "<script" not in picture.text
    saved = await desk.get(f"/reports/{name}.csv")
    assert saved.content.startswith(codecs.BOM_UTF8), "Excel takes a file without the mark for another alphabet's"
    first, *_ = saved.content.decode("utf-8-sig").splitlines()
    assert first == ",".join(column.name for column in REPORTS[name].columns)


async def test_a_figure_is_the_api_s_and_leads_to_its_orders(office: Office, live: Live) -> None:
    desk = office[Role.FINANCE]
    assert "/reports/bookings" in links((await desk.get("/reports")).text)
    page = (await desk.get("/reports/bookings?by=customer")).text
    (row,) = (await live.get("/v1/reports/bookings?by=customer")).json()["rows"]
    assert (row["booked"], row["orders"]) == ("80.00", 2)
    assert "ACME ACME Ltd EUR 2 80.00 0.00 80.00 0.0 %" in words(page)
    way = html.unescape(
        next(each for each in re.findall(r'href="([^"]*/orders\?[^"]*)"', page) if "group=ACME" in each)
    )
    behind = (await desk.get(way)).text
    assert {"/orders/SO-000001", "/orders/SO-000002"} <= links(behind)


async def test_a_customer_or_product_is_filtered_by_its_name_as_by_its_code(office: Office) -> None:
    desk = office[Role.MANAGER]
    for typed, meant in (
        ("customer=acme+l", "customer=ACME"),
        ("customer=acme", "customer=ACME"),
        ("sku=bol", "sku=BOLT"),
    ):
        answer = await desk.get(f"/reports/bookings?by=month&{typed}")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/reports/bookings?by=month&{meant}")
        assert (await desk.get(answer.headers["location"])).status_code == 200
    page = words((await desk.get("/reports/bookings?customer=nobody")).text)
    assert "None, or more than one, is called so: nobody." in page
    assert "None, or more than one" not in (await desk.get("/reports/bookings?customer=ACME")).text


async def test_the_orders_behind_a_figure_say_what_each_adds_and_what_all_add_up_to(office: Office) -> None:
    desk, now = office[Role.MANAGER], datetime.now(UTC)
    await builders.confirmed(await builders.an_order({"BOLT": 1, "NUT": 2}, now=now), now)
    page = (await desk.get("/reports/backlog?by=product")).text
    ways = [html.unescape(each) for each in re.findall(r'href="([^"]*/orders\?[^"]*group=BOLT[^"]*)"', page)]
    assert [way.partition("&figure=")[2] for way in ways] == ["", "pieces", "backlog", "waiting", "late"]
    shown = (await desk.get(ways[0])).text
    assert words(shown.partition("<thead>")[2].partition("</thead>")[0]).split()[:5] == [
        "Order", "Customer", "State", "Submitted", "Requested",
    ]  # fmt: skip
    bodies = [words(row).split() for row in shown.partition("<tbody>")[2].partition("</tbody>")[0].split("</tr>")[:-1]]
    # The third order has two NUT for 6.00 as well, which are no bolts.
    assert [(body[0], body[-7:-4]) for body in bodies] == [
        ("SO-000003", ["1", "10.00", "EUR"]),
        ("SO-000002", ["5", "50.00", "EUR"]),
    ]
    total = words(shown.partition("<tfoot>")[2].partition("</tfoot>")[0])
    assert total.split() == ["All", "orders", "behind", "it", "6", "60.00", "EUR", "0.00", "EUR", "0.00", "EUR"]


async def test_a_figure_leads_to_the_orders_that_add_to_it(office: Office) -> None:
    desk, now = office[Role.MANAGER], datetime.now(UTC)
    await builders.allocated(await builders.an_order({"NUT": 2}, now=now), now)
    shown = (await desk.get("/reports/backlog/orders?by=customer&group=ACME&figure=waiting")).text
    assert links(shown) & {"/orders/SO-000002", "/orders/SO-000003"} == {"/orders/SO-000003"}
    assert "Backlog, Waits for supply: ACME – the orders behind it" in words(shown)
    assert words(shown.partition("<tfoot>")[2].partition("</tfoot>")[0]).split()[-2:] == ["6.00", "EUR"]
    wrong = await desk.get("/reports/backlog/orders?by=customer&figure=nonsense")
    assert wrong.status_code == 422
    assert "one of these is expected: pieces, backlog, waiting, late" in words(wrong.text)


async def test_a_figure_of_a_product_s_supply_leads_to_the_product(office: Office) -> None:
    page = (await office[Role.PURCHASING].get("/reports/forecast?sku=BOLT")).text
    cells = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert re.findall(r'<a href="(/products/BOLT)">([^<]+)</a>', cells) == [
        ("/products/BOLT", "BOLT"),
        ("/products/BOLT", "137"),
    ]


async def test_a_long_report_shows_its_first_rows_and_says_how_many_more_the_file_has(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await builders.a_customer("BOLTON")
    await builders.confirmed(await builders.an_order({"BOLT": 1}, customer="BOLTON", now=datetime.now(UTC)))
    address = "/reports/bookings?by=customer"
    whole = (await office[Role.FINANCE].get(address)).text
    assert "Rows that are not shown here" not in whole
    monkeypatch.setattr(report_pages, "MOST_FIGURES", 1)
    page = (await office[Role.FINANCE].get(address)).text
    assert ("group=ACME" in page, "group=BOLTON" in page) == (True, False)
    assert "Rows that are not shown here: 1 All rows as CSV" in words(page)
    assert "/reports/bookings.csv?by=customer" in links(page)
    assert words(page).count("Over everything") == words(whole).count("Over everything") == 1
    assert len((await office[Role.FINANCE].get("/reports/bookings.csv?by=customer")).text.splitlines()) == 3


async def test_the_orders_behind_a_group_are_headed_by_its_word(office: Office) -> None:
    page = (await office[Role.MANAGER].get("/reports/hold-dwell/orders?by=reason&group=CREDIT&lang=zh-CN")).text
    heading = words(page.partition("<h1")[2].partition("</h1>")[0])
    assert "信用" in heading
    assert "CREDIT" not in heading


async def test_a_wrong_period_and_an_unknown_report_are_said(office: Office) -> None:
    desk = office[Role.SALES]
    assert (await desk.get("/reports/bookings?from=yesterday")).status_code == 422
    assert (await desk.get("/reports/bookings?from=2026-02-01&to=2026-01-01")).status_code == 422
    assert (await desk.get("/reports/bookings?to=9999-12-31")).status_code == 422
    assert (await desk.get("/reports/bookings?warehouse=MAIN")).status_code == 422
    assert (await desk.get("/reports/horoscope")).status_code == 404
    unkept = await desk.get("/reports/bookings/orders?by=customer&group=%00")
    assert (unkept.status_code, "character that cannot be stored" in unkept.text) == (422, True)
    none = await desk.get("/reports/bookings?from=2001-01-01&to=2001-01-31")
    assert "There are no figures for this." in none.text
