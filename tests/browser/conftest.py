"""A real browser before the real application: one stack for all of these tests, one window per person.

Without a Chromium they are not collected, and the run says so in its summary; `CHROMIUM=insist` makes that a failure,
as `.ci/run` does, which installs it first.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from starter.embedded.stack import Stack
from tests.browser.window import Windows
from tests.e2e.company import Company

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip
WITHOUT = "No Chromium was found (Debian's package is `chromium`): the tests in tests/browser were NOT run."
collect_ignore_glob = [] if CHROMIUM or os.environ.get("CHROMIUM") == "insist" else ["test_*.py"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was left out."""
    if collect_ignore_glob:
        terminalreporter.section("browser")
        terminalreporter.write_line(WITHOUT)


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser."""
    assert CHROMIUM, WITHOUT
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
async def house() -> AsyncIterator[Stack]:
    """All of Orderkeep; a policy's day takes two seconds."""
    with tempfile.TemporaryDirectory(prefix="orderkeep-browser-") as folder:
        async with Stack(Path(folder), day_seconds=2.0, step_seconds=0.3) as stack:
            yield stack


@pytest.fixture(scope="session")
async def outside(house: Stack) -> AsyncIterator[Company]:
    """What happens outside of the console: master data from another system, scans, money in the bank."""
    company = Company(house)
    yield company
    await company.close()


@pytest.fixture
async def windows(chromium: Browser, house: Stack) -> AsyncIterator[Windows]:
    """Windows of people; in the end none may have complained, or asked anybody outside."""
    opened = Windows(chromium, house)
    yield opened
    await opened.close()
