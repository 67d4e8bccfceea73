"""A whole world for a workflow test: engine with virtual time, PostgreSQL, relay, worker and a carrier on loopback."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment
from temporalio.worker import Worker

from db import engine
from domain.facts import PickReport
from gateways.carriers import registry
from gateways.carriers.simulator.running import beside
from gateways.carriers.simulator.settings import SimulatorSettings
from intake import shipping
from starter.embedded.temporal import executable
from starter.plugin import ACTIVITIES, WORKFLOWS
from starter.relay.bell import Doorbell
from starter.relay.engine import EngineRelay
from tests import builders

PATIENCE = 15.0
_numbers = itertools.count(1)
_KNOBS = (
    "frontend.WorkflowTimeSkippingEnabled=true",
    "history.transferProcessorMaxPollRPS=2000",
    "history.timerProcessorMaxPollRPS=2000",
    'history.timerProcessorMaxTimeShift="1ms"',
)


@pytest.fixture(scope="session")
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    """The dev server with virtual clocks, one per test process."""
    knobs = [argument for knob in _KNOBS for argument in ("--dynamic-config-value", knob)]
    environment = await WorkflowEnvironment.start_time_skipping_v2(
        ts_config=TimeSkippingConfig(enabled=False),
        data_converter=pydantic_data_converter,
        dev_server_existing_path=str(executable()),
        dev_server_extra_args=knobs,
    )
    yield environment
    await environment.shutdown()


@pytest.fixture(scope="session")
def carrier_url() -> Iterator[str]:
    """A carrier that books over HTTP; its parcels move when a test says so."""
    with beside(SimulatorSettings(simulator_port=0, simulator_step_seconds=100_000)) as url:
        yield url


@dataclass
class World:
    """What a test does with the world, besides what tests/builders.py does with the database."""

    environment: WorkflowEnvironment
    client: Client

    def order(self, number: str) -> WorkflowHandle[object, object]:
        """The workflow of an order."""
        return self.client.get_workflow_handle(f"order/{number}")

    async def submit(self, lines: dict[str, object] | None = None, **request: object) -> str:
        """A submitted order, now."""
        return await builders.an_order(lines or {"BOLT": 3}, now=datetime.now(UTC), **request)

    async def shipment_of(self, order: str, nth: int = 0) -> str:
        """The order's nth shipment, once it is there."""
        sql = "SELECT count(*) > :nth FROM shipment WHERE order_number = :n"
        await self.until(sql, True, n=order, nth=nth)
        sql = "SELECT number FROM shipment WHERE order_number = :n ORDER BY number OFFSET :nth LIMIT 1"
        return str(await self.value(sql, n=order, nth=nth))

    async def shipment_is(self, number: str, state: str) -> None:
        """Wait until the shipment is in the state."""
        await self.until("SELECT state FROM shipment WHERE number = :n", state, n=number)

    async def pick(self, shipment: str, *lines: dict[str, object]) -> None:
        """The warehouse confirms."""
        report = PickReport.model_validate({"lines": lines})
        await engine.settled(
            lambda tx: shipping.confirm_pick(tx, builders.WAREHOUSE, shipment, report, datetime.now(UTC))
        )

    async def deliver(self, shipment: str) -> None:
        """The carrier has taken the parcel and delivered it."""
        await self.shipment_is(shipment, "BOOKED")
        for sequence, status in enumerate(("in_transit", "delivered"), start=1):
            await builders.scanned(shipment, status, sequence, datetime.now(UTC))

    async def ship(self, order: str, nth: int = 0) -> str:
        """The order's nth shipment is picked, booked and delivered."""
        shipment = await self.shipment_of(order, nth)
        await self.pick(shipment)
        await self.deliver(shipment)
        return shipment

    async def invoice_of(self, order: str) -> str:
        """The order's first invoice, once it is posted."""
        sql = "SELECT count(*) > 0 FROM invoice WHERE order_number = :n"
        await self.until(sql, True, n=order)
        return str(await self.value("SELECT min(number) FROM invoice WHERE order_number = :n", n=order))

    async def pay(self, amount: str, **fact: object) -> str:
        """Money arrives, now."""
        return await builders.a_payment(amount, now=datetime.now(UTC), **fact)

    async def value(self, sql: str, **values: object) -> object:
        """One value from the database."""
        async with engine.transaction() as tx:
            return (await tx.execute(text(sql), values)).scalar_one_or_none()

    async def until(self, sql: str, wanted: object, **values: object) -> None:
        """Wait (in real time) until the database says `wanted`."""
        seen: object = None
        async with asyncio.timeout(PATIENCE):
            with suppress(asyncio.CancelledError):
                while (seen := await self.value(sql, **values)) != wanted:
                    await asyncio.sleep(0.02)
        assert seen == wanted, f"{sql}: {seen!r}, not {wanted!r}"

    async def order_is(self, number: str, state: str) -> None:
        """Wait until the order is in the state."""
        await self.until("SELECT state FROM sales_order WHERE number = :n", state, n=number)

    async def pass_days(self, number: str, days: float) -> None:
        """Let days pass for the order's workflow."""
        await self.environment.fast_forward(self.order(number), timedelta(days=days))

    async def events(self, number: str) -> list[str]:
        """The events of the order's timeline."""
        async with engine.transaction() as tx:
            rows = await tx.execute(
                text("SELECT event FROM timeline WHERE order_number = :n ORDER BY id"), {"n": number}
            )
            return [row.event for row in rows]


@pytest.fixture
async def world(temporal: WorkflowEnvironment, database: str, carrier_url: str) -> AsyncIterator[World]:
    """A fresh database with a company in it; document numbers that no other test of this engine has."""
    base = next(_numbers) * 1000
    async with engine.transaction() as tx:
        for sequence in ("order_number", "supply_number", "shipment_number", "case_number"):
            await tx.execute(text(f"ALTER SEQUENCE {sequence} RESTART {base}"))
    await builders.a_company()
    registry.configure(carrier_url)
    queue = f"orderkeep-{base}"
    bell = Doorbell(database, "engine_outbox", "notice")
    worker = Worker(temporal.client, task_queue=queue, workflows=WORKFLOWS, activities=ACTIVITIES)
    async with worker:
        parts = [asyncio.create_task(p) for p in (bell.run(), EngineRelay(temporal.client, queue, bell).run())]
        yield World(temporal, temporal.client)
        for part in parts:
            part.cancel()
        await asyncio.gather(*parts, return_exceptions=True)
    await registry.close()
