"""Shipping: what may leave now, and what a carrier's scan means for the shipment."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from domain.order_life import is_legal

STATE_OF_SCAN: Mapping[str, str] = {
    "in_transit": "IN_TRANSIT",
    "out_for_delivery": "OUT_FOR_DELIVERY",
    "attempt_failed": "ATTEMPT_FAILED",
    "at_pickup_point": "AT_PICKUP_POINT",
    "exception": "EXCEPTION",
    "lost": "LOST",
    "damaged": "DAMAGED",
    "returning": "RETURNING",
    "returned": "RETURNED",
    "delivered": "DELIVERED",
}

GONE_WRONG = ("LOST", "DAMAGED", "RETURNED")
"""Ends of a shipment that need a person."""


def may_ship(policy: str, open_quantity: Decimal) -> bool:
    """A ship-complete order leaves only when nothing of it is open any more; the others leave as they are allocated."""
    return policy != "ship_complete" or open_quantity == 0


def move_of_scan(state: str, last_sequence: int, status: str, sequence: int) -> str | None:
    """The state after a scan, or None when the scan changes nothing: late, repeated, or not possible from here.

    A delivery counts whatever its sequence, since carriers deliver scans out of order.
    """
    target = STATE_OF_SCAN[status]
    late = sequence <= last_sequence and target != "DELIVERED"
    if late or target == state or not is_legal("shipment", state, target):
        return None
    return target
