"""Cancellation on a real database: what an order caused is undone once, and what is freed is handed out once."""

from __future__ import annotations

from activities.cancellation import plan_undo, undo_order, void_booking
from db.engine import settled
from domain.facts import Cancellation
from domain.steps import OrderStep, ShipmentStep
from gateways.carriers import registry
from intake import cancellation
from tests import builders
from tests.activities.fingerprint import Case
from tests.builders import CARRIER, NOW, SALES
from tests.simulated_carrier import simulated


async def _cancelled(order: str) -> OrderStep:
    wish = Cancellation(reason="not needed any more")
    await settled(lambda tx: cancellation.cancel_order(tx, SALES, order, wish, NOW))
    return OrderStep(number=order, now=NOW)


async def _booked() -> ShipmentStep:
    order = await builders.an_order({"BOLT": 3})
    [shipment] = await builders.booked(order)
    await _cancelled(order)
    return ShipmentStep(number=shipment, order=order, now=NOW)


async def _of_booked() -> OrderStep:
    return OrderStep(number=(await _booked()).order, now=NOW)


async def _on_its_way() -> ShipmentStep:
    step = await _booked()
    simulated(registry.carrier(CARRIER)).scan(step.number, 1)
    return step


async def _voided() -> OrderStep:
    step = await _booked()
    await void_booking(step)
    return OrderStep(number=step.order, now=NOW)


async def _new() -> OrderStep:
    return await _cancelled(await builders.an_order())


async def _allocated() -> OrderStep:
    order = await builders.an_order({"BOLT": 120})
    await builders.allocated(order)
    return await _cancelled(order)


async def _waited_for() -> OrderStep:
    order = await builders.an_order({"BOLT": 140})
    await builders.allocated(order)
    await builders.allocated(await builders.an_order({"BOLT": 20}))
    return await _cancelled(order)


async def _in_production() -> OrderStep:
    order = await builders.an_order({"KIT": 5})
    await builders.allocated(order)
    return await _cancelled(order)


CASES = (
    Case(plan_undo, "voids nothing that is not packed", _allocated, {"state": "CANCELLING", "to_void": ()}, {}),
    Case(plan_undo, "names the booking to void", _of_booked, {"state": "CANCELLING", "to_void": ("SH-000001",)}, {}),
    Case(void_booking, "puts the goods away", _booked, {"state": "CANCELLED"}, {"timeline": 1, "reserved": -3}),
    Case(void_booking, "lets a parcel arrive that the carrier keeps", _on_its_way, {"state": "BOOKED"}, {}),
    Case(undo_order, "ends an order that caused nothing", _new, {"state": "CANCELLED"}, {"timeline": 1, "notice": 1}),
    Case(
        undo_order, "gives back stock and credit", _allocated, {"state": "CANCELLED"},
        {"timeline": 4, "notice": 1, "reserved": -120, "credit reserved": -1440},
    ),
    Case(
        undo_order, "ends an order whose booking was voided", _voided, {"state": "CANCELLED"},
        {"timeline": 4, "notice": 1, "credit reserved": -36},
    ),
    Case(
        undo_order, "hands what it frees to those who wait", _waited_for, {"state": "CANCELLED"},
        {
            "timeline": 5, "notice": 1, "allocation": 1, "reserved": -120, "credit reserved": -1680, "engine_outbox": 1,
        },
    ),
    Case(
        undo_order, "cancels the supply that only it needed", _in_production, {"state": "CANCELLED"},
        {"timeline": 4, "notice": 1, "engine_outbox": 2, "reserved": -10, "credit reserved": -240},
    ),
)  # fmt: skip
