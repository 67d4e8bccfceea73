"""An order's life as the engine tells it, with days passing."""

from __future__ import annotations

from benchmarks.history_cost import history_cost
from tests.workflows.world import World


async def test_an_order_lives_straight_through(world: World) -> None:
    order = await world.submit({"BOLT": 3})
    await world.ship(order)
    await world.order_is(order, "FULFILLED")
    invoice = await world.invoice_of(order)
    await world.pay("36.00", invoice=invoice)
    await world.pass_days(order, 31)
    await world.order_is(order, "COMPLETED")
    assert await world.end_of(order) is not None
    assert (await world.events(order))[-2:] == ["follow_up_sent", "order_completed"]


async def test_a_happy_order_is_cheap(world: World) -> None:
    """At most 16 billable actions and 70 events over all its workflows, for one shipment and one instalment."""
    order = await world.submit({"BOLT": 3})
    await world.ship(order)
    await world.pay("36.00", invoice=await world.invoice_of(order))
    await world.pass_days(order, 31)
    await world.order_is(order, "COMPLETED")
    await world.end_of(order)
    cost = history_cost([event async for event in world.order(order).fetch_history_events()])
    assert cost.events <= 70
    assert cost.actions <= 16
