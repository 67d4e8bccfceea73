"""A person at a window: what they click and type, and what the window may never do meanwhile."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, Request, ViewportSize, expect

from domain.actor import Role
from starter.embedded.stack import Stack

PATIENCE_MS = 60_000
PHONE = ViewportSize(width=390, height=844)
DESK = ViewportSize(width=1280, height=900)
_axe = Axe()


class Window:
    """One person's browser window; counts clicks, and keeps what went wrong."""

    def __init__(self, page: Page, api: str) -> None:
        self.page = page
        self.api = api
        self.clicks = 0
        self.wrong: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda said: self.wrong.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", self._asks)

    def _asks(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("data", "blob") or request.url.startswith(self.api + "/"):
            return
        self.wrong.append(f"asked outside: {request.url}")

    async def click(self, name: str, *, role: Any = None, exact: bool = True, inside: str | None = None) -> None:
        """Click the link or the button that is called so; counted as one click."""
        place = self.page.locator(inside) if inside else self.page
        roles: tuple[Any, ...] = (role,) if role else ("link", "button")
        first, *others = [place.get_by_role(each, name=name, exact=exact) for each in roles]
        for other in others:
            first = first.or_(other)
        await first.first.click()
        self.clicks += 1

    async def fill(self, label: str, value: str, *, inside: str | None = None) -> None:
        """Type into the field with this label."""
        place = self.page.locator(inside) if inside else self.page
        await place.get_by_label(label, exact=True).first.fill(value)

    async def sees(self, text: str, *, inside: str = "main") -> None:
        """Wait until the text stands on the page."""
        await expect(self.page.locator(inside).get_by_text(text).first).to_be_visible(timeout=PATIENCE_MS)

    async def home(self) -> None:
        """Begin again from home, with no click counted."""
        await self.page.goto(f"{self.api}/queue")
        self.clicks = 0

    async def serious_faults(self) -> list[str]:
        """What axe-core finds serious or critical on the page."""
        found = await _axe.run(self.page)
        return [
            f"{each['id']}: {node['html'][:160]}"
            for each in found.response["violations"]
            if each["impact"] in ("serious", "critical")
            for node in each["nodes"]
        ]


class Windows:
    """The windows of one test."""

    def __init__(self, browser: Browser, house: Stack) -> None:
        self._browser = browser
        self._house = house
        self._contexts: list[BrowserContext] = []
        self.all: list[Window] = []

    def account(self, role: Role) -> dict[str, str]:
        """The account that `up` made for the role."""
        return next(each for each in self._house.endpoints.accounts if each["role"] == role.value)

    async def blank(self, language: str = "en", *, phone: bool = False) -> Window:
        """A window in which nobody is signed in."""
        context = await self._browser.new_context(
            locale=language, timezone_id="Europe/Dublin", viewport=PHONE if phone else DESK, has_touch=phone
        )
        self._contexts.append(context)
        window = Window(await context.new_page(), self._house.endpoints.api)
        self.all.append(window)
        return window

    async def of(self, role: Role, language: str = "en", *, phone: bool = False) -> Window:
        """The window of somebody of this role, who has just signed in, by typing."""
        window = await self.blank(language, phone=phone)
        account = self.account(role)
        await window.page.goto(f"{window.api}/")
        await window.page.locator("#username").fill(account["username"])
        await window.page.locator("#password").fill(account["password"])
        await window.page.locator("form .btn-primary").click()
        await window.page.wait_for_url("**/queue")
        return window

    async def close(self) -> None:
        """Close all; none may have complained."""
        for context in self._contexts:
            await context.close()
        assert [wrong for window in self.all for wrong in window.wrong] == []
