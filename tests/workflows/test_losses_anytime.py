"""Workflows that are lost at whatever moment: every order arrives, and nothing is done twice."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from temporalio.service import RPCError

from domain.errors import IllegalMove
from starter.ending import ended
from tests import builders
from tests.workflows.test_durability import restart
from tests.workflows.world import World

MOMENTS = [0.05 * nth for nth in range(8)]
ONCE = {
    "a credit reservation per order": "SELECT count(*) - 8 FROM credit_reservation",
    "a confirmation per order": "SELECT count(*) - 8 FROM notice WHERE event = 'order_confirmed'",
    "an end of fulfilment per order": "SELECT count(*) - 8 FROM timeline WHERE event = 'order_fulfilled'",
    "what was ordered has left": "SELECT sum(quantity) + 40 FROM stock_movement WHERE reason = 'goods_issue'",
    "what was ordered is billed": "SELECT sum(total) - 345.60 FROM invoice",
    "what is short is bought": "SELECT sum(quantity) - 20 FROM supply_order",
    "a purchase order per supply order": "SELECT count(*) - (SELECT count(*) FROM supply_order) FROM notice"
    " WHERE event = 'purchase_order'",
    "a booking per shipment": "SELECT count(*) - (SELECT count(*) FROM shipment) FROM timeline"
    " WHERE event = 'shipment_booked'",
    "an invoice per shipment": "SELECT count(*) - (SELECT count(*) FROM shipment) FROM invoice",
    "a voucher per invoice": "SELECT count(*) - (SELECT count(*) FROM invoice) FROM journal_entry"
    " WHERE kind = 'invoice'",
}
"""What must come to zero."""


async def _outside(world: World) -> None:
    """Supplier, warehouse and carrier do their part as soon as they are asked."""
    while True:
        for row in await builders.rows("SELECT number, quantity FROM supply_order WHERE state = 'ORDERED'"):
            with suppress(IllegalMove):
                await builders.received(row.number, row.quantity, now=world.now(""))
        for row in await builders.rows("SELECT number, state FROM shipment WHERE state IN ('CREATED', 'BOOKED')"):
            with suppress(IllegalMove):
                await (world.pick if row.state == "CREATED" else world.deliver)(row.number)
        await asyncio.sleep(0.01)


async def _lost_and_found(world: World, order: str, moment: float) -> None:
    await asyncio.sleep(moment)
    with suppress(RPCError):
        await world.order(order).terminate("lost")
    await restart(f"order/{order}")


async def test_whenever_workflows_are_lost_everything_is_done_once(world: World) -> None:
    outside = asyncio.create_task(_outside(world))
    orders = [await world.submit({"BOLT": 3, "NUT": 2}) for _ in MOMENTS]
    losses = [asyncio.create_task(_lost_and_found(world, o, m)) for o, m in zip(orders, MOMENTS, strict=True)]
    await asyncio.gather(*losses)
    for order in orders:
        await world.order_is(order, "FULFILLED")
    await world.until(ONCE["an invoice per shipment"], 0)
    await world.quiet(*orders)
    await ended(outside)
    assert outside.cancelled()
    assert {what: await world.value(difference) for what, difference in ONCE.items()} == dict.fromkeys(ONCE, 0)
