"""A whole world for a workflow test; each test ends with the reconciler's verdict on what it left behind."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import text
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment

from db import engine
from db.checks import run_checks
from gateways.carriers import registry
from gateways.carriers.simulator.running import beside
from gateways.carriers.simulator.settings import SimulatorSettings
from starter.embedded.temporal import executable
from starter.failures import CONVERTER
from tests import builders
from tests.workflows.world import World

_numbers = itertools.count(1)
_KNOBS = (
    "frontend.WorkflowTimeSkippingEnabled=true",
    "history.transferProcessorMaxPollRPS=2000",
    "history.timerProcessorMaxPollRPS=2000",
    'history.timerProcessorMaxTimeShift="1ms"',
)


def pytest_configure(config: pytest.Config) -> None:
    """A test that lives through a path of an order names it; its histories are what tests/replay keeps."""
    config.addinivalue_line("markers", "path(name): the path of an order's life that the test walks")


async def start_engine(*knobs: str) -> WorkflowEnvironment:
    """A dev server with virtual clocks."""
    return await WorkflowEnvironment.start_time_skipping_v2(
        ts_config=TimeSkippingConfig(enabled=False),
        data_converter=CONVERTER,
        dev_server_existing_path=str(executable()),
        dev_server_extra_args=[part for knob in (*_KNOBS, *knobs) for part in ("--dynamic-config-value", knob)],
    )


@pytest.fixture(scope="session")
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    """The engine, one per test process."""
    environment = await start_engine()
    yield environment
    await environment.shutdown()


@pytest.fixture(scope="session")
def carrier_url() -> Iterator[str]:
    """A carrier that books over HTTP; its parcels move when a test says so."""
    with beside(SimulatorSettings(simulator_port=0, simulator_step_seconds=100_000)) as url:
        yield url


@pytest.fixture
async def world(
    request: pytest.FixtureRequest, temporal: WorkflowEnvironment, database: str, carrier_url: str
) -> AsyncIterator[World]:
    """A fresh database with a company in it; document numbers that no other test of this engine has."""
    base = next(_numbers) * 1000
    async with engine.transaction() as tx:
        for sequence in ("order_number", "supply_number", "shipment_number", "case_number"):
            await tx.execute(text(f"ALTER SEQUENCE {sequence} RESTART {base}"))
    await builders.a_company()
    registry.configure(carrier_url)
    world = World(temporal, database, f"orderkeep-{base}", carrier_url)
    await world.start()
    yield world
    await world.stop()
    await world.faults()
    await registry.close()
    async with engine.transaction() as tx:
        broken = [check for check in await run_checks(tx) if check.breaches]
    assert broken == []
