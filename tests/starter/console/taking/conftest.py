"""Those who take orders, and one who may not."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from domain.actor import Role
from tests.starter.api.live import Live, put_masters
from tests.starter.console.desk import Office, office_of


@pytest.fixture
async def office(live: Live) -> AsyncIterator[Office]:
    """A seller, a manager and a warehouse, signed in, and a little master data."""
    await put_masters(live)
    async with office_of(live, (Role.SALES, Role.MANAGER, Role.WAREHOUSE)) as made:
        yield made
