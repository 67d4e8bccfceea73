"""Browsers without a window: the whole application, and one client per role that is signed in."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.starter.api.live import Live, live_api, put_masters
from tests.starter.console.desk import Office, office_of


@pytest.fixture
async def live(database: str) -> AsyncIterator[Live]:
    """The whole application on a fresh database."""
    async with live_api(database) as speaking:
        yield speaking


@pytest.fixture
async def office(live: Live, request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    """People of every role, signed in; what a file calls ARRANGED is there, else a little master data."""
    arranged = getattr(request.module, "ARRANGED", None)
    await (put_masters(live) if arranged is None else arranged())
    async with office_of(live) as made:
        yield made
