"""Stock on a real database: pieces are allocated once, and a shortage is said once."""

from __future__ import annotations

from typing import Any

from activities.stock import allocate_order
from domain.steps import OrderStep
from tests import builders
from tests.activities.fingerprint import Case
from tests.builders import NOW


async def _confirmed(sku: str, quantity: int, **request: Any) -> OrderStep:
    order = await builders.an_order({sku: quantity}, **request)
    return OrderStep(number=await builders.confirmed(order), now=NOW)


CASES = (
    Case(
        allocate_order, "takes from two warehouses what one has not", lambda: _confirmed("BOLT", 120),
        {"state": "IN_FULFILMENT", "shippable": True, "waiting": False},
        {"allocation": 2, "timeline": 2, "reserved": 120},
    ),
    Case(
        allocate_order, "allocates what is there and promises the rest", lambda: _confirmed("BOLT", 150),
        {"state": "IN_FULFILMENT", "shippable": True, "waiting": True},
        {"allocation": 2, "timeline": 4, "notice": 1, "reserved": 140},
    ),
    Case(
        allocate_order, "ships nothing of a complete shipment that is short",
        lambda: _confirmed("BOLT", 150, shipping_policy="ship_complete"),
        {"state": "IN_FULFILMENT", "shippable": False, "waiting": True},
        {"allocation": 2, "timeline": 4, "notice": 1, "reserved": 140},
    ),
    Case(
        allocate_order, "drops a remainder that is not wanted later",
        lambda: _confirmed("BOLT", 150, shipping_policy="cancel_remainder"),
        {"state": "IN_FULFILMENT", "shippable": True, "waiting": False},
        {"allocation": 2, "timeline": 3, "reserved": 140, "credit reserved": -120},
    ),
    Case(
        allocate_order, "cancels an order of which nothing is left",
        lambda: _confirmed("NUT", 5, shipping_policy="cancel_remainder"),
        {"state": "CANCELLED", "shippable": False, "waiting": False},
        {"timeline": 2, "notice": 1, "credit reserved": -18},
    ),
)  # fmt: skip
