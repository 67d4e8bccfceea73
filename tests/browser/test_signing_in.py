"""Signing in with a real browser, in both languages; a page that nobody can read is found by axe-core."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from domain.actor import Role
from tests.browser.window import Windows

pytestmark = pytest.mark.xdist_group("browser")


@pytest.mark.parametrize(("language", "button", "title"), [("en", "Sign in", "My work"), ("zh-CN", "登录", "我的工作")])
async def test_a_person_signs_in_and_out(windows: Windows, language: str, button: str, title: str) -> None:
    window = await windows.blank(language)
    await window.page.goto(f"{window.api}/orders")
    await expect(window.page.get_by_role("button", name=button)).to_be_visible()
    assert await window.serious_faults() == []
    window = await windows.of(Role.SALES, language)
    await expect(window.page.get_by_role("heading", level=1)).to_have_text(title)
    assert await window.serious_faults() == []
    await window.click("Sign out" if language == "en" else "退出登录")
    await expect(window.page.get_by_role("button", name=button)).to_be_visible()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_the_whole_menu_is_seen_at_a_desk(windows: Windows, language: str) -> None:
    window = await windows.of(Role.ADMIN, language)
    wide, seen = await window.page.evaluate(
        "() => { const menu = document.querySelector('.menu'); return [menu.scrollWidth, menu.clientWidth]; }"
    )
    assert wide <= seen
    await expect(window.page.locator(".menu a[href='/users']")).to_be_in_viewport(ratio=1)


async def test_the_browser_keeps_the_policy(windows: Windows) -> None:
    """The guard itself works: a script from the page and a picture from outside are complained about."""
    window = await windows.of(Role.SALES)
    await window.page.evaluate("document.body.append(Object.assign(new Image(), {src: 'https://example.org/x.png'}))")
    for _ in range(100):
        if window.wrong:
            break
        await window.page.wait_for_timeout(50)
    assert any("Content Security Policy" in wrong for wrong in window.wrong), window.wrong
    window.wrong.clear()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_the_pages_about_people_can_be_read_by_everybody(windows: Windows, language: str) -> None:
    window = await windows.of(Role.ADMIN, language)
    for path in ("/me", "/users"):
        await window.page.goto(f"{window.api}{path}")
        await expect(window.page.get_by_role("heading", level=1)).to_be_visible()
        assert await window.serious_faults() == [], path
