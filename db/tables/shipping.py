"""Shipments with their lines (the delivery note) and the carrier's scans."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from db.tables.columns import amount, document, moment, optional_amount, optional_moment, reference


class Shipment(SQLModel, table=True):
    """One consignment of an order from one warehouse; its number is the carrier's booking key."""

    __tablename__ = "shipment"
    __table_args__ = (
        UniqueConstraint("carrier", "tracking_number", name="shipment_tracking"),
        Index("shipment_recent", text("created_at DESC"), text("number DESC")),
        Index("shipment_in_state", "state", text("created_at DESC"), text("number DESC")),
        Index("shipment_to_pick", "created_at", "number", postgresql_where=text("state = 'CREATED'")),
        Index("shipment_to_book", "picked_at", "number", postgresql_where=text("state = 'PACKED'")),
        Index("shipment_of_warehouse", "warehouse", text("created_at DESC"), text("number DESC")),
    )
    number: str = Field(primary_key=True)
    order_number: str = reference("sales_order.number")
    warehouse: str
    state: str
    packages: int = 1
    carrier: str | None = None
    tracking_number: str | None = None
    label_url: str | None = None
    cost: Decimal | None = optional_amount()
    created_at: datetime = moment()
    picked_at: datetime | None = optional_moment()
    booked_at: datetime | None = optional_moment()
    issued_at: datetime | None = optional_moment()
    delivered_at: datetime | None = optional_moment()
    signed_by: str | None = None
    last_sequence: int = Field(default=-1, sa_column_kwargs={"server_default": text("-1")})


class ShipmentLine(SQLModel, table=True):
    """What the shipment carries of an order line; a short pick lowers it."""

    __tablename__ = "shipment_line"
    __table_args__ = (CheckConstraint("quantity >= 0", name="shipment_line_quantity"),)
    shipment: str = reference("shipment.number", primary_key=True)
    line: int = Field(primary_key=True)
    sku: str
    quantity: Decimal = amount(None)


class TrackingEvent(SQLModel, table=True):
    """One scan as the carrier reported it; the same scan is stored once."""

    __tablename__ = "tracking_event"
    shipment: str = reference("shipment.number", primary_key=True)
    sequence: int = Field(primary_key=True)
    status: str = Field(primary_key=True)
    raw_status: str | None = None
    location: str | None = None
    at: datetime = moment()
    recorded_at: datetime = moment()


class StrayTracking(SQLModel, table=True):
    """A scan that came before its booking was recorded; it is applied when the booking is."""

    __tablename__ = "stray_tracking"
    carrier: str = Field(primary_key=True)
    tracking_number: str = Field(primary_key=True)
    sequence: int = Field(primary_key=True)
    status: str = Field(primary_key=True)
    fact: dict[str, Any] = document()
    recorded_at: datetime = moment()
    matched_at: datetime | None = optional_moment()
