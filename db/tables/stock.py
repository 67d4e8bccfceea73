"""Stock: levels that are never negative, the movements they are the sum of, and what is reserved for whom."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel

from db.tables.columns import amount, moment, reference


class StockLevel(SQLModel, table=True):
    """On hand and reserved per product and warehouse; its row is the lock under which stock is allocated."""

    __tablename__ = "stock_level"
    __table_args__ = (
        CheckConstraint("on_hand >= 0", name="stock_never_negative"),
        CheckConstraint("reserved >= 0 AND reserved <= on_hand", name="reserved_within_on_hand"),
    )
    sku: str = reference("product.sku", primary_key=True)
    warehouse: str = Field(primary_key=True)
    on_hand: Decimal = amount()
    reserved: Decimal = amount()


class StockMovement(SQLModel, table=True):
    """One change of stock on hand; `effect_key` makes it single."""

    __tablename__ = "stock_movement"
    __table_args__ = (
        Index("movement_of", "sku", "warehouse"),
        Index("movement_recent", "sku", text("id DESC")),
        Index("movement_at", "at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    effect_key: str | None = Field(default=None, unique=True)
    sku: str = reference("product.sku", index=False)
    warehouse: str
    quantity: Decimal = amount(None)
    reason: str
    document: str | None = None
    actor: str
    at: datetime = moment()


class Allocation(SQLModel, table=True):
    """Pieces reserved for an order line in a warehouse: RESERVED, then ISSUED, or RELEASED when cancelled."""

    __tablename__ = "allocation"
    __table_args__ = (
        ForeignKeyConstraint(["order_number", "line"], ["order_line.order_number", "order_line.line"]),
        CheckConstraint("quantity > 0", name="allocation_quantity"),
        CheckConstraint("state IN ('RESERVED','ISSUED','RELEASED')", name="allocation_state"),
        Index("allocation_of", "order_number", "line"),
        Index("allocation_reserved", "sku", "warehouse", postgresql_where=text("state = 'RESERVED'")),
    )
    id: int | None = Field(default=None, primary_key=True)
    order_number: str
    line: int
    sku: str
    warehouse: str
    quantity: Decimal = amount(None)
    state: str
    shipment: str | None = reference("shipment.number", nullable=True)
    at: datetime = moment()
