"""A workflow that was lost, interrupted or grew too long: the order goes on, and nothing is done twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.service import RPCError

from activities.shipping import book_shipment, create_shipments
from activities.stock import allocate_order
from db import engine
from db.queries import outbox
from domain.steps import OrderStep, ShipmentStep
from intake import repair
from tests import builders
from tests.workflows.opening import SHORT_HISTORIES, an_engine
from tests.workflows.world import PATIENCE, World

EFFECTS = (
    "SELECT (SELECT count(*) FROM shipment), (SELECT count(*) FROM invoice), (SELECT count(*) FROM stock_movement),"
    " (SELECT count(*) FROM journal_entry), (SELECT count(*) FROM notice), (SELECT count(*) FROM credit_reservation),"
    " (SELECT count(*) FROM reminder), (SELECT count(*) FROM supply_order),"
    " (SELECT count(*) FROM timeline WHERE event <> 'workflow_restarted')"
)


async def effects() -> tuple[int, ...]:
    """How much of everything there is."""
    return tuple((await builders.rows(EFFECTS))[0])


async def restart(workflow_id: str) -> bool:
    """What `orderkeep doctor --repair` does."""
    async with engine.transaction() as tx:
        row = await outbox.must_run_one(tx, workflow_id)
        return row is not None and await repair.restart_workflow(tx, row, datetime.now(UTC))


@pytest.mark.path("restarted_from_the_database")
async def test_a_lost_workflow_is_started_again_and_does_nothing_twice(world: World) -> None:
    order = await world.submit()
    for point in ("allocated", "packed", "booked", "billed"):
        match point:
            case "allocated":
                shipment = await world.shipment_of(order)
            case "packed":
                await world.faults(mode="down")
                await world.pick(shipment)
                await world.shipment_is(shipment, "PACKED")
                await world.faults()
            case "booked":
                await world.shipment_is(shipment, "BOOKED")
            case "billed":
                await world.deliver(shipment)
                invoice = await world.invoice_of(order)
        if point != "packed":
            await world.quiet(order)
        before = await effects()
        await world.order(order).terminate("lost")
        assert await restart(f"order/{order}")
        if point != "packed":
            await world.quiet(order)
            assert await effects() == before, point
    await world.pay("36.00", invoice=invoice)
    await world.quiet(order)
    await world.pass_days(order, 31)
    await world.order_is(order, "COMPLETED")
    assert (await world.end_of(order))["state"] == "COMPLETED"
    assert (await world.events(order)).count("workflow_restarted") == 4
    assert await world.bookings(shipment) == ["booked"]
    assert not await restart(f"order/{order}")


async def _deleted(world: World, order: str) -> None:
    whole = WorkflowExecution(workflow_id=f"order/{order}")
    request = DeleteWorkflowExecutionRequest(namespace=world.client.namespace, workflow_execution=whole)
    await world.client.workflow_service.delete_workflow_execution(request)
    with pytest.raises(RPCError, match="not found"):
        async with asyncio.timeout(PATIENCE):
            while True:
                await world.order(order).describe()
                await asyncio.sleep(0.02)


@pytest.mark.path("restarted_by_a_signal")
@pytest.mark.parametrize("loss", ["terminated", "deleted"])
async def test_the_next_signal_starts_a_lost_workflow_again(world: World, loss: str) -> None:
    order = await world.submit()
    shipment = await world.shipment_of(order)
    await world.quiet(order)
    if loss == "terminated":
        await world.order(order).terminate("lost")
    else:
        await _deleted(world, order)
    await world.pick(shipment)
    await world.deliver(shipment)
    await world.order_is(order, "FULFILLED")
    await world.pay("36.00", invoice=await world.invoice_of(order))
    await world.quiet(order)
    assert await world.value("SELECT count(*) FROM engine_outbox WHERE outcome = 'restarted'") == 1
    assert (await world.events(order)).count("shipment_booked") == 1


async def test_a_lost_supply_order_is_started_again_by_its_receipt(world: World) -> None:
    order = await world.submit({"NUT": 8})
    supply = await world.supply_of("NUT")
    await world.quiet(order)
    await world.supply(supply).terminate("lost")
    await builders.received(supply, 5, now=world.now(order))
    await world.ship(order)
    assert await restart(f"supply/{supply}") is True
    await builders.received(supply, 5, now=world.now(order))
    await world.ship(order, nth=1)
    await world.order_is(order, "FULFILLED")
    assert await world.end_of(supply) == "RECEIVED"
    assert await world.value("SELECT count(*) FROM notice WHERE event = 'purchase_order'") == 1


async def test_an_order_cancelled_while_its_workflow_is_lost_is_undone(world: World) -> None:
    order = await world.submit()
    await world.shipment_of(order)
    await world.quiet(order)
    await world.order(order).terminate("lost")
    await world.cancel(order)
    await world.order_is(order, "CANCELLED")
    assert await world.value("SELECT sum(reserved) FROM stock_level") == 0
    assert (await world.events(order)).count("order_cancelled") == 1


async def test_a_step_that_the_database_refuses_twice_stands_in_the_open_and_goes_on_when_it_can(world: World) -> None:
    await builders.run("ALTER TABLE allocation ADD CONSTRAINT broken CHECK (quantity < 0)")
    order = await world.submit()
    await world.until("SELECT state FROM sales_order WHERE number = :n", "CONFIRMED", n=order)
    pending: list[tuple[str, int, str]] = []
    while not any(attempt > 1 for _, attempt, _ in pending):
        pending = await world.pending(order)
    said = '(psycopg.errors.CheckViolation) new row for relation "allocation" violates check constraint "broken"'
    assert [(name, error) for name, _, error in pending] == [("allocate_order", said)]
    await builders.run("ALTER TABLE allocation DROP CONSTRAINT broken")
    await world.ship(order)
    await world.order_is(order, "FULFILLED")
    assert (await world.events(order)).count("stock_allocated") == 1


@pytest.fixture
async def forgetful(world: World) -> AsyncIterator[World]:
    """A world whose engine wants short histories."""
    async with an_engine(*SHORT_HISTORIES) as environment:
        await world.stop()
        world.environment = environment
        await world.start()
        yield world
        await world.stop()


@pytest.mark.path("continued_as_new")
async def test_an_order_whose_history_grows_long_goes_on_in_a_new_one(forgetful: World) -> None:
    world = forgetful
    order = await world.submit({"BOLT": 3, "NUT": 5})
    await world.ship(order)
    supply = await world.supply_of("NUT")
    await builders.received(supply, 10, now=world.now(order))
    await world.ship(order, nth=1)
    invoices = [await world.invoice_of(order, nth) for nth in (0, 1)]
    await world.quiet(order)
    for _ in range(40):  # when a new run begins, the days that the old one had left to pass are lost
        if await world.value("SELECT count(*) FROM reminder") == 6:
            break
        await world.pass_days(order, 3)
    for invoice, total in zip(invoices, ("36.00", "18.00"), strict=True):
        await world.pay(total, of=order, invoice=invoice)
    await world.order_is(order, "COMPLETED")
    runs = await world.runs(order)
    assert len(runs) >= 3
    assert [run.status.name for run in runs if run.status][-1] == "COMPLETED"
    events = await world.events(order)
    for event in ("order_confirmed", "supply_ordered", "follow_up_sent", "order_completed", "order_fulfilled"):
        assert events.count(event) == 1, event
    assert events.count("reminder_sent") == 6
    assert await world.value("SELECT count(*) FROM reminder") == 6


async def _short_pick_unheard(world: World) -> tuple[str, str, str]:
    """The worker did the steps after a short pick, and died before it could tell the engine so; order and shipments."""
    order = await world.submit({"BOLT": 6})
    first = await world.shipment_of(order)
    await world.quiet(order)
    await world.stop()
    await world.pick(first, {"line": 1, "quantity": "5"})
    lost = OrderStep(number=order, now=world.now(order))
    assert (await allocate_order(lost)).shippable is True
    first_again, second = (await create_shipments(lost)).shipments
    assert first_again.number == first
    return order, first, second.number


async def test_a_shipment_whose_making_was_not_heard_of_is_booked_all_the_same(world: World) -> None:
    order, first, _ = await _short_pick_unheard(world)
    await world.start()
    await world.deliver(first)
    second = await world.ship(order, nth=1)
    await world.order_is(order, "FULFILLED")
    await world.until("SELECT count(DISTINCT shipment) FROM invoice", 2)
    assert await world.bookings(first, second) == ["booked", "booked"]


async def test_of_an_order_that_was_fulfilled_unheard_every_shipment_is_billed(world: World) -> None:
    order, first, second = await _short_pick_unheard(world)
    await world.pick(second)
    for shipment in (first, second):
        await book_shipment(ShipmentStep(number=shipment, order=order, now=world.now(order)))
        await world.deliver(shipment)
    await world.order_is(order, "FULFILLED")
    await world.start()
    await world.until("SELECT count(DISTINCT shipment) FROM invoice", 2)
