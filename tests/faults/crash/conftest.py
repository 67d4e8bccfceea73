"""One nursery per test process, and a stage for what a test arranges."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.faults.crash.processes import Nursery, a_nursery


@pytest.fixture(scope="session")
async def nursery() -> AsyncIterator[Nursery]:
    """Processes to kill."""
    async with a_nursery() as opened:
        yield opened
