"""What the outside may tell us: the bodies of requests and facts, checked for shape before any stage sees them.

Unknown fields are refused, so that a typo never passes in silence. Money and quantities are decimal strings (integers
are accepted, floats are refused: they have already lost digits when they arrive). Source: the HTTP contract.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

MAX_LINES = 10_000
MAX_QUANTITY = Decimal("1000000000")
MAX_AMOUNT = Decimal("100000000000")


def _decimal(value: Any) -> Decimal:
    if isinstance(value, (bool, float)):
        raise ValueError('write the number as a string, for example "9.90": a float has already lost digits')
    if isinstance(value, (int, Decimal)):
        number = Decimal(value)
    elif isinstance(value, str):
        try:
            number = Decimal(value.strip())
        except InvalidOperation:
            raise ValueError(f'{value[:40]!r} is not a decimal number such as "9.90"') from None
    else:
        raise ValueError('a decimal number as a string is expected, for example "9.90"')
    if not number.is_finite():
        raise ValueError("the number must be finite")
    if number and not -15 <= number.adjusted() <= 15:
        raise ValueError("the number is out of all proportion")
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -4:
        raise ValueError("at most four decimal places are kept")
    return number


def _positive(value: Decimal) -> Decimal:
    if value <= 0:
        raise ValueError("must be greater than zero")
    return value


def _not_negative(value: Decimal) -> Decimal:
    if value < 0:
        raise ValueError("must not be negative")
    return value


def _quantity(value: Decimal) -> Decimal:
    if abs(value) > MAX_QUANTITY:
        raise ValueError(f"must not exceed {MAX_QUANTITY}")
    return value


def _amount(value: Decimal) -> Decimal:
    if abs(value) > MAX_AMOUNT:
        raise ValueError(f"must not exceed {MAX_AMOUNT}")
    return value


def _clean(value: str) -> str:
    if any(ord(character) < 32 and character not in "\n\r\t" for character in value):
        raise ValueError("control characters such as the null byte are not allowed")
    return value


def _country(value: str) -> str:
    if not (len(value) == 2 and value.isascii() and value.isalpha()):
        raise ValueError("an ISO 3166 alpha-2 code is expected, for example CN or GB")
    return value.upper()


Number = Annotated[Decimal, BeforeValidator(_decimal)]
Quantity = Annotated[Number, AfterValidator(_positive), AfterValidator(_quantity)]
SignedQuantity = Annotated[Number, AfterValidator(_quantity)]
Amount = Annotated[Number, AfterValidator(_not_negative), AfterValidator(_amount)]
PositiveAmount = Annotated[Number, AfterValidator(_positive), AfterValidator(_amount)]
Percent = Annotated[Number, AfterValidator(_not_negative)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64), AfterValidator(_clean)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_clean)]
Text = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_clean)]
Said = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), AfterValidator(_clean)
]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Country = Annotated[str, AfterValidator(_country)]
ShippingPolicy = Literal["ship_partial", "ship_complete", "cancel_remainder"]


class Fact(BaseModel):
    """The parent of every body: frozen, whole, and closed to unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Address(Fact):
    """Where goods go; `country` is ISO 3166 alpha-2."""

    name: Name
    street: Name
    city: Name
    postal_code: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20), AfterValidator(_clean)] = ""
    country: Country


class CustomerCard(Fact):
    """A customer. `credit_limit` null: the group's, else the company's. `priority` 1 is served first, 9 last."""

    name: Name
    email: Annotated[str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
    language: Literal["en", "zh-CN"] = "en"
    currency: Currency
    payment_terms: Code = "net30"
    credit_limit: Amount | None = None
    group: Code | None = None
    time_zone: Code = "UTC"
    priority: Annotated[int, Field(ge=1, le=9)] = 5
    shipping_address: Address | None = None
    active: bool = True


class SupplierCard(Fact):
    """A supplier; the lead time is in business days."""

    name: Name
    email: Annotated[str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
    lead_time_days: Annotated[int, Field(ge=0, le=3650)] = 7


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
    lead_time_days: Annotated[int, Field(ge=0, le=3650)] | None = None
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
    requested_date: date | None = None
    payment_terms: Code | None = None
    shipping_policy: ShippingPolicy = "ship_partial"
    ship_by: date | None = None
    ship_to: Address | None = None
    lines: Annotated[tuple[OrderLine, ...], Field(min_length=1, max_length=MAX_LINES)]
    note: Text | None = None


class HoldRelease(Fact):
    """A release by name: for an amount (the order's total when absent) and until a date."""

    comment: Said
    amount: Amount | None = None
    until: date | None = None


class HoldRejection(Fact):
    """The order is rejected for the reason in the comment."""

    comment: Said


class Cancellation(Fact):
    """A request to cancel what has not shipped."""

    reason: Said


class PickedLine(Fact):
    """What was picked of an order line; less than asked is a short pick. `line` is the order line's number."""

    line: Annotated[int, Field(ge=1)]
    quantity: Annotated[Amount, AfterValidator(_quantity)]


class PickReport(Fact):
    """The warehouse confirms a pick; each line of the shipment at most once, absent lines are picked in full."""

    lines: Annotated[tuple[PickedLine, ...], Field(max_length=MAX_LINES)] = ()
    packages: Annotated[int, Field(ge=1, le=1000)] = 1


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
    received_at: AwareDatetime


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
    at: AwareDatetime
    location: Name | None = None
    sequence: Annotated[int, Field(ge=0)]
    signed_by: Name | None = None


class TrackingWebhook(Fact):
    """The body of a carrier's webhook."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: Literal["tracking.updated"]
    data: TrackingFact


class Feedback(Fact):
    """The customer's answer to the follow-up: 1 (bad) to 5 (good)."""

    score: Annotated[int, Field(ge=1, le=5)]
    comment: Text | None = None


class CaseRequest(Fact):
    """An after-sales case; the response clock follows the priority."""

    order: Code
    kind: Literal["question", "complaint", "return", "warranty", "repair"] = "question"
    priority: Literal["low", "normal", "high", "urgent"] = "normal"
    subject: Name
    description: Text | None = None


class CaseMove(Fact):
    """Somebody works on the case: what was said, and to whom it is assigned."""

    comment: Text | None = None
    assignee: Name | None = None


def instant(value: datetime) -> str:
    """RFC 3339 in UTC, seconds and no more than microseconds: the one way times are written."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
