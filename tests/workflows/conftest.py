"""A whole world for a workflow test; each test ends with the reconciler's verdict on what it left behind."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from temporalio.testing import WorkflowEnvironment

from tests.workflows.opening import a_carrier, a_world, an_engine
from tests.workflows.world import World


def pytest_configure(config: pytest.Config) -> None:
    """A test may name the path of an order's life that it walks; tests/replay keeps the histories of most of them."""
    config.addinivalue_line("markers", "path(name): the path of an order's life that the test walks")


@pytest.fixture(scope="session")
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    """The engine, one per test process."""
    async with an_engine() as environment:
        yield environment


@pytest.fixture(scope="session")
def carrier_url() -> Iterator[str]:
    """A carrier that books over HTTP; its parcels move when a test says so."""
    with a_carrier() as url:
        yield url


@pytest.fixture
async def world(temporal: WorkflowEnvironment, database: str, carrier_url: str) -> AsyncIterator[World]:
    """A fresh database with a company in it; document numbers that no other test of this engine has."""
    async with a_world(temporal, database, carrier_url) as world:
        yield world
