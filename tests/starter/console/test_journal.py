"""The journal: every voucher with its lines, in people's words, chosen by what the address says."""

from __future__ import annotations

import pytest

from domain.actor import Role
from domain.invoicing import ACCOUNTS
from starter.languages import translator
from tests import builders
from tests.builders import DAY, NOW
from tests.starter.console.desk import Office, links
from tests.starter.console.test_documents import a_life, words

ARRANGED = builders.a_company
INVOICE = "Trade receivables ACME 36.00 EUR Revenue 30.00 EUR Output tax 6.00 EUR Total 36.00 EUR 36.00 EUR"


def vouchers(page: str) -> int:
    """How many vouchers a page shows."""
    return page.count('<tbody id="voucher-')


async def test_a_voucher_is_shown_with_its_lines_and_their_sums(office: Office) -> None:
    order, shipment, invoice = await a_life()
    page = (await office[Role.FINANCE].get(f"/journal?document={invoice}")).text
    assert vouchers(page) == 1
    assert f"invoice 2026-03-02 09:00 UTC {invoice} {order} {INVOICE}" in words(page)
    assert {f"/invoices/{invoice}", f"/orders/{order}", "/customers/ACME"} <= links(page)
    whole = (await office[Role.FINANCE].get("/journal")).text
    assert {f"/shipments/{shipment}", f"/invoices/{invoice}", "/payments/PAY-000001"} <= links(whole)


async def test_the_filters_choose_and_stand_in_the_form(office: Office) -> None:
    order, shipment, _ = await a_life()
    next_day = NOW + DAY
    await builders.invoiced(await builders.an_order({"BOLT": 1}, now=next_day), next_day)
    desk = office[Role.FINANCE]
    counted = {
        "": 7,  # two of the opening stock, three of the first order, two of the second
        f"?order={order}": 3,
        f"?document={shipment}": 1,
        "?account=revenue": 2,
        f"?account=revenue&order={order}": 1,
        "?day=2026-03-03": 2,
        "?day=2026-03-04": 0,
    }
    pages = {query: (await desk.get(f"/journal{query}")).text for query in counted}
    assert {query: vouchers(page) for query, page in pages.items()} == counted
    assert "Nothing is like that. Change or remove a filter." in words(pages["?day=2026-03-04"])
    assert 'value="2026-03-03"' in pages["?day=2026-03-03"]
    assert '<option value="revenue" selected>Revenue</option>' in pages["?account=revenue"]


async def test_a_day_that_is_none_and_an_account_that_is_none_are_refused_with_what_to_do(office: Office) -> None:
    desk = office[Role.FINANCE]
    refused = await desk.get("/journal?day=yesterday")
    assert (refused.status_code, "The day is no date. Write it as 2026-11-25." in words(refused.text)) == (422, True)
    assert (await desk.get("/journal?account=coffee")).status_code == 422


async def test_documents_the_order_s_tree_and_the_menu_lead_there(office: Office) -> None:
    order, _, invoice = await a_life()
    desk = office[Role.FINANCE]
    assert "/journal" in links((await desk.get("/queue")).text)
    assert "/journal" not in links((await office[Role.WAREHOUSE].get("/queue")).text)
    assert f"/journal?document={invoice}" in links((await desk.get(f"/invoices/{invoice}")).text)
    tree = [each for each in links((await desk.get(f"/orders/{order}")).text) if each.startswith("/journal?")]
    assert len(tree) == 3
    for address in tree:
        path, _, place = address.partition("#")
        assert f'id="{place}"' in (await desk.get(path)).text, address


async def test_a_long_journal_goes_on_where_the_page_before_ended(office: Office) -> None:
    for _ in range(51):
        await builders.some_stock("BOLT", 1)
    desk = office[Role.FINANCE]
    first = (await desk.get("/journal?account=inventory")).text
    [more] = [each for each in links(first) if "after=" in each]
    second = (await desk.get(more.replace("&amp;", "&"))).text
    assert vouchers(first) == 50
    assert 0 < vouchers(second) < 50


@pytest.mark.parametrize("path", ["/journal?document={invoice}&lang=zh-CN", "/invoices/{invoice}?lang=zh-CN"])
async def test_the_names_of_accounts_are_chinese_on_chinese_pages(office: Office, path: str) -> None:
    _, _, invoice = await a_life()
    page = words((await office[Role.FINANCE].get(path.format(invoice=invoice))).text)
    for name in ("应收账款", "营业收入", "销项税额", "借方", "贷方"):
        assert name in page, name
    assert "信用" not in page


def test_every_account_has_a_name_in_chinese() -> None:
    chinese = translator("zh-CN").gettext
    assert [name for name in ACCOUNTS.values() if chinese(name) == name] == []


async def test_the_api_names_accounts_in_the_language_of_the_answer_and_chooses_a_day(office: Office) -> None:
    _, _, invoice = await a_life()
    live = office.live
    [voucher] = (await live.get(f"/v1/journal?document={invoice}&day=2026-03-02&lang=zh-CN")).json()["items"]
    assert [line["name"] for line in voucher["lines"]] == ["应收账款", "营业收入", "销项税额"]
    assert (await live.get(f"/v1/journal?document={invoice}&day=2026-03-01")).json()["items"] == []
    assert (await live.get("/v1/journal?day=soon")).status_code == 422
    balance = (await live.get("/v1/trial-balance?lang=zh-CN")).json()
    assert "应收账款" in [each["name"] for each in balance["currencies"][0]["accounts"]]
