"""The shapes of orders: a row of the list, the whole order, and its timeline."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.review import Reason
from domain.shapes import ShippingPolicy
from starter.api.schemas.after_sales import OrderCase, OrderFeedback
from starter.api.schemas.cancellation import UndoneStep
from starter.api.schemas.collection import OrderPayment
from starter.api.schemas.common import Currency, Day, Figures, Moment, Money, OrderState, Quantity, Shown, ShownAddress
from starter.api.schemas.invoicing import OrderInvoice
from starter.api.schemas.replenishment import OrderSupply
from starter.api.schemas.review import Finding, OrderHold
from starter.api.schemas.shipping import OrderShipment

Axis = Literal["none", "partial", "full"]


class _Header(Shown):
    number: str
    customer: str
    customer_name: str
    customer_po: str | None
    state: OrderState
    delivery: Axis
    billing: Axis
    payment: Literal["none", "partial", "paid", "over"]
    returns: str
    currency: Currency
    net: Money
    tax: Money
    total: Money
    payable: Money
    billed: Money
    received: Money
    requested_date: Day
    submitted_at: Moment
    payment_terms: str
    shipping_policy: ShippingPolicy
    ship_by: Day | None
    priority: Annotated[int, Field(ge=1, le=9)]
    channel: str
    created_by: str
    version: int


class OrderRow(_Header):
    """An order as the list shows it."""

    open_holds: Annotated[list[Reason], Field(description="why it waits for a person")]


class ShownOrderLine(Shown):
    """A line of an order, and where its pieces are."""

    line: int
    sku: str
    name: str
    unit: str
    quantity: Quantity
    list_price: Money | None
    unit_price: Money
    discount_percent: Quantity
    net: Money
    tax: Money
    open: Quantity
    allocated: Quantity
    backordered: Quantity
    shipped: Quantity
    delivered: Quantity
    cancelled: Quantity
    promise_date: Day | None


class Order(_Header):
    """An order with everything that belongs to it."""

    ship_to: ShownAddress | None
    note: str | None
    cancel_reason: str | None
    expires_at: Moment
    fulfilled_at: Moment | None
    completed_at: Moment | None
    holds: list[OrderHold]
    lines: list[ShownOrderLine]
    supply_orders: list[OrderSupply]
    shipments: list[OrderShipment]
    invoices: list[OrderInvoice]
    payments: list[OrderPayment]
    cases: list[OrderCase]
    feedback: OrderFeedback | None
    findings: list[Finding]
    undo: list[UndoneStep]


class TimelineEntry(Shown):
    """One thing that happened to an order."""

    at: Moment
    actor: str
    event: str
    summary: str
    before: str | None
    after: str | None
    document: str | None
    figures: Figures


class OrderComment(Shown):
    """What somebody said about an order."""

    order: str
    text: str
    by: str
    at: Moment
