"""Shipping on a real database: allocated pieces are noted once, booked once, and a scan is kept once."""

from __future__ import annotations

import pytest

from activities.shipping import book_shipment, create_shipments, poll_tracking
from db.engine import settled
from domain.facts import Address, TrackingFact
from domain.steps import OrderStep, ShipmentStep
from gateways.carriers import registry
from gateways.carriers.port import BookingRequest
from intake import shipping
from tests import builders
from tests.activities.fingerprint import Case, run_at_the_same_instant, run_one_after_the_other, sentence
from tests.builders import CARRIER, DAY, NOW, WAREHOUSE, PocketCarrier
from tests.simulated_carrier import simulated


class _Talkative(PocketCarrier):
    async def track(self, tracking_number: str) -> list[TrackingFact]:
        return [_scan(tracking_number, "delivered", 9), _scan(tracking_number, "in_transit", 1)]


def _scan(tracking_number: str, status: str, sequence: int) -> TrackingFact:
    return TrackingFact.model_validate(
        {"tracking_number": tracking_number, "status": status, "at": NOW, "sequence": sequence}
    )


async def _allocated(quantity: int) -> OrderStep:
    order = await builders.an_order({"BOLT": quantity})
    await builders.allocated(order)
    return OrderStep(number=order, now=NOW)


async def _short_and_complete() -> OrderStep:
    order = await builders.an_order({"BOLT": 150}, shipping_policy="ship_complete")
    await builders.allocated(order)
    return OrderStep(number=order, now=NOW)


async def _packed() -> ShipmentStep:
    order = await builders.an_order({"BOLT": 3})
    [shipment] = await builders.packed(order)
    return ShipmentStep(number=shipment, order=order, now=NOW)


async def _scanned_before_it_was_booked() -> ShipmentStep:
    step = await _packed()
    [early] = await _carried(step, scans=1)
    await settled(lambda tx: shipping.record_tracking(tx, WAREHOUSE, CARRIER, early, NOW))
    return step


async def _carried(step: ShipmentStep, scans: int) -> list[TrackingFact]:
    """The carrier has the parcel, whether we know it or not, and some readers have seen it; what they saw."""
    [ship_to] = [row.ship_to for row in await builders.rows("SELECT ship_to FROM sales_order")]
    request = BookingRequest(step.number, step.number, Address.model_validate(ship_to))
    await registry.carrier(CARRIER).book(request)
    return simulated(registry.carrier(CARRIER)).scan(step.number, scans)


async def _booked(scans: int = 0) -> ShipmentStep:
    step = await _packed()
    await book_shipment(step)
    await _carried(step, scans)
    return step


CASES = (
    Case(
        create_shipments, "makes one delivery note per warehouse", lambda: _allocated(120), {},
        {"shipment": 2, "shipment_line": 2, "timeline": 2},
    ),
    Case(create_shipments, "waits for a complete shipment", _short_and_complete, {"shipments": ()}, {}),
    Case(
        book_shipment, "books the carrier once", _packed,
        {"state": "BOOKED", "poll_at": NOW + 2 * DAY}, {"timeline": 1},
    ),
    Case(
        book_shipment, "applies the scans that were faster than the booking", _scanned_before_it_was_booked,
        {"state": "IN_TRANSIT", "poll_at": NOW + 2 * DAY},
        {
            "timeline": 2, "tracking_event": 1, "notice": 1, "journal_entry": 1, "journal_line": 2, "debited": 12,
            "stock_movement": 1, "on hand": -3, "reserved": -3,
        },
    ),
    Case(
        poll_tracking, "applies what the carrier knows, oldest scan first", lambda: _booked(scans=3),
        {"state": "DELIVERED", "poll_at": NOW + 2 * DAY},
        {
            "timeline": 4, "tracking_event": 3, "notice": 2, "engine_outbox": 1, "journal_entry": 1, "journal_line": 2,
            "debited": 12, "stock_movement": 1, "on hand": -3, "reserved": -3,
        },
    ),
    Case(
        poll_tracking, "changes nothing when the carrier knows nothing", _booked,
        {"state": "BOOKED"}, {},
    ),
    Case(poll_tracking, "asks nobody about a shipment without a booking", _packed, {"state": "PACKED"}, {}),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=sentence)
async def test_a_step_that_runs_again_has_one_effect(database: str, case: Case):
    await run_one_after_the_other(case)


@pytest.mark.parametrize("case", CASES, ids=sentence)
async def test_a_step_that_runs_twice_at_once_has_one_effect(database: str, case: Case):
    await run_at_the_same_instant(case)


async def test_scans_that_come_in_any_order_are_applied_the_oldest_first(database: str):
    await builders.a_company()
    step = await _booked()
    registry._configured[CARRIER] = _Talkative()
    assert (await poll_tracking(step)).state == "DELIVERED"
    told = await builders.rows("SELECT after FROM timeline WHERE document = :number ORDER BY id", number=step.number)
    assert [row.after for row in told][-2:] == ["IN_TRANSIT", "DELIVERED"]
