"""The shapes of shipments and their way."""

from __future__ import annotations

from domain.facts import TrackingStatus
from starter.api.schemas.common import Currency, Moment, Money, Quantity, Seller, ShipmentState, Shown, ShownAddress


class PackedLine(Shown):
    """What the shipment carries of an order line."""

    line: int
    sku: str
    quantity: Quantity


class _Shipment(Shown):
    number: str
    state: ShipmentState
    carrier: str | None
    tracking_number: str | None
    warehouse: str
    packages: int
    created_at: Moment
    delivered_at: Moment | None


class OrderShipment(_Shipment):
    """A shipment as its order shows it."""

    lines: list[PackedLine]


class ShipmentRow(_Shipment):
    """A shipment as the list shows it."""

    order: str
    customer: str
    customer_name: str
    customer_po: str | None
    label_url: str | None
    cost: Money | None
    currency: Currency
    picked_at: Moment | None
    booked_at: Moment | None
    issued_at: Moment | None
    signed_by: str | None


class ShipmentLine(PackedLine):
    """A line of the delivery note; `picked` is null until the pick is confirmed."""

    name: str
    unit: str
    picked: Quantity | None


class Scan(Shown):
    """Where the carrier saw the shipment."""

    sequence: int
    status: TrackingStatus
    raw_status: str | None
    location: str | None
    at: Moment
    recorded_at: Moment


class Shipment(ShipmentRow):
    """A shipment with its lines and its way."""

    seller: Seller
    ship_to: ShownAddress | None
    note: str | None
    language: str
    invoice: str | None
    lines: list[ShipmentLine]
    tracking: list[Scan]
