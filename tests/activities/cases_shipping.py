"""Shipping on a real database: allocated pieces are noted once, booked once, and a scan is kept once."""

from __future__ import annotations

from activities.shipping import book_shipment, create_shipments, poll_tracking
from db.engine import settled
from domain.facts import Address, TrackingFact
from domain.steps import OrderStep, ShipmentStep
from gateways.carriers import registry
from gateways.carriers.port import BookingRequest
from intake import shipping
from tests import builders
from tests.activities.fingerprint import Case
from tests.builders import CARRIER, DAY, NOW, WAREHOUSE
from tests.simulated_carrier import simulated


def scan(tracking_number: str, status: str, sequence: int) -> TrackingFact:
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


async def booked(scans: int = 0) -> ShipmentStep:
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
        poll_tracking, "applies what the carrier knows, oldest scan first", lambda: booked(scans=3),
        {"state": "DELIVERED", "poll_at": NOW + 2 * DAY},
        {
            "timeline": 4, "tracking_event": 3, "notice": 2, "engine_outbox": 1, "journal_entry": 1, "journal_line": 2,
            "debited": 12, "stock_movement": 1, "on hand": -3, "reserved": -3,
        },
    ),
    Case(
        poll_tracking, "changes nothing when the carrier knows nothing", booked,
        {"state": "BOOKED"}, {},
    ),
    Case(poll_tracking, "asks nobody about a shipment without a booking", _packed, {"state": "PACKED"}, {}),
)  # fmt: skip
