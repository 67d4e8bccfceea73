"""What the histories share: a small company of which little is there, connections enough, a carrier from the pocket."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from db import engine
from gateways.carriers import registry
from tests.builders import CARRIER, PocketCarrier
from tests.concurrency.runs import company

CONNECTIONS = 24


@pytest.fixture
async def short_of_everything(database: str) -> AsyncIterator[str]:
    """The database of the company, and its address."""
    await engine.close()
    engine.configure(database, CONNECTIONS)
    before = dict(registry._configured)
    registry._configured[CARRIER] = PocketCarrier()
    await company()
    yield database
    registry._configured.clear()
    registry._configured.update(before)
