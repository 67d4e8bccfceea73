"""A press that is not taken (the session has ended, the server is away, it is refused) is told, and loses nothing."""

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


async def test_a_press_that_reaches_nobody_says_so_and_can_be_pressed_again(windows: Windows, outside: Company) -> None:
    order = await an_order(outside)
    window = await windows.of(Role.SALES)
    await window.page.goto(f"{window.api}/orders/{order}")
    await window.page.locator("#comment-text").fill("Ring twice")
    await window.page.route("**/do/comment_on_order", lambda route: route.abort("connectionrefused"))
    await window.page.locator("#press-comment button").click()
    await window.sees("The server does not answer just now.")
    await expect(window.page.locator("#message")).to_be_in_viewport()
    await expect(window.page.locator("#comment-text")).to_have_value("Ring twice")
    window.wrong.clear()  # the browser reports what it could not send, as it should
    await window.page.unroute("**/do/comment_on_order")
    await window.page.locator("#press-comment button").click()
    await expect(window.page.locator("#timeline li").filter(has_text="Ring twice")).to_have_count(
        1, timeout=PATIENCE_MS
    )
    await expect(window.page.locator("#message [data-away]")).to_have_count(0)


async def test_a_refusal_is_seen_by_whoever_pressed_far_below_it(windows: Windows, outside: Company) -> None:
    mark = uuid.uuid4().hex[:6].upper()
    await outside.put(f"products/JAR{mark}", {"name": f"Jar {mark}", "prices": [{"currency": "EUR", "amount": "10"}]})
    window = await windows.of(Role.PURCHASING, phone=True)
    await window.page.goto(f"{window.api}/products/JAR{mark}")
    await window.page.locator("#reorder_point").fill("many")
    await window.page.get_by_role("button", name="Set the reorder point").click()
    refused = window.page.locator("#message .alert")
    await expect(refused).to_contain_text("'many' is not a decimal number")
    assert await window.page.evaluate("scrollY") > 0, "the button is further down than the message"
    await expect(refused).to_be_in_viewport()
    await expect(window.page.locator("#reorder_point")).to_have_value("many")
