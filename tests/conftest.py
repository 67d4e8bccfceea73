"""What all tests share: one PostgreSQL server per test process, and a fresh migrated database per test that asks."""

from __future__ import annotations

import asyncio
import atexit
from collections.abc import AsyncIterator, Generator, Iterator

import pytest

from starter.cli.speech import speak
from starter.exit import finish
from starter.languages import ENGLISH
from tests import leaks, patience
from tests.databases import fresh_database, template_database


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave with the true code: the engine's client can abort an interpreter that tears itself down around it.

    The session's status is final only after this hook, and what pytest has to say is said before the interpreter's
    exit begins: so it is read there. Holds for a worker of pytest-xdist as for the process that a person started.
    """
    atexit.register(lambda: finish(int(session.exitstatus)))


def pytest_configure(config: pytest.Config) -> None:
    """Every data directory's logs are looked through for secrets when it is given back."""
    leaks.watch_data_directories()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Whatever has hung shows what it was waiting for."""
    report = yield
    if call.excinfo is not None and patience.has_hung(call.excinfo.value):
        report.sections.append(("what was waited for", patience.put_an_end_to_it()))
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """What a test has logged or written to standard error is looked through for secrets."""
    for name, text in report.sections:
        if "stdout" not in name:
            leaks.FOUND.extend(f"{report.nodeid}: {leak}" for leak in leaks.leaks(text))


@pytest.fixture(scope="session", autouse=True)
def no_secret_is_logged() -> Iterator[None]:
    """The whole suite fails, at its end, when a secret stood in a log."""
    yield
    assert leaks.FOUND == []


@pytest.fixture(scope="session", autouse=True)
async def one_loop() -> AsyncIterator[None]:
    """The loop of all tests of this process is known to those who look at what hangs in it."""
    patience.LOOPS.append(asyncio.get_running_loop())
    yield
    patience.LOOPS.clear()


@pytest.fixture(autouse=True)
def english_is_spoken() -> Iterator[None]:
    """A test that runs a command in another language in this process leaves no other language behind."""
    speak(ENGLISH)
    yield
    speak(ENGLISH)


@pytest.fixture(scope="session")
async def database_server() -> AsyncIterator[str]:
    """A PostgreSQL server of this test process; the address of its template database, which is migrated."""
    async with template_database() as template:
        yield template


@pytest.fixture
async def database(database_server: str) -> AsyncIterator[str]:
    """A fresh migrated database, and the pool of this process open on it; its address."""
    async with fresh_database(database_server) as address:
        yield address
