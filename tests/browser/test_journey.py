"""Six people carry an order through its life by clicking and typing only, in English and in Chinese.

The order is over its customer's limit, is picked in two warehouses, lacks a product that is bought, is billed three
times, paid late after a reminder and without naming an invoice, and ends in a case.
"""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from playwright.async_api import Locator, expect

from domain.actor import Role
from starter.console.words import LABELS
from starter.languages import translator
from tests.browser.window import PATIENCE_MS, Window, Windows
from tests.e2e.company import ADDRESS, Company

pytestmark = pytest.mark.xdist_group("browser")
LANGUAGES = ("en", "zh-CN")


class Story:
    """What the people of one journey share: the language, the customer, the products, the order."""

    def __init__(self, language: str, windows: Windows) -> None:
        self.windows = windows
        self.language = language
        self.mark = language[:2].upper()
        self.order = ""
        self._gettext = translator(language).gettext

    def say(self, english: str) -> str:
        """What stands on the page for this English text, or for the code of a button."""
        return self._gettext(LABELS.get(english, english))

    async def of(self, role: Role, *, phone: bool = False) -> Window:
        """Somebody of this role, signed in."""
        return await self.windows.of(role, self.language, phone=phone)

    def row(self, window: Window, text: str) -> Locator:
        """The row of a table in which this stands."""
        return window.page.locator("tbody tr").filter(has_text=text)

    async def appears(self, window: Window, path: str, text: str, times: int = 1) -> None:
        """Look at a page again and again until so many rows have this."""
        for _ in range(120):
            await window.page.goto(f"{window.api}{path}")
            if await self.row(window, text).count() >= times:
                return
            await window.page.wait_for_timeout(500)
        raise AssertionError(f"{path} does not show {text}: {await window.page.locator('main').inner_text()}")


async def masters(outside: Company, mark: str) -> None:
    """What another system has told us: a customer with a small limit, a product in two warehouses, one in none."""
    await outside.put(
        f"suppliers/MILL-{mark}", {"name": f"Mill {mark}", "email": "mill@example.com", "lead_time_days": 1}
    )
    name = "云杉茶馆" if mark == "ZH" else "Spruce Tea House"
    card = {"name": name, "email": "tea@example.com", "currency": "EUR", "payment_terms": "net1"}
    await outside.put(f"customers/SPRUCE-{mark}", {**card, "credit_limit": "100", "shipping_address": ADDRESS})
    bought = {"route": "buy", "supplier": f"MILL-{mark}", "minimum_quantity": "5"}
    for sku, price, supply in ((f"TEA-{mark}", "10", {"route": "none"}), (f"NUT-{mark}", "20", bought)):
        prices = {"prices": [{"currency": "EUR", "amount": price}], "cost": {"currency": "EUR", "amount": "4"}}
        await outside.put(f"products/{sku}", {"name": f"{sku} name", **prices, "supply": supply})
    for warehouse, quantity in (("MAIN", "10"), ("EAST", "5")):
        movement = {"sku": f"TEA-{mark}", "warehouse": warehouse, "quantity": quantity, "reason": "opening"}
        await outside.post("stock/movements", movement)


async def sales_takes_the_order(story: Story) -> None:
    """Typed, with the figures at once; it will wait for credit control."""
    window = await story.of(Role.SALES)
    await window.click(story.say("Orders"))
    await window.click(story.say("New order"))
    await window.page.locator("#customer").fill(f"SPRUCE-{story.mark}")
    await window.page.locator("#customer_po").fill(f"PO-{story.mark}-1")
    for place, (sku, quantity) in enumerate((("TEA", "12"), ("NUT", "5"))):
        if place:
            await window.page.locator("[data-add]").click()
        line = window.page.locator("tr[data-line]").nth(place)
        await line.locator("input[name$='-sku']").fill(f"{sku}-{story.mark}")
        await line.locator("input[name$='-quantity']").fill(quantity)
    await expect(window.page.locator("#sum-total")).to_contain_text("264.00", timeout=PATIENCE_MS)
    await expect(window.page.locator("#credit-room")).to_contain_text("-164.00")
    assert await window.serious_faults() == []
    await window.click(story.say("Submit the order"))
    await window.page.wait_for_url(re.compile(r"/orders/SO-\d+"))
    assert window.clicks == 3
    found = re.search(r"SO-\d+", window.page.url)
    assert found
    story.order = found[0]


async def credit_releases_it(story: Story) -> None:
    """One tick, a comment, one press."""
    window = await story.of(Role.CREDIT)
    await story.appears(window, "/queue/holds", story.order)
    assert await window.serious_faults() == []
    await story.row(window, story.order).get_by_role("checkbox").check()
    await window.page.locator("#comment").fill("known for years")
    await window.click(story.say("Release"))
    assert window.clicks == 1
    await expect(window.page.get_by_role("status").filter(has_text=story.order)).to_contain_text(story.say("released"))


async def warehouse_picks(story: Story, shipments: int) -> None:
    """On a phone, in place."""
    window = await story.of(Role.WAREHOUSE, phone=True)
    await story.appears(window, "/queue/picks", story.order, shipments)
    assert await window.serious_faults() == []
    for left in range(shipments, 0, -1):
        await expect(story.row(window, story.order)).to_have_count(left, timeout=PATIENCE_MS)
        await story.row(window, story.order).first.get_by_role("button", name=story.say("Confirm pick")).click()
    await expect(story.row(window, story.order)).to_have_count(0, timeout=PATIENCE_MS)


async def purchasing_reports_what_came(story: Story) -> None:
    """The supplier's date is near; the goods are here."""
    window = await story.of(Role.PURCHASING)
    await story.appears(window, "/queue/supply_to_chase", f"NUT-{story.mark}")
    row = story.row(window, f"NUT-{story.mark}")
    assert await window.serious_faults() == []
    await row.get_by_role("checkbox").check()
    await window.click(story.say("Received"))
    await expect(row).to_have_count(0, timeout=PATIENCE_MS)


async def finance_is_paid_late(story: Story) -> None:
    """The customer was reminded; money comes without a word, and is matched by hand; the rest names its invoice."""
    window = await story.of(Role.FINANCE)
    await story.appears(window, f"/invoices?order={story.order}", story.order, 3)
    numbers = await window.page.locator("tbody a[href^='/invoices/']").all_inner_texts()
    reminded, sent = f"{story.say('level')} 1", f"td[data-name='{story.say('Reminders sent')}']"
    for _ in range(120):
        await window.page.goto(f"{window.api}/invoices/{numbers[0]}")
        if reminded in await window.page.locator(sent).first.inner_text():
            break
        await window.page.wait_for_timeout(500)
    await window.sees(reminded, inside=sent)
    assert await window.serious_faults() == []
    for place, number in enumerate(numbers):
        await window.page.goto(f"{window.api}/invoices/{number}")
        await window.click(story.say("Record a payment"))
        amount = Decimal(await window.page.locator("#amount").input_value())
        assert amount > 0
        if place == 0:
            await window.page.locator("#invoice").fill("")
            await window.page.locator("#reference").fill("thank you")
        await window.click(story.say("Record"))
        await window.page.wait_for_url(re.compile(r"/payments/PAY-\d+"))
        if place == 0:
            payment = window.page.url.rpartition("/")[2]
            await window.home()
            await window.page.goto(f"{window.api}/queue/cash")
            row = story.row(window, payment)
            await row.locator("select").select_option(number)
            await row.get_by_role("button", name=story.say("Match")).click()
            await expect(story.row(window, payment)).to_have_count(0, timeout=PATIENCE_MS)


async def support_solves_a_case(story: Story) -> None:
    """A complaint is opened on the order's page and worked on until it is solved."""
    window = await story.of(Role.SUPPORT)
    await window.page.locator("#search").fill(story.order)
    await window.page.locator("#search").press("Enter")
    await window.page.wait_for_url(f"**/orders/{story.order}")
    assert await window.serious_faults() == []
    opening = window.page.locator("details.press").filter(has_text=story.say("press:open_case")).last
    await opening.locator("summary").click()
    await opening.locator("input[name=subject]").fill(f"One cup is broken {story.mark}")
    await opening.get_by_role("button").click()
    await window.sees(f"One cup is broken {story.mark}")
    await window.click(story.say("Cases"))
    await story.row(window, f"One cup is broken {story.mark}").locator("a[href^='/cases/']").first.click()
    assert await window.serious_faults() == []
    await window.page.locator("#comment").fill("a new one is on its way")
    await window.click(story.say("case:resolve"))
    await window.sees(story.say("resolved"))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_six_people_carry_an_order_from_the_request_to_the_money(
    windows: Windows, outside: Company, language: str
) -> None:
    story = Story(language, windows)
    await masters(outside, story.mark)
    await sales_takes_the_order(story)
    await credit_releases_it(story)
    await warehouse_picks(story, 2)
    await purchasing_reports_what_came(story)
    await warehouse_picks(story, 1)
    await finance_is_paid_late(story)
    await support_solves_a_case(story)
    order = (await outside.http.get(f"/v1/orders/{story.order}")).json()
    assert (order["delivery"], order["billing"], order["payment"]) == ("full", "full", "paid")
    timeline = (await outside.http.get(f"/v1/orders/{story.order}/timeline")).json()["items"]
    who = {entry["event"]: entry["actor"] for entry in timeline}
    people = {name: who[name] for name in ("order_submitted", "hold_released", "pick_confirmed", "case_opened")}
    assert people == {
        "order_submitted": "sales", "hold_released": "credit", "pick_confirmed": "warehouse", "case_opened": "support",
    }  # fmt: skip
    assert "reminder_sent" in who
