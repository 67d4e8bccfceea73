"""Shipping: what may leave, and what a scan means."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

import pytest

from domain.facts import TrackingStatus
from domain.order_life import LEGAL_MOVES, is_legal
from domain.shapes import ShippingPolicy
from domain.shipping import GONE_WRONG, STATE_OF_SCAN, may_ship, move_of_scan


@pytest.mark.parametrize(
    ("policy", "still_open", "leaves"),
    [
        ("ship_partial", "5", True),
        ("ship_partial", "0", True),
        ("ship_complete", "0", True),
        ("ship_complete", "0.0001", False),
        ("cancel_remainder", "0", True),
    ],
)
def test_only_a_ship_complete_order_waits_for_the_rest(policy: str, still_open: str, leaves: bool):
    assert policy in get_args(ShippingPolicy)
    assert may_ship(policy, Decimal(still_open)) is leaves


def test_every_status_of_a_carrier_is_a_state_of_a_shipment():
    assert set(get_args(TrackingStatus)) == set(STATE_OF_SCAN)
    known = {target for targets in LEGAL_MOVES["shipment"].values() for target in targets}
    assert set(STATE_OF_SCAN.values()) <= known


@pytest.mark.parametrize(
    ("state", "last", "status", "sequence", "expected"),
    [
        ("BOOKED", -1, "in_transit", 0, "IN_TRANSIT"),
        ("BOOKED", -1, "delivered", 5, "DELIVERED"),
        ("IN_TRANSIT", 1, "out_for_delivery", 2, "OUT_FOR_DELIVERY"),
        ("OUT_FOR_DELIVERY", 2, "attempt_failed", 3, "ATTEMPT_FAILED"),
        ("ATTEMPT_FAILED", 3, "at_pickup_point", 4, "AT_PICKUP_POINT"),
        ("EXCEPTION", 3, "lost", 4, "LOST"),
    ],
)
def test_a_scan_moves_the_shipment(state: str, last: int, status: str, sequence: int, expected: str):
    assert move_of_scan(state, last, status, sequence) == expected


@pytest.mark.parametrize(
    ("why", "state", "last", "status", "sequence"),
    [
        ("repeated", "IN_TRANSIT", 1, "in_transit", 1),
        ("the same state again", "IN_TRANSIT", 1, "in_transit", 2),
        ("late", "OUT_FOR_DELIVERY", 2, "exception", 1),
        ("after the end", "DELIVERED", 3, "in_transit", 4),
        ("impossible from here", "IN_TRANSIT", 1, "at_pickup_point", 2),
        ("before the booking", "PACKED", -1, "in_transit", 0),
        ("of a cancelled shipment", "CANCELLED", -1, "delivered", 9),
    ],
)
def test_a_scan_that_is_late_repeated_or_impossible_changes_nothing(
    why: str, state: str, last: int, status: str, sequence: int
):
    assert move_of_scan(state, last, status, sequence) is None


def test_a_delivery_counts_even_when_a_later_scan_came_before_it():
    assert move_of_scan("OUT_FOR_DELIVERY", 9, "delivered", 4) == "DELIVERED"


@pytest.mark.parametrize("end", GONE_WRONG)
def test_what_has_gone_wrong_is_an_end(end: str):
    assert not any(is_legal("shipment", end, target) for target in STATE_OF_SCAN.values() if target != end)
