"""Orders that are cancelled at whatever moment: between any two steps, nothing stays behind."""

from __future__ import annotations

import asyncio

from domain.errors import IllegalMove
from starter.ending import ended
from tests import builders
from tests.workflows.picture import picture
from tests.workflows.together import cancelled_with_the_next_step
from tests.workflows.world import World

MOMENTS = [0.03 * nth for nth in range(16)]
LINES: tuple[dict[str, object], ...] = ({"BOLT": 3}, {"BOLT": 12, "NUT": 4}, {"KIT": 2}, {"BOLT": 60})


async def _picks(world: World) -> None:
    """A warehouse that picks whatever it is told to, at once."""
    while True:
        for row in await builders.rows("SELECT number FROM shipment WHERE state = 'CREATED' ORDER BY number"):
            try:
                await world.pick(row.number)
            except IllegalMove:
                continue
        await asyncio.sleep(0.01)


async def _submitted_and_cancelled(world: World, moment: float, lines: dict[str, object]) -> str:
    order = await world.submit(lines)
    await asyncio.sleep(moment)
    await world.cancel(order)
    return order


async def test_whenever_orders_are_cancelled_everything_is_as_it_was(world: World) -> None:
    before = await picture()
    warehouse = asyncio.create_task(_picks(world))
    lines = (LINES[nth % len(LINES)] for nth in range(len(MOMENTS)))
    orders = await asyncio.gather(
        *(_submitted_and_cancelled(world, moment, wanted) for moment, wanted in zip(MOMENTS, lines, strict=True))
    )
    for order in orders:
        await world.order_is(order, "CANCELLED")
        assert (await world.end_of(order))["state"] == "CANCELLED"
        assert (await world.events(order)).count("order_cancelled") == 1
    await ended(warehouse)
    assert warehouse.cancelled()
    after = await picture()
    left = [row.number for row in await builders.rows("SELECT number FROM supply_order WHERE state <> 'CANCELLED'")]
    assert {**after, "supply": []} == {**before, "supply": []}, left
    shipments = [row.number for row in await builders.rows("SELECT number FROM shipment ORDER BY number")]
    assert "booked" not in await world.bookings(*shipments)


async def test_a_cancellation_that_meets_the_next_step_in_one_workflow_task_is_heard(world: World) -> None:
    """A step that had to be repeated ends while nobody runs the story, which then hears of both at once."""
    order = await cancelled_with_the_next_step(world)
    await world.order_is(order, "CANCELLED")
    assert (await world.end_of(order))["state"] == "CANCELLED"
    assert (await world.events(order)).count("order_cancelled") == 1
    assert await world.value("SELECT sum(reserved) FROM stock_level") == 0
