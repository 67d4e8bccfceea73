"""Every test here ships with a simulated carrier of its own, whatever another test configured."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from gateways.carriers import registry
from tests.builders import CARRIER
from tests.simulated_carrier import SimulatedCarrier

pytest.register_assert_rewrite("tests.activities.fingerprint")


@pytest.fixture(autouse=True)
async def simulated_carrier() -> AsyncIterator[SimulatedCarrier]:
    """The carrier without a network, for one test."""
    before = dict(registry._configured)
    carrier = registry._configured[CARRIER] = SimulatedCarrier()
    yield carrier
    await carrier.aclose()
    registry._configured.clear()
    registry._configured.update(before)
