"""A cancellation and the end of a step that had to be repeated, which a story hears of in one workflow task."""

from __future__ import annotations

import asyncio

from temporalio.worker import Worker

from starter.plugin import ACTIVITIES
from tests import builders
from tests.workflows.world import World


async def cancelled_with_the_next_step(world: World) -> str:
    """An order whose repeated step ended and that was cancelled while nobody ran its story; the story runs again."""
    await builders.run("ALTER TABLE allocation ADD CONSTRAINT broken CHECK (quantity < 0)")
    order = await world.submit()
    await world.order_is(order, "CONFIRMED")
    while not any(attempt > 1 for _, attempt, _ in await world.pending(order)):
        await asyncio.sleep(0.05)
    await world.stop()
    await builders.run("ALTER TABLE allocation DROP CONSTRAINT broken")
    async with Worker(world.client, task_queue=world.queue, activities=ACTIVITIES):
        while await world.pending(order):
            await asyncio.sleep(0.05)
    await world.cancel(order)
    await _handed_over(world, order)
    await world.start()
    return order


async def _handed_over(world: World, order: str) -> None:
    """What waits for the order's workflow is handed to the engine, in order, while no worker is there."""
    for row in await builders.rows(
        "SELECT id, signal, payload FROM engine_outbox WHERE sent_at IS NULL AND workflow_id = :w ORDER BY id",
        w=f"order/{order}",
    ):
        await world.order(order).signal(row.signal, row.payload)
        await builders.run(f"UPDATE engine_outbox SET sent_at = now() WHERE id = {row.id}")
