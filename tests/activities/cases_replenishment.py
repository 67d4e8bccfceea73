"""Replenishment on a real database: a shortage is covered once, ordered once, and chased once a day."""

from __future__ import annotations

from activities.replenishment import chase_supply, order_supply, replenish_order
from activities.stock import allocate_order
from domain.steps import OrderStep, SupplyStep
from tests import builders
from tests.activities.fingerprint import Case
from tests.builders import DAY, NOW


async def _short(sku: str, quantity: int) -> OrderStep:
    step = OrderStep(number=await builders.confirmed(await builders.an_order({sku: quantity})), now=NOW)
    assert (await allocate_order(step)).waiting
    return step


async def _second_shortage() -> OrderStep:
    await builders.allocated(await builders.an_order({"NUT": 12}))
    return await _short("NUT", 2)


async def _proposed(sku: str, quantity: int) -> SupplyStep:
    order = await _short(sku, quantity)
    await replenish_order(order)
    [supply] = await builders._supplies(order.number)
    return SupplyStep(number=supply, now=NOW)


async def _ordered(days: int) -> SupplyStep:
    step = await _proposed("NUT", 12)
    await order_supply(step)
    return SupplyStep(number=step.number, now=NOW + days * DAY)


CASES = (
    Case(
        replenish_order, "orders once what is short", lambda: _short("NUT", 12),
        {"state": "IN_FULFILMENT", "waiting": True},
        {"supply_order": 1, "supply_peg": 1, "engine_outbox": 1, "timeline": 1},
    ),
    Case(
        replenish_order, "uses the pieces that another order leaves over", _second_shortage,
        {"state": "IN_FULFILMENT", "waiting": True}, {"supply_peg": 1, "timeline": 1},
    ),
    Case(
        replenish_order, "orders the production of what is made", lambda: _short("KIT", 5),
        {"state": "IN_FULFILMENT", "waiting": True},
        {"supply_order": 1, "supply_peg": 1, "supply_component": 2, "engine_outbox": 1, "timeline": 1},
    ),
    Case(
        order_supply, "mails a purchase order once", lambda: _proposed("NUT", 12),
        {"state": "ORDERED", "waiting_for_components": False}, {"notice": 1},
    ),
    Case(
        order_supply, "reserves components, covers what is missing and promises for when it is there",
        lambda: _proposed("KIT", 5),
        {"state": "ORDERED", "waiting_for_components": True},
        {
            "component_allocation": 1, "reserved": 10, "supply_order": 1, "supply_peg": 1, "engine_outbox": 1,
            "timeline": 2, "notice": 1,
        },
    ),
    Case(
        chase_supply, "reminds the buyer of a late supply order", lambda: _ordered(10),
        {"state": "ORDERED", "due_at": NOW + 11 * DAY}, {"timeline": 1, "notice": 1},
    ),
    Case(
        chase_supply, "leaves a supply order alone until it is late", lambda: _ordered(1), {"state": "ORDERED"}, {},
    ),
)  # fmt: skip
