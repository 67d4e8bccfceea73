"""Every test here ships with the carrier from the pocket, whatever another test configured."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gateways.carriers import registry
from tests.builders import CARRIER, PocketCarrier

pytest.register_assert_rewrite("tests.activities.fingerprint")


@pytest.fixture(autouse=True)
def pocket_carrier() -> Iterator[None]:
    """The carrier without a network, for one test."""
    before = dict(registry._configured)
    registry._configured[CARRIER] = PocketCarrier()
    yield
    registry._configured.clear()
    registry._configured.update(before)
