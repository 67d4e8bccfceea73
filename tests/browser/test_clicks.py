"""Every daily task of docs/console.md is clicked through as it stands there: in at most three clicks from home."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from domain.actor import Role
from tests.browser.window import PATIENCE_MS, Window, Windows
from tests.e2e.company import ADDRESS, Company

pytestmark = pytest.mark.xdist_group("browser")
DOCUMENT = Path(__file__).parents[2] / "docs" / "console.md"
MOST = 3


def tasks() -> list[tuple[str, str, tuple[str, ...], int]]:
    """(role, task, steps, clicks) of the table."""
    rows = [line.strip("| ").split(" | ") for line in DOCUMENT.read_text("utf-8").splitlines() if line.startswith("| ")]
    found = [row for row in rows if len(row) == 4 and row[3].isdecimal()]
    return [(role, task, tuple(steps.split(", ")), int(clicks)) for role, task, steps, clicks in found]


async def something_of_everything(outside: Company) -> tuple[str, str]:
    """A company in which each kind of work waits; an order that can be found, and what its codes end with."""
    mark = uuid.uuid4().hex[:6].upper()
    await outside.put(f"suppliers/S{mark}", {"name": f"Mill {mark}", "email": "mill@example.com", "lead_time_days": 1})
    card = {"name": f"Tea House {mark}", "email": "tea@example.com", "currency": "EUR", "payment_terms": "net30"}
    await outside.put(f"customers/C{mark}", {**card, "shipping_address": ADDRESS})
    await outside.put(f"customers/P{mark}", {**card, "credit_limit": "1", "shipping_address": ADDRESS})
    parts = [{"sku": f"TEA{mark}", "quantity": "1"}]
    routes = {
        "TEA": {"route": "none"}, "RARE": {"route": "none"}, "BUY": {"route": "buy", "supplier": f"S{mark}"},
        "KIT": {"route": "make", "lead_time_days": 1, "components": parts},
    }  # fmt: skip
    for name, route in routes.items():
        price = {"prices": [{"currency": "EUR", "amount": "10"}], "cost": {"currency": "EUR", "amount": "4"}}
        await outside.put(f"products/{name}{mark}", {"name": f"{name} {mark}", **price, "supply": route})
    stock = {"sku": f"TEA{mark}", "warehouse": "MAIN", "quantity": "100", "reason": "opening"}
    await outside.post("stock/movements", stock)
    known = await outside.submit(f"C{mark}", f"TEA{mark}", customer_po=f"PO-{mark}")
    await outside.submit(f"P{mark}", f"TEA{mark}")
    for name in ("RARE", "BUY", "KIT", "TEA"):
        await outside.submit(f"C{mark}", f"{name}{mark}")
    shipment = await _first(outside, "shipments", order=known)
    await outside.post(f"shipments/{shipment['number']}/pick", {})
    invoice = await _first(outside, "invoices", order=known)
    await outside.post(f"invoices/{invoice['number']}/disputes", {"amount": "1.00", "reason": "one is bent"})
    payment = {"amount": "5.00", "currency": "EUR", "provider": "bank", "provider_payment_id": mark, "reference": known}
    await outside.post("payments", {**payment, "received_at": "2026-03-02T09:00:00Z", "reference": "thank you"})
    case = {"order": known, "subject": "One cup is broken", "priority": "urgent"}
    await outside.post("cases", case)
    return known, mark


async def _first(outside: Company, kind: str, **query: str) -> dict[str, str]:
    for _ in range(240):
        if found := await outside.all(kind, **query):
            return found[0]
        await asyncio.sleep(0.5)
    raise AssertionError(f"no {kind} for {query}")


async def done(window: Window, step: str, order: str, mark: str) -> None:
    """One step of the table; what must be typed for it is typed."""
    page = window.page
    comment = page.locator("#comment")
    if await comment.count() and step in ("Release", "It is to be paid"):
        await comment.fill("as agreed")
    if step == "Keep the new date":
        await page.locator("#due_date").fill(f"{datetime.now(UTC) + timedelta(days=20):%Y-%m-%d}")
    match step:
        case "tick":
            await page.locator("tbody input[type=checkbox]").first.check()
        case "search":
            await page.locator("#search").fill(order)
            await page.locator("#search").press("Enter")
        case "a figure":
            await page.locator("tbody td a").first.click()
        case "Submit the order":
            if not await page.locator("#customer").input_value():
                await page.locator("#customer").fill(f"C{mark}")
                await page.locator("input[name$='-sku']").first.fill(f"TEA{mark}")
                await page.locator("input[name$='-quantity']").first.fill("1")
            await expect(page.locator("#sum-total")).not_to_have_text("0.00", timeout=PATIENCE_MS)
            await page.locator("#submit-order").click()
            await page.wait_for_url("**/orders/SO-*")
        case _:
            name = page.get_by_role("link", name=step).or_(page.get_by_role("button", name=step, exact=True))
            await name.first.click()


@pytest.fixture(scope="session")
async def known(outside: Company) -> tuple[str, str]:
    """The order that can be found."""
    return await something_of_everything(outside)


@pytest.mark.parametrize(("role", "task", "steps", "clicks"), tasks(), ids=[task for _, task, _, _ in tasks()])
async def test_a_daily_task_takes_at_most_three_clicks(
    windows: Windows, known: tuple[str, str], role: str, task: str, steps: tuple[str, ...], clicks: int
) -> None:
    assert len(steps) == clicks <= MOST, task
    window = await windows.of(Role(role))
    for _ in range(60):  # what a step waits for comes by itself
        await window.page.goto(f"{window.api}/queue")
        first = window.page.get_by_role("link", name=steps[0]).or_(window.page.get_by_role("button", name=steps[0]))
        if steps[0] in ("search", "tick") or await first.count():
            break
        await window.page.wait_for_timeout(500)
    for step in steps:
        await done(window, step, *known)
        await window.page.wait_for_load_state()
        await expect(window.page.locator(".htmx-request")).to_have_count(0, timeout=PATIENCE_MS)
    assert await window.page.locator("main .alert-danger, main .table-danger").count() == 0


def test_every_role_has_a_daily_task() -> None:
    assert {role for role, *_ in tasks()} >= {"sales", "credit", "purchasing", "production", "warehouse", "finance",
                                              "support", "manager"}  # fmt: skip
