"""A session that ends while somebody types: nothing that was typed is lost, and nothing is sent twice."""

from __future__ import annotations

import uuid

import pytest
from playwright.async_api import Route, expect

from domain.actor import Role
from tests.browser.window import PATIENCE_MS, Window, Windows
from tests.e2e.company import ADDRESS, Company

pytestmark = pytest.mark.xdist_group("browser")
SENTENCES = {
    "en": ("Your session has ended, and nothing was sent.", "What you had typed is here again"),
    "zh-CN": ("登录已失效，刚才的内容没有提交。", "您填写的内容已恢复"),
}


async def an_order(outside: Company) -> str:
    """An order of a customer of its own."""
    mark = uuid.uuid4().hex[:6].upper()
    card = {"name": f"Tea House {mark}", "email": "tea@example.com", "currency": "EUR", "shipping_address": ADDRESS}
    await outside.put(f"customers/S{mark}", card)
    await outside.put(f"products/POT{mark}", {"name": f"Pot {mark}", "prices": [{"currency": "EUR", "amount": "10"}]})
    return await outside.submit(f"S{mark}", f"POT{mark}")


async def signs_in_again(window: Window, windows: Windows, role: Role) -> None:
    """Name and password, as the page to sign in asks for them."""
    account = windows.account(role)
    await window.page.locator("#username").fill(account["username"])
    await window.page.locator("#password").fill(account["password"])
    await window.page.locator("form .btn-primary").click()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_a_comment_outlives_the_session_in_which_it_was_typed(
    windows: Windows, outside: Company, language: str
) -> None:
    order, (ended, again) = await an_order(outside), SENTENCES[language]
    window = await windows.of(Role.SALES, language)
    await window.page.goto(f"{window.api}/orders/{order}")
    await window.page.locator("#comment-text").fill("She calls back on Monday")
    await window.page.context.clear_cookies()
    await window.page.locator("#press-comment button").click()
    await window.sees(ended)
    assert await window.serious_faults() == []
    await signs_in_again(window, windows, Role.SALES)
    await window.sees(again)
    assert window.page.url == f"{window.api}/orders/{order}"
    await expect(window.page.locator("#comment-text")).to_have_value("She calls back on Monday")
    await window.page.locator("#press-comment button").click()
    await expect(window.page.locator("#timeline li").filter(has_text="She calls back on Monday")).to_have_count(
        1, timeout=PATIENCE_MS
    )


async def test_a_form_that_is_sent_without_a_script_is_filled_in_again_for_the_same_person_only(
    windows: Windows,
) -> None:
    window = await windows.of(Role.FINANCE)
    for role, amount in ((Role.FINANCE, "12.50"), (Role.MANAGER, "")):
        await window.page.goto(f"{window.api}/payments/new")
        await window.page.locator("#amount").fill("12.50")
        await window.page.locator("#currency").fill("EUR")
        await window.page.context.clear_cookies()
        await window.page.get_by_role("button", name="Record", exact=True).click()
        await window.sees(SENTENCES["en"][0])
        await signs_in_again(window, windows, role)
        await window.page.wait_for_url("**/payments/new")
        await expect(window.page.locator("#amount")).to_have_value(amount)


async def test_a_page_listens_again_when_something_else_has_answered_for_the_server(
    windows: Windows, outside: Company
) -> None:
    order = await an_order(outside)
    window = await windows.of(Role.SALES)
    asked: list[str] = []

    async def not_there(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            await route.fulfill(status=204)
        else:
            await route.continue_()

    await window.page.route("**/events", not_there)
    await window.page.goto(f"{window.api}/orders/{order}")
    async with window.page.expect_response("**/events"):
        pass
    await outside.post(f"orders/{order}/comments", {"text": "Said by a colleague"})
    await window.sees("Said by a colleague", inside="#timeline")
    assert len(asked) >= 2
