"""Master data: customers with their account, suppliers, products with prices and components."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import DDL, CheckConstraint, Index, event, text
from sqlmodel import Field, SQLModel

from db.tables.columns import amount, flag, moment, optional_amount, optional_document, reference

SEARCH_GRAMS = """
CREATE OR REPLACE FUNCTION search_grams(name text, code text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT ARRAY(SELECT DISTINCT substr(whole, place, size)
    FROM (SELECT lower(CASE WHEN code = '' THEN name ELSE name || ' ' || code END) AS whole) w,
      generate_series(1, length(whole)) place, generate_series(1, 2) size) $$"""
"""What a name is found by: its characters and its pairs of characters, so that two Chinese characters are enough."""
event.listen(SQLModel.metadata, "before_create", DDL(SEARCH_GRAMS))


def _search(table: str, key: str) -> Index:
    return Index(f"{table}_search", text(f"search_grams(name, {key})"), postgresql_using="gin")


def _beginning(table: str, key: str) -> tuple[Index, Index]:
    """What is found as somebody types it: how a code begins, and how a name begins, in any collation."""
    return (
        Index(f"{table}_code_begins", text(f"upper({key}) text_pattern_ops")),
        Index(f"{table}_name_begins", text("lower(name) text_pattern_ops")),
    )


class Customer(SQLModel, table=True):
    """Who orders. A null credit limit means the group's, else the company's."""

    __tablename__ = "customer"
    __table_args__ = (
        CheckConstraint("priority BETWEEN 1 AND 9", name="customer_priority"),
        _search("customer", "code"),
        *_beginning("customer", "code"),
        Index("customer_recent", text("created_at DESC"), text("code DESC")),
    )
    code: str = Field(primary_key=True)
    name: str
    email: str
    language: str
    currency: str
    payment_terms: str
    credit_limit: Decimal | None = optional_amount()
    customer_group: str | None = None
    time_zone: str
    priority: int
    shipping_address: dict[str, Any] | None = optional_document()
    active: bool = flag("true")
    created_at: datetime = moment()


class CustomerAccount(SQLModel, table=True):
    """The customer's running figures; its row is the lock under which credit is decided."""

    __tablename__ = "customer_account"
    __table_args__ = (
        CheckConstraint("reserved >= 0", name="account_reserved"),
        CheckConstraint("receivable >= 0", name="account_receivable"),
        CheckConstraint("unapplied >= 0", name="account_unapplied"),
    )
    customer: str = reference("customer.code", primary_key=True)
    reserved: Decimal = amount()
    receivable: Decimal = amount()
    unapplied: Decimal = amount()


class Supplier(SQLModel, table=True):
    """From whom we buy; the lead time is in policy days."""

    __tablename__ = "supplier"
    __table_args__ = (_search("supplier", "code"),)
    code: str = Field(primary_key=True)
    name: str
    email: str
    lead_time_days: int
    created_at: datetime = moment()


class Product(SQLModel, table=True):
    """What we sell, buy or make."""

    __tablename__ = "product"
    __table_args__ = (
        CheckConstraint("route IN ('buy','make','none')", name="product_route"),
        CheckConstraint("multiple_of > 0", name="product_multiple"),
        _search("product", "sku"),
        *_beginning("product", "sku"),
        Index("product_recent", text("created_at DESC"), text("sku DESC")),
        Index("product_reordered", "sku", postgresql_where=text("reorder_point IS NOT NULL")),
    )
    sku: str = Field(primary_key=True)
    name: str
    unit: str
    cost: Decimal | None = optional_amount()
    cost_currency: str | None = None
    weight_kg: Decimal = amount()
    tax_code: str = reference("tax_code.code", index=False)
    minimum_order: Decimal = amount()
    pack_multiple: Decimal | None = optional_amount()
    safety_stock: Decimal = amount()
    route: str
    supplier: str | None = reference("supplier.code", nullable=True)
    lead_time_days: int | None = None
    minimum_quantity: Decimal = amount()
    multiple_of: Decimal = amount("1")
    reorder_point: Decimal | None = optional_amount()
    reorder_quantity: Decimal | None = optional_amount()
    created_at: datetime = moment()


class ProductPrice(SQLModel, table=True):
    """The list price of a product in a currency, tax not included."""

    __tablename__ = "product_price"
    sku: str = reference("product.sku", primary_key=True)
    currency: str = Field(primary_key=True)
    amount: Decimal = amount(None)


class ProductComponent(SQLModel, table=True):
    """The bill of materials: how much of a component goes into one unit."""

    __tablename__ = "product_component"
    __table_args__ = (CheckConstraint("quantity > 0", name="component_quantity"),)
    sku: str = reference("product.sku", primary_key=True)
    component: str = reference("product.sku", primary_key=True)
    quantity: Decimal = amount(None)
