"""What the outside may tell us: the bodies of requests and facts, checked for shape before any stage sees them.

Unknown fields are refused, so that a typo never passes in silence. Money and quantities are decimal strings (integers
are accepted, floats are refused: they have already lost digits when they arrive). Source: the HTTP contract.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.shapes import (
    MAX_LINES,
    Amount,
    Code,
    Country,
    Currency,
    Day,
    Email,
    Moment,
    Name,
    Percent,
    PositiveAmount,
    PostalCode,
    Quantity,
    Said,
    ShippingPolicy,
    SignedQuantity,
    StockQuantity,
    Text,
    Truth,
    Whole,
)


class Fact(BaseModel):
    """The parent of every body: frozen, whole, and closed to unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Address(Fact):
    """Where goods go; `country` is ISO 3166 alpha-2."""

    name: Name
    street: Name
    city: Name
    postal_code: PostalCode = ""
    country: Country


class CustomerCard(Fact):
    """A customer. `credit_limit` null: the group's, else the company's. `priority` 1 is served first, 9 last."""

    name: Name
    email: Email
    language: Literal["en", "zh-CN"] = "en"
    currency: Currency
    payment_terms: Code = "net30"
    credit_limit: Amount | None = None
    group: Code | None = None
    time_zone: Code = "UTC"
    priority: Annotated[Whole, Field(ge=1, le=9)] = 5
    shipping_address: Address | None = None
    active: Truth = True


class SupplierCard(Fact):
    """A supplier; the lead time is in business days."""

    name: Name
    email: Email
    lead_time_days: Annotated[Whole, Field(ge=0, le=3650)] = 7


class Price(Fact):
    """A price per unit, tax not included."""

    currency: Currency
    amount: Amount


class Component(Fact):
    """A part of a product that is made: quantity per unit of the product."""

    sku: Code
    quantity: Quantity


class SupplyRoute(Fact):
    """How a shortage of the product is met: bought from a supplier, made from components, or not at all."""

    route: Literal["buy", "make", "none"] = "none"
    supplier: Code | None = None
    lead_time_days: Annotated[Whole, Field(ge=0, le=3650)] | None = None
    minimum_quantity: Amount = Decimal(0)
    multiple_of: PositiveAmount = Decimal(1)
    components: Annotated[tuple[Component, ...], Field(max_length=500)] = ()


class ProductCard(Fact):
    """A product with its list price per currency and its route of supply."""

    name: Name
    unit: Code = "pcs"
    prices: Annotated[tuple[Price, ...], Field(max_length=50)] = ()
    cost: Price | None = None
    weight_kg: Amount = Decimal(0)
    tax_code: Code = "standard"
    minimum_quantity: Amount = Decimal(0)
    pack_multiple: PositiveAmount | None = None
    safety_stock: Amount = Decimal(0)
    reorder_point: Annotated[Amount | None, Field(description="absent: as it is; null: none")] = None
    reorder_quantity: Annotated[Amount | None, Field(description="absent: as it is; null: none")] = None
    supply: SupplyRoute = SupplyRoute()


class StockMovement(Fact):
    """A change of stock on hand. `count` sets what was counted; the others add (an adjustment may be negative)."""

    sku: Code
    warehouse: Code
    quantity: SignedQuantity
    reason: Literal["opening", "receipt", "adjustment", "count"]
    reference: Name | None = None


class OrderLine(Fact):
    """One line; `unit_price` absent means the list price, the discount is in percent of it."""

    sku: Code
    quantity: Quantity
    unit_price: Amount | None = None
    discount_percent: Percent | None = None


class OrderRequest(Fact):
    """A sales order as the customer asks for it. `ship_by` with ship_complete is a demand: later means a STOCK hold."""

    customer: Code
    customer_po: Name | None = None
    currency: Currency
    requested_date: Day | None = None
    payment_terms: Code | None = None
    shipping_policy: ShippingPolicy = "ship_partial"
    ship_by: Day | None = None
    ship_to: Address | None = None
    lines: Annotated[tuple[OrderLine, ...], Field(min_length=1, max_length=MAX_LINES)]
    note: Text | None = None


class HoldRelease(Fact):
    """A release by name: for an amount (the order's total when absent) and until a date."""

    comment: Said
    amount: Amount | None = None
    until: Day | None = None


class HoldRejection(Fact):
    """The order is rejected for the reason in the comment."""

    comment: Said


class Pause(Fact):
    """The order is to rest until a person lets it go on; the comment says why."""

    comment: Said


class Remark(Fact):
    """What an operator says about a repair."""

    comment: Said | None = None


class Cancellation(Fact):
    """A request to cancel what has not shipped."""

    reason: Said


class PickedLine(Fact):
    """What was picked of an order line; less than asked is a short pick. `line` is the order line's number."""

    line: Annotated[Whole, Field(ge=1)]
    quantity: StockQuantity


class PickReport(Fact):
    """The warehouse confirms a pick; each line of the shipment at most once, absent lines are picked in full."""

    lines: Annotated[tuple[PickedLine, ...], Field(max_length=MAX_LINES)] = ()
    packages: Annotated[Whole, Field(ge=1, le=1000)] = 1


class ReceivedLine(Fact):
    """What arrived of a supply order."""

    sku: Code
    quantity: Quantity


class ReceiptReport(Fact):
    """A purchase receipt or a production completion."""

    lines: Annotated[tuple[ReceivedLine, ...], Field(min_length=1, max_length=500)]
    warehouse: Code
    reference: Name | None = None


class PaymentFact(Fact):
    """Money that arrived; (provider, provider_payment_id) names it for ever."""

    customer: Code | None = None
    amount: PositiveAmount
    currency: Currency
    reference: Name | None = None
    invoice: Code | None = None
    provider: Code
    provider_payment_id: Name
    received_at: Moment


class PaymentWebhook(Fact):
    """The body of a payment provider's webhook."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: Literal["payment.received"]
    data: PaymentFact


TrackingStatus = Literal[
    "in_transit", "out_for_delivery", "attempt_failed", "at_pickup_point", "exception", "lost", "damaged",
    "returning", "returned", "delivered",
]  # fmt: skip


class TrackingFact(Fact):
    """One scan; `sequence` orders the scans of a shipment, `raw_status` keeps the carrier's own word."""

    tracking_number: Code
    status: TrackingStatus
    raw_status: Name | None = None
    at: Moment
    location: Name | None = None
    sequence: Annotated[Whole, Field(ge=0, le=2_147_483_647)]
    signed_by: Name | None = None


class TrackingWebhook(Fact):
    """The body of a carrier's webhook."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: Literal["tracking.updated"]
    data: TrackingFact


class Feedback(Fact):
    """The customer's answer to the follow-up: 1 (bad) to 5 (good)."""

    score: Annotated[Whole, Field(ge=1, le=5)]
    comment: Text | None = None


Priority = Literal["low", "normal", "high", "urgent"]


class CaseRequest(Fact):
    """An after-sales case; the response clock follows the priority."""

    order: Code
    kind: Literal["question", "complaint", "return", "warranty", "repair"] = "question"
    priority: Priority = "normal"
    subject: Name
    description: Text | None = None


class CaseMove(Fact):
    """Somebody works on the case: what was said, and to whom it is assigned."""

    comment: Text | None = None
    assignee: Name | None = None
