"""Supply orders (purchase or production), what they are pegged to, their components and receipts."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from db.tables.columns import amount, moment, optional_moment, reference


class SupplyOrder(SQLModel, table=True):
    """A purchase order to a supplier or a production order to the shop floor, of one product."""

    __tablename__ = "supply_order"
    __table_args__ = (
        CheckConstraint("kind IN ('purchase','production')", name="supply_kind"),
        CheckConstraint("quantity > 0", name="supply_quantity"),
        CheckConstraint("received >= 0 AND received <= quantity", name="supply_received"),
        Index("supply_open", "sku", postgresql_where=text("state NOT IN ('RECEIVED','CANCELLED')")),
        Index("supply_due", "due_at", "number", postgresql_where=text("state NOT IN ('RECEIVED','CANCELLED')")),
        Index("supply_recent", text("created_at DESC"), text("number DESC")),
    )
    number: str = Field(primary_key=True)
    kind: str
    sku: str = reference("product.sku", index=False)
    supplier: str | None = reference("supplier.code", nullable=True)
    quantity: Decimal = amount(None)
    received: Decimal = amount()
    state: str
    policy_version: int = Field(foreign_key="policy_version.version")
    created_at: datetime = moment()
    due_at: datetime = moment()
    ordered_at: datetime | None = optional_moment()
    chased_at: datetime | None = optional_moment()


class SupplyPeg(SQLModel, table=True):
    """Which order line, or which production order, a supply order is for; `open` is what has not come in yet."""

    __tablename__ = "supply_peg"
    __table_args__ = (
        CheckConstraint("quantity > 0 AND open >= 0 AND open <= quantity", name="peg_quantity"),
        CheckConstraint("(order_number IS NULL) <> (for_supply IS NULL)", name="peg_for_one"),
        Index("peg_of_line", "order_number", "line"),
        Index("peg_open", "sku", postgresql_where=text("open > 0")),
    )
    id: int | None = Field(default=None, primary_key=True)
    supply_order: str = reference("supply_order.number")
    order_number: str | None = reference("sales_order.number", nullable=True, index=False)
    line: int | None = None
    for_supply: str | None = reference("supply_order.number", nullable=True)
    sku: str
    quantity: Decimal = amount(None)
    open: Decimal = amount(None)


class SupplyComponent(SQLModel, table=True):
    """A component that a production order needs: reserved first, consumed at completion."""

    __tablename__ = "supply_component"
    __table_args__ = (
        CheckConstraint("reserved >= 0 AND consumed >= 0 AND reserved + consumed <= required", name="component_use"),
        Index("component_waiting", "sku", postgresql_where=text("reserved + consumed < required")),
    )
    supply_order: str = reference("supply_order.number", primary_key=True)
    sku: str = reference("product.sku", primary_key=True)
    required: Decimal = amount(None)
    reserved: Decimal = amount()
    consumed: Decimal = amount()


class ComponentAllocation(SQLModel, table=True):
    """Pieces of a component reserved in a warehouse for a production order."""

    __tablename__ = "component_allocation"
    __table_args__ = (CheckConstraint("quantity >= 0", name="component_allocation_quantity"),)
    supply_order: str = reference("supply_order.number", primary_key=True)
    sku: str = reference("product.sku", primary_key=True)
    warehouse: str = Field(primary_key=True)
    quantity: Decimal = amount(None)


class SupplyReceipt(SQLModel, table=True):
    """What arrived of a supply order, or what the shop floor completed."""

    __tablename__ = "supply_receipt"
    id: int | None = Field(default=None, primary_key=True)
    supply_order: str = reference("supply_order.number")
    warehouse: str
    quantity: Decimal = amount(None)
    reference: str | None = None
    actor: str
    at: datetime = moment()
