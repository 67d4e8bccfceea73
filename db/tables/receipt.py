"""The order as it was taken: header, lines, its timeline, and documents that wait for a person."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from db.tables.columns import amount, derived, document, moment, optional_amount, optional_document, optional_moment
from db.tables.columns import reference as foreign

_AT_REST = "'DRAFT', 'COMPLETED', 'REJECTED', 'EXPIRED', 'CANCELLED'"
"""No workflow runs for an order in these states."""
_COUNTED = (
    "'order_confirmed', 'stock_backordered', 'remainder_cancelled', 'hold_released', 'order_paused', "
    "'order_resumed', 'retry_requested', 'reset_requested'"
)
"""Events that reports count."""
_LEFT = "(quantity_ordered - quantity_cancelled)"


class SalesOrder(SQLModel, table=True):
    """The header: one state, four axes that PostgreSQL derives, and what was frozen at submission."""

    __tablename__ = "sales_order"
    __table_args__ = (
        CheckConstraint("quantity_delivered <= quantity_shipped", name="order_delivered"),
        CheckConstraint("quantity_shipped + quantity_cancelled <= quantity_ordered", name="order_shipped"),
        CheckConstraint("billed <= payable", name="order_billed"),
        CheckConstraint("payable <= total", name="order_payable"),
        Index("order_purchase", "customer", "customer_po", "content_hash", unique=True),
        Index("order_purchase_name", text("upper(customer_po)")),
        Index("order_in_state", "state", text("submitted_at DESC"), text("number DESC")),
        Index("order_of_customer", "customer", text("submitted_at DESC"), text("number DESC")),
        Index("order_must_run", "number", postgresql_where=text(f"state NOT IN ({_AT_REST})")),
        Index(
            "order_unusual",
            text("submitted_at DESC"),
            text("number DESC"),
            postgresql_where=text(
                "delivery = 'partial' OR billing = 'partial' OR payment = 'partial' OR payment = 'over'"
            ),
        ),
        Index("order_recent", text("submitted_at DESC"), text("number DESC")),
        Index("order_requested", "requested_date"),
        Index("order_fulfilled", "fulfilled_at", postgresql_where=text("fulfilled_at IS NOT NULL")),
    )
    number: str = Field(primary_key=True)
    customer: str = foreign("customer.code", index=False)
    customer_po: str | None = None
    content_hash: str
    channel: str
    currency: str
    requested_date: date
    payment_terms: str
    shipping_policy: str
    ship_by: date | None = None
    ship_to: dict[str, Any] | None = optional_document()
    note: str | None = None
    state: str
    policy_version: int = Field(foreign_key="policy_version.version")
    priority: int
    net: Decimal = amount(None)
    tax: Decimal = amount(None)
    total: Decimal = amount(None)
    payable: Decimal = amount(None)
    billed: Decimal = amount()
    received: Decimal = amount()
    quantity_ordered: Decimal = amount(None)
    quantity_cancelled: Decimal = amount()
    quantity_shipped: Decimal = amount()
    quantity_delivered: Decimal = amount()
    delivery: str = derived(
        f"CASE WHEN quantity_delivered = 0 THEN 'none' WHEN quantity_delivered < {_LEFT} THEN 'partial' ELSE 'full' END"
    )
    billing: str = derived("CASE WHEN billed = 0 THEN 'none' WHEN billed < payable THEN 'partial' ELSE 'full' END")
    payment: str = derived(
        "CASE WHEN received = 0 THEN 'none' WHEN received < payable THEN 'partial'"
        " WHEN received = payable THEN 'paid' ELSE 'over' END"
    )
    returns: str = Field(default="none", sa_column_kwargs={"server_default": "none"})
    created_by: str
    created_role: str
    submitted_at: datetime = moment()
    expires_at: datetime = moment()
    fulfilled_at: datetime | None = optional_moment()
    followed_up_at: datetime | None = optional_moment()
    completed_at: datetime | None = optional_moment()
    cancel_reason: str | None = None
    version: int = 1


class OrderLine(SQLModel, table=True):
    """One line: every piece is cancelled, open, allocated or shipped; backordered is the open part that waits."""

    __tablename__ = "order_line"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="line_quantity"),
        CheckConstraint("quantity = cancelled + open + allocated + shipped", name="line_balance"),
        CheckConstraint(
            "cancelled >= 0 AND open >= 0 AND allocated >= 0 AND shipped >= 0 AND backordered >= 0", name="line_signs"
        ),
        CheckConstraint("backordered <= open", name="line_backordered"),
        CheckConstraint("delivered >= 0 AND delivered <= shipped", name="line_delivered"),
        CheckConstraint("billed >= 0 AND billed <= delivered", name="line_billed"),
        Index("line_waiting", "sku", postgresql_where=text("backordered > 0")),
    )
    order_number: str = foreign("sales_order.number", primary_key=True)
    line: int = Field(primary_key=True)
    sku: str = foreign("product.sku", index=False)
    quantity: Decimal = amount(None)
    list_price: Decimal | None = optional_amount()
    unit_price: Decimal = amount(None)
    discount_percent: Decimal = amount()
    unit_cost: Decimal = amount()
    tax_code: str
    tax_rate: Decimal = amount()
    net: Decimal = amount(None)
    tax: Decimal = amount(None)
    open: Decimal = amount(None)
    allocated: Decimal = amount()
    backordered: Decimal = amount()
    shipped: Decimal = amount()
    delivered: Decimal = amount()
    billed: Decimal = amount()
    cancelled: Decimal = amount()
    promise_date: date | None = None


class Timeline(SQLModel, table=True):
    """What happened to an order: written by each step in its own transaction, never changed."""

    __tablename__ = "timeline"
    __table_args__ = (
        Index("timeline_counted", "order_number", "event", "id", postgresql_where=text(f"event IN ({_COUNTED})")),
    )
    id: int | None = Field(default=None, primary_key=True)
    order_number: str = foreign("sales_order.number")
    at: datetime = moment()
    actor: str
    event: str
    figures: dict[str, Any] = document()
    before: str | None = None
    after: str | None = None
    document: str | None = None


class HeldDocument(SQLModel, table=True):
    """Rows of an imported file that a person must look at."""

    __tablename__ = "held_document"
    __table_args__ = (Index("held_document_once", "source", "content_hash", unique=True),)
    id: int | None = Field(default=None, primary_key=True)
    source: str
    kind: str
    reason: str
    rows: dict[str, Any] = document()
    content_hash: str
    linked_order: str | None = foreign("sales_order.number", nullable=True)
    created_by: str
    created_at: datetime = moment()
