"""An order of hundreds of lines is typed like one of three: what is told of each line is put in place at one go."""

from __future__ import annotations

import uuid

import pytest
from playwright.async_api import expect

from domain.actor import Role
from tests.browser.window import PATIENCE_MS, Windows
from tests.e2e.company import ADDRESS, Company

pytestmark = pytest.mark.xdist_group("browser")
LINES = 200
COUNT_SETTLED = """() => {
  window.settled = 0;
  document.body.addEventListener('htmx:afterSettle', () => { window.settled += 1; });
}"""


async def a_long_order(outside: Company) -> str:
    """An order of many lines; its number."""
    mark = uuid.uuid4().hex[:6].upper()
    card = {"name": f"Long {mark}", "email": "long@example.com", "currency": "EUR", "shipping_address": ADDRESS}
    await outside.put(f"customers/L{mark}", card)
    price = {"prices": [{"currency": "EUR", "amount": "10"}], "cost": {"currency": "EUR", "amount": "4"}}
    await outside.put(f"products/P{mark}", {"name": f"Part {mark}", **price})
    lines = [{"sku": f"P{mark}", "quantity": "1"}] * LINES
    body = {"customer": f"L{mark}", "customer_po": f"PO-{mark}", "currency": "EUR", "lines": lines}
    return str((await outside.post("orders", body))["number"])


async def test_the_figures_of_a_long_order_are_put_in_place_at_one_go(windows: Windows, outside: Company) -> None:
    number = await a_long_order(outside)
    seller = await windows.of(Role.SALES)
    page = seller.page
    await page.goto(f"{seller.api}/orders/new?repeat={number}")
    await page.evaluate(COUNT_SETTLED)
    last = page.locator(f"#line-{LINES - 1}-quantity")
    await last.fill("x")
    await last.press("Tab")
    await expect(last).to_have_attribute("aria-invalid", "true", timeout=PATIENCE_MS)
    await last.fill("３")
    await last.press("Tab")
    await expect(page.locator(f"#line-{LINES - 1}-net")).to_have_text("30.00 EUR", timeout=PATIENCE_MS)
    await expect(last).not_to_have_attribute("aria-invalid", "true")
    await expect(page.locator("#saved")).to_have_text("Draft saved")
    assert 0 < await page.evaluate("() => window.settled") < 10


async def test_a_long_order_is_printed_whole(windows: Windows, outside: Company) -> None:
    number = await a_long_order(outside)
    page = (seller := await windows.of(Role.SALES)).page
    await page.add_init_script("window.printed = 0; window.print = () => { window.printed += 1; }")
    await page.goto(f"{seller.api}/orders/{number}")
    rows = page.locator("main table").first.locator("tbody tr")
    await expect(rows).to_have_count(100)
    await seller.click("Print")
    await expect(rows).to_have_count(LINES)
    await page.wait_for_function("() => window.printed === 1")
    assert page.url == f"{seller.api}/orders/{number}?lines=all"
    await seller.click("Print")
    await page.wait_for_function("() => window.printed === 2")
