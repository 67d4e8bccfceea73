"""The shapes of master data."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from starter.api.schemas.common import Currency, Moment, Money, Quantity, Shown, ShownAddress


class CustomerAccount(Shown):
    """What the customer owes and will owe."""

    reserved: Money
    receivable: Money
    unapplied: Money
    exposure: Money


class Customer(Shown):
    """A customer with its credit."""

    code: str
    name: str
    email: str
    language: str
    currency: Currency
    payment_terms: str
    credit_limit: Money | None
    group: str | None
    time_zone: str
    priority: Annotated[int, Field(ge=1, le=9)]
    shipping_address: ShownAddress | None
    active: bool
    created_at: Moment
    account: CustomerAccount


class Supplier(Shown):
    """A supplier; the lead time is in business days."""

    code: str
    name: str
    email: str
    lead_time_days: int
    created_at: Moment


class ShownPrice(Shown):
    """A price per unit, tax not included."""

    currency: Currency
    amount: Money


class ShownComponent(Shown):
    """A part of a product that is made: quantity per unit of the product."""

    sku: str
    quantity: Quantity


class ShownSupplyRoute(Shown):
    """How a shortage of the product is met."""

    route: Literal["buy", "make", "none"]
    supplier: str | None
    lead_time_days: int | None
    minimum_quantity: Quantity
    multiple_of: Quantity
    components: list[ShownComponent]


class Product(Shown):
    """A product with its prices, its cost and its route of supply."""

    sku: str
    name: str
    unit: str
    prices: list[ShownPrice]
    cost: ShownPrice | None
    minimum_quantity: Quantity
    weight_kg: Quantity
    tax_code: str
    pack_multiple: Quantity | None
    safety_stock: Quantity
    reorder_point: Annotated[Quantity | None, Field(description="ordered again at this projected stock; null: never")]
    reorder_quantity: Quantity | None
    created_at: Moment
    supply: ShownSupplyRoute


class TaxCode(Shown):
    """A tax code; its rate is a fraction: "0.2" is twenty percent."""

    code: str
    rate: Quantity
