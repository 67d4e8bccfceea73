"""Opens what a workflow lives in, for the tests and for whoever records histories: an engine, a carrier, a world."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

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

SHORT_HISTORIES = ("limit.historyCount.suggestContinueAsNew=35", 'history.workflowIdReuseMinimalInterval="0s"')
"""Knobs of an engine that soon asks a workflow to continue in a new run."""

_numbers = itertools.count(1)
_KNOBS = (
    "frontend.WorkflowTimeSkippingEnabled=true",
    "history.transferProcessorMaxPollRPS=2000",
    "history.timerProcessorMaxPollRPS=2000",
    'history.timerProcessorMaxTimeShift="1ms"',
)


@asynccontextmanager
async def an_engine(*knobs: str) -> AsyncIterator[WorkflowEnvironment]:
    """A dev server with virtual clocks while the block runs."""
    environment = await WorkflowEnvironment.start_time_skipping_v2(
        ts_config=TimeSkippingConfig(enabled=False),
        data_converter=CONVERTER,
        dev_server_existing_path=str(executable()),
        dev_server_extra_args=[part for knob in (*_KNOBS, *knobs) for part in ("--dynamic-config-value", knob)],
    )
    try:
        yield environment
    finally:
        await environment.shutdown()


@contextmanager
def a_carrier() -> Iterator[str]:
    """A carrier that books over HTTP while the block runs; its parcels move when somebody says so."""
    with beside(SimulatorSettings(simulator_port=0, simulator_step_seconds=100_000)) as url:
        yield url


@asynccontextmanager
async def a_world(environment: WorkflowEnvironment, database: str, carrier_url: str) -> AsyncIterator[World]:
    """A company in a fresh database, with document numbers that nobody else on this engine has.

    What it leaves behind must please the reconciler.
    """
    base = next(_numbers) * 1000
    async with engine.transaction() as tx:
        for sequence in ("order_number", "supply_number", "shipment_number", "case_number"):
            await tx.execute(text(f"ALTER SEQUENCE {sequence} RESTART {base}"))
    await builders.a_company()
    registry.configure(carrier_url)
    world = World(environment, database, f"orderkeep-{base}", carrier_url)
    await world.start()
    try:
        yield world
    finally:
        await world.stop()
        await world.faults()
        await registry.close()
    async with engine.transaction() as tx:
        broken = [check for check in await run_checks(tx) if check.breaches]
    assert broken == []
