"""More work than one page shows: filters look at all of it, and whoever looks or acts further down stays there."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from domain.actor import Role
from starter.console import queue
from tests import builders
from tests.starter.console.desk import Desk, Office, buttons
from tests.starter.console.test_documents import once_of
from tests.starter.console.test_queue import held, rows_of

ARRANGED = builders.a_company


@pytest.fixture(autouse=True)
def two_rows_on_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page is full soon."""
    monkeypatch.setattr(queue, "ROWS", 2)


async def three_holds(office: Office) -> tuple[Desk, list[tuple[str, str]], str]:
    """Three holds, the oldest first, and the address of the second page."""
    holds = [await held(po, builders.NOW + timedelta(hours=hour)) for hour, po in enumerate("ABC")]
    desk = office[Role.CREDIT]
    page = (await desk.get("/queue/holds")).text
    assert rows_of(page) == [holds[0][1], holds[1][1]]
    (further,) = re.findall(r'href="([^"]+)" rel="next"', page)
    return desk, holds, html.unescape(further)


async def test_a_filter_finds_what_stands_on_no_page_that_is_shown(office: Office) -> None:
    desk, holds, _ = await three_holds(office)
    await builders.a_customer("LAST")
    await builders.run("UPDATE sales_order SET customer = 'LAST' WHERE number = :n", n=holds[2][0])
    assert rows_of((await desk.get("/queue/holds?customer=LAST")).text) == [holds[2][1]]
    assert rows_of((await desk.get("/queue/holds?customer=LAST&reason=CREDIT")).text) == [holds[2][1]]
    assert rows_of((await desk.get("/queue/holds?customer=LAST&reason=PRICE")).text) == []
    assert rows_of((await desk.get("/queue/holds?customer=NOBODY")).text) == []


async def test_a_further_page_looks_again_at_itself_and_its_buttons_lead_back_to_it(office: Office) -> None:
    desk, holds, further = await three_holds(office)
    page = html.unescape((await desk.get(further)).text)
    query = further.partition("?")[2]
    assert rows_of(page) == [holds[2][1]]
    assert f'hx-get="{further}"' in page
    assert {f"/queue/holds/{name}?{query}" for name in ("release", "reject")} <= set(buttons(page))


async def test_when_all_of_a_further_page_is_done_the_rest_is_shown_from_the_top(office: Office) -> None:
    desk, holds, further = await three_holds(office)
    order, last = holds[2]
    once = once_of((await desk.get(further)).text)
    fields = {"one": last, f"order-{last}": order, "comment": "money is announced", "once": once}
    page = (await desk.click(further.replace("/queue/holds", "/queue/holds/release"), fields)).text
    assert await builders.rows("SELECT status FROM hold WHERE id = :h", h=int(last)) == [("RELEASED",)]
    assert "released" in page
    assert rows_of(page) == [holds[0][1], holds[1][1]]


async def test_a_refused_row_keeps_what_was_typed_and_an_answer_stands_above_what_is_looked_at_again(
    office: Office,
) -> None:
    desk, holds, _ = await three_holds(office)
    (one, first), (two, second), _ = holds
    await builders.run("UPDATE sales_order SET created_by = 'credit' WHERE number = :n", n=two)
    once = once_of((await desk.get("/queue/holds")).text)
    orders = {f"order-{first}": one, f"order-{second}": two}
    fields = {"document": [first, second], "comment": "known for years", "once": once, **orders}
    page = (await desk.click("/queue/holds/release", fields)).text
    above, _, looked_at = page.partition('id="waiting"')
    assert f"{one}</a>: released" in above
    assert two not in above
    assert " data-unsent " in looked_at.partition(">")[0]
    assert looked_at.count('class="table-danger"') == 1
    assert 'value="known for years"' in looked_at
    assert " data-unsent " not in (await desk.get("/queue/holds")).text
