"""Open pages follow what colleagues do: by themselves, soon, never too often, and never over what somebody types."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Locator, Route, expect

from domain.actor import Role
from tests.browser.window import PATIENCE_MS, Window, Windows
from tests.e2e.company import ADDRESS, Company

pytestmark = pytest.mark.xdist_group("browser")
GAP_MS = 990
"""A page looks again at most once in a second; a timer of a browser may be a little early."""


@pytest.fixture
async def picks(outside: Company) -> AsyncIterator[list[dict[str, str]]]:
    """Two shipments that wait to be picked, the one that stands higher first."""
    mark = uuid.uuid4().hex[:6].upper()
    card = {"name": f"Cup House {mark}", "email": "cup@example.com", "currency": "EUR", "payment_terms": "net30"}
    await outside.put(f"customers/L{mark}", {**card, "shipping_address": ADDRESS})
    price = {"prices": [{"currency": "EUR", "amount": "10"}], "cost": {"currency": "EUR", "amount": "4"}}
    await outside.put(f"products/CUP{mark}", {"name": f"Cup {mark}", **price})
    stock = {"sku": f"CUP{mark}", "warehouse": "MAIN", "quantity": "100", "reason": "opening"}
    await outside.post("stock/movements", stock)
    found: list[dict[str, str]] = []
    for _ in range(2):
        order = await outside.submit(f"L{mark}", f"CUP{mark}")

        async def is_to_be_picked(order: str = order) -> bool:
            return bool(await outside.all("shipments", order=order))

        await outside.until(is_to_be_picked, f"{order} is to be picked")
        found += await outside.all("shipments", order=order)
    yield found
    for shipment in found:
        await outside.post(f"shipments/{shipment['number']}/pick", {}, or_else=409)


def row(window: Window, shipment: dict[str, str]) -> Locator:
    """The row of a shipment in the queue."""
    return window.page.locator("tbody tr").filter(has_text=shipment["number"])


async def looked(window: Window) -> list[float]:
    """When the page looked again by itself, in milliseconds of its own clock."""
    script = """() => performance.getEntriesByType('resource')
      .filter((each) => new URL(each.name).pathname === location.pathname).map((each) => each.startTime)"""
    return [float(at) for at in await window.page.evaluate(script)]


async def unseen(window: Window, hidden: bool) -> None:
    """Put the window behind another one, or in front again."""
    script = """(hidden) => {
      Object.defineProperty(document, 'hidden', {configurable: true, get: () => hidden});
      document.dispatchEvent(new Event('visibilitychange'));
    }"""
    await window.page.evaluate(script, hidden)


async def test_enter_in_a_row_presses_the_button_of_this_row(windows: Windows, outside: Company, picks) -> None:
    first, second = picks
    window = await windows.of(Role.WAREHOUSE)
    await window.page.goto(f"{window.api}/queue/picks")
    packages = row(window, second).locator("input[name^='packages-']")
    await packages.fill("3")
    await packages.press("Enter")
    await expect(row(window, second)).to_have_count(0, timeout=PATIENCE_MS)
    [picked] = await outside.all("shipments", order=second["order"])
    assert (picked["state"] != "CREATED", picked["packages"]) == (True, 3)
    [other] = await outside.all("shipments", order=first["order"])
    assert other["state"] == "CREATED"
    await expect(row(window, first)).to_have_count(1)


async def test_what_a_colleague_does_shows_by_itself_on_an_open_queue_and_an_open_order(
    windows: Windows, picks
) -> None:
    first, second = picks
    colleague, queue, order = [await windows.of(role) for role in (Role.MANAGER, Role.WAREHOUSE, Role.SALES)]
    await queue.page.goto(f"{queue.api}/queue/picks")
    await order.page.goto(f"{order.api}/orders/{first['order']}")
    await expect(row(queue, first)).to_have_count(1)
    await expect(order.page.locator("#order")).to_contain_text(first["number"])
    await colleague.page.goto(f"{colleague.api}/queue/picks")
    await row(colleague, first).get_by_role("button", name="Confirm pick").click()
    await expect(row(queue, first)).to_have_count(0, timeout=PATIENCE_MS)
    await expect(order.page.locator("#order")).to_contain_text("manager", timeout=PATIENCE_MS)
    await expect(row(queue, second)).to_have_count(1)


async def test_however_much_happens_a_page_looks_again_once_a_second_and_at_the_last_of_it(
    windows: Windows, outside: Company, picks
) -> None:
    order = picks[0]["order"]
    window = await windows.of(Role.SUPPORT)
    await window.page.goto(f"{window.api}/orders/{order}")
    for number in range(25):
        await outside.post(f"orders/{order}/comments", {"text": f"remark {number}"})
    await expect(window.page.locator("#order")).to_contain_text("remark 24", timeout=PATIENCE_MS)
    at = await looked(window)
    gaps = [later - earlier for earlier, later in itertools.pairwise(at)]
    assert at
    assert [gap for gap in gaps if gap < GAP_MS] == []


async def test_a_page_that_nobody_sees_asks_for_nothing_and_is_new_when_it_is_seen(
    windows: Windows, outside: Company, picks
) -> None:
    order = picks[0]["order"]
    hidden, seen = [await windows.of(role) for role in (Role.SUPPORT, Role.SALES)]
    for window in (hidden, seen):
        await window.page.goto(f"{window.api}/orders/{order}")
    await unseen(hidden, True)
    before = await looked(hidden)
    await outside.post(f"orders/{order}/comments", {"text": "while nobody looked"})
    await expect(seen.page.locator("#order")).to_contain_text("while nobody looked", timeout=PATIENCE_MS)
    await seen.page.wait_for_timeout(GAP_MS)
    assert await looked(hidden) == before
    await expect(hidden.page.locator("#order")).not_to_contain_text("while nobody looked")
    await unseen(hidden, False)
    await expect(hidden.page.locator("#order")).to_contain_text("while nobody looked", timeout=PATIENCE_MS)


async def test_what_somebody_has_ticked_and_typed_stays_until_it_is_sent(windows: Windows, picks) -> None:
    first, second = picks
    mine, colleague = [await windows.of(role) for role in (Role.WAREHOUSE, Role.MANAGER)]
    await mine.page.goto(f"{mine.api}/queue/picks")
    await row(mine, second).locator("input[name^='packages-']").fill("2")
    await row(mine, second).get_by_role("checkbox").check()
    await mine.page.locator("h1").click()
    await colleague.page.goto(f"{colleague.api}/queue/picks")
    await row(colleague, first).get_by_role("button", name="Confirm pick").click()
    await expect(row(colleague, first)).to_have_count(0, timeout=PATIENCE_MS)
    await expect(mine.page.locator("#waiting")).to_have_attribute("data-stale", "true", timeout=PATIENCE_MS)
    await expect(row(mine, second).get_by_role("checkbox")).to_be_checked()
    await expect(row(mine, second).locator("input[name^='packages-']")).to_have_value("2")
    await mine.page.locator(".card-footer").get_by_role("button", name="Confirm pick").click()
    for shipment in picks:
        await expect(row(mine, shipment)).to_have_count(0, timeout=PATIENCE_MS)


class Late:
    """Keeps the answers to what the page looks at by itself, until they are let go."""

    def __init__(self, window: Window) -> None:
        self._page = window.page
        self._kept: list[Route] = []
        self._free = asyncio.Event()

    async def __aenter__(self) -> Late:
        await self._page.route("**/queue/picks", self._keep)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._page.unroute("**/queue/picks")

    async def _keep(self, route: Route) -> None:
        if route.request.method == "GET":
            answer = await route.fetch()
            self._kept.append(route)
            await self._free.wait()
            await route.fulfill(response=answer)
        else:
            await route.continue_()

    async def until_one_waits(self) -> None:
        """The page has looked, and the answer is here."""
        async with asyncio.timeout(PATIENCE_MS / 1000):
            while not self._kept:
                await asyncio.sleep(0.05)

    async def let_go(self) -> None:
        """The answers reach the page."""
        self._free.set()
        await self._page.wait_for_timeout(300)


async def test_an_answer_that_comes_while_somebody_ticks_does_not_take_the_tick_away(
    windows: Windows, outside: Company, picks
) -> None:
    window = await windows.of(Role.WAREHOUSE)
    await window.page.goto(f"{window.api}/queue/picks")
    async with Late(window) as late:
        await outside.post(f"orders/{picks[0]['order']}/comments", {"text": "something happened"})
        await late.until_one_waits()
        await row(window, picks[1]).get_by_role("checkbox").check()
        await late.let_go()
        await expect(row(window, picks[1]).get_by_role("checkbox")).to_be_checked()
    await window.page.locator(".card-footer").get_by_role("button", name="Confirm pick").click()
    await expect(row(window, picks[1])).to_have_count(0, timeout=PATIENCE_MS)


async def test_a_button_that_is_down_when_an_answer_comes_is_pressed_when_it_is_let_go(
    windows: Windows, outside: Company, picks
) -> None:
    window = await windows.of(Role.WAREHOUSE)
    await window.page.goto(f"{window.api}/queue/picks")
    async with Late(window) as late:
        await outside.post(f"orders/{picks[0]['order']}/comments", {"text": "something happened"})
        await late.until_one_waits()
        await row(window, picks[1]).get_by_role("button", name="Confirm pick").hover()
        await window.page.mouse.down()
        await late.let_go()
        await window.page.mouse.up()
    await expect(row(window, picks[1])).to_have_count(0, timeout=PATIENCE_MS)


async def test_a_page_that_was_put_off_by_a_press_that_did_nothing_is_new_a_moment_later(
    windows: Windows, outside: Company, picks
) -> None:
    first, second = picks
    window = await windows.of(Role.WAREHOUSE)
    await window.page.goto(f"{window.api}/queue/picks")
    async with Late(window) as late:
        await outside.post(f"shipments/{first['number']}/pick", {})
        await late.until_one_waits()
        await row(window, second).get_by_role("button", name="Confirm pick").hover()
        await window.page.mouse.down()
        await late.let_go()
        await expect(row(window, first)).to_have_count(1)
        await window.page.locator("h1").hover()
        await window.page.mouse.up()
    await expect(row(window, first)).to_have_count(0, timeout=PATIENCE_MS)
    await expect(row(window, second)).to_have_count(1)


async def test_a_page_that_looks_again_leaves_its_folds_open_and_the_keyboard_where_it_was(
    windows: Windows, outside: Company, picks
) -> None:
    order = picks[0]["order"]
    window = await windows.of(Role.SALES)
    await window.page.goto(f"{window.api}/orders/{order}")
    cancel = window.page.locator("details.press").filter(has=window.page.locator("form[action*='cancel_order']")).first
    await cancel.locator("summary").focus()
    await window.page.keyboard.press("Enter")
    await expect(cancel.locator(".preview li").first).to_be_visible(timeout=PATIENCE_MS)
    await outside.post(f"orders/{order}/comments", {"text": "while somebody reads"})
    await expect(window.page.locator("#order")).to_contain_text("while somebody reads", timeout=PATIENCE_MS)
    await expect(cancel).to_have_attribute("open", "")
    await expect(cancel.locator(".preview li").first).to_be_visible(timeout=PATIENCE_MS)
    await expect(cancel.locator("summary")).to_be_focused()
