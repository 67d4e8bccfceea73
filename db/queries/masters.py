"""Master data: writing cards."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts import CustomerCard, ProductCard, SupplierCard

_CUSTOMER = text("""
WITH card AS (
  INSERT INTO customer (code, name, email, language, currency, payment_terms, credit_limit, customer_group, time_zone,
    priority, shipping_address, active, created_at)
  VALUES (:code, :name, :email, :language, :currency, :payment_terms, :credit_limit, :group, :time_zone, :priority,
    CAST(:shipping_address AS jsonb), :active, :now)
  ON CONFLICT (code) DO UPDATE SET name = excluded.name, email = excluded.email, language = excluded.language,
    currency = excluded.currency, payment_terms = excluded.payment_terms, credit_limit = excluded.credit_limit,
    customer_group = excluded.customer_group, time_zone = excluded.time_zone, priority = excluded.priority,
    shipping_address = excluded.shipping_address, active = excluded.active
  RETURNING code, (xmax = 0) AS created),
account AS (INSERT INTO customer_account (customer) SELECT code FROM card WHERE created ON CONFLICT DO NOTHING)
SELECT created FROM card""")
_CURRENCY_IN_USE = text("""
SELECT EXISTS (SELECT 1 FROM customer WHERE code = :code AND currency <> :currency)
  AND (EXISTS (SELECT 1 FROM sales_order WHERE customer = :code)
    OR EXISTS (SELECT 1 FROM payment WHERE customer = :code))""")
_SUPPLIER = text("""
INSERT INTO supplier (code, name, email, lead_time_days, created_at)
VALUES (:code, :name, :email, :lead_time_days, :now)
ON CONFLICT (code) DO UPDATE SET name = excluded.name, email = excluded.email, lead_time_days = excluded.lead_time_days
RETURNING (xmax = 0) AS created""")
_PRODUCT = text("""
INSERT INTO product (sku, name, unit, cost, cost_currency, weight_kg, tax_code, minimum_order, pack_multiple,
  safety_stock, route, supplier, lead_time_days, minimum_quantity, multiple_of, created_at)
VALUES (:sku, :name, :unit, :cost, :cost_currency, :weight_kg, :tax_code, :minimum_order, :pack_multiple,
  :safety_stock, :route, :supplier, :lead_time_days, :minimum_quantity, :multiple_of, :now)
ON CONFLICT (sku) DO UPDATE SET name = excluded.name, unit = excluded.unit, cost = excluded.cost,
  cost_currency = excluded.cost_currency, weight_kg = excluded.weight_kg, tax_code = excluded.tax_code,
  minimum_order = excluded.minimum_order, pack_multiple = excluded.pack_multiple, safety_stock = excluded.safety_stock,
  route = excluded.route, supplier = excluded.supplier, lead_time_days = excluded.lead_time_days,
  minimum_quantity = excluded.minimum_quantity, multiple_of = excluded.multiple_of
RETURNING (xmax = 0) AS created""")
_FORGET_PARTS = text("""
WITH p AS (DELETE FROM product_price WHERE sku = :sku) DELETE FROM product_component WHERE sku = :sku""")
_PARTS = text("""
WITH p AS (INSERT INTO product_price (sku, currency, amount)
  SELECT :sku, r.currency, r.amount FROM jsonb_to_recordset(CAST(:prices AS jsonb)) AS r(currency text, amount numeric))
INSERT INTO product_component (sku, component, quantity)
SELECT :sku, r.sku, r.quantity FROM jsonb_to_recordset(CAST(:components AS jsonb)) AS r(sku text, quantity numeric)""")
_KNOWN = text("SELECT sku FROM product WHERE sku = ANY(:skus)")
_BELOW = text("""
WITH RECURSIVE tree(sku) AS (
  SELECT unnest(CAST(:skus AS text[])) UNION SELECT c.component FROM product_component c JOIN tree t ON c.sku = t.sku)
SELECT EXISTS (SELECT 1 FROM tree WHERE sku = :sku)""")
_TAX = text("""
INSERT INTO tax_code (code, rate) VALUES (:code, :rate) ON CONFLICT (code) DO UPDATE SET rate = excluded.rate
RETURNING (xmax = 0) AS created""")


async def put_customer(tx: AsyncConnection, code: str, card: CustomerCard, now: datetime) -> bool:
    """Write a customer's card and, with the first one, its account; True when it is new."""
    values = card.model_dump()
    address = None if card.shipping_address is None else card.shipping_address.model_dump_json()
    values |= {"code": code, "now": now, "shipping_address": address}
    return bool((await tx.execute(_CUSTOMER, values)).scalar_one())


async def trades_otherwise(tx: AsyncConnection, code: str, currency: str) -> bool:
    """Whether the customer trades in another currency and has documents already."""
    return bool((await tx.execute(_CURRENCY_IN_USE, {"code": code, "currency": currency})).scalar_one())


async def put_supplier(tx: AsyncConnection, code: str, card: SupplierCard, now: datetime) -> bool:
    """Write a supplier's card; True when it is new."""
    return bool((await tx.execute(_SUPPLIER, {**card.model_dump(), "code": code, "now": now})).scalar_one())


async def supplier_exists(tx: AsyncConnection, code: str) -> bool:
    """Whether there is such a supplier."""
    return (await tx.execute(text("SELECT 1 FROM supplier WHERE code = :code"), {"code": code})).first() is not None


async def put_product(tx: AsyncConnection, sku: str, card: ProductCard, now: datetime) -> bool:
    """Write a product's card with its prices and components; True when it is new."""
    supply = card.supply
    values = {
        "sku": sku,
        "name": card.name,
        "unit": card.unit,
        "cost": card.cost.amount if card.cost else None,
        "cost_currency": card.cost.currency if card.cost else None,
        "weight_kg": card.weight_kg,
        "tax_code": card.tax_code,
        "minimum_order": card.minimum_quantity,
        "pack_multiple": card.pack_multiple,
        "safety_stock": card.safety_stock,
        "route": supply.route,
        "supplier": supply.supplier,
        "lead_time_days": supply.lead_time_days,
        "minimum_quantity": supply.minimum_quantity,
        "multiple_of": supply.multiple_of,
        "now": now,
    }
    created = bool((await tx.execute(_PRODUCT, values)).scalar_one())
    if not created:
        await tx.execute(_FORGET_PARTS, {"sku": sku})
    prices = json.dumps([price.model_dump() for price in card.prices], default=str)
    components = json.dumps([part.model_dump() for part in supply.components], default=str)
    await tx.execute(_PARTS, {"sku": sku, "prices": prices, "components": components})
    return created


async def known_products(tx: AsyncConnection, skus: Sequence[str]) -> set[str]:
    """Those of the products that exist."""
    return {row.sku for row in await tx.execute(_KNOWN, {"skus": list(skus)})}


async def made_of_itself(tx: AsyncConnection, sku: str, components: Sequence[str]) -> bool:
    """Whether the product would be a component of itself, directly or further down."""
    return bool((await tx.execute(_BELOW, {"sku": sku, "skus": list(components)})).scalar_one())


async def put_tax_code(tx: AsyncConnection, code: str, rate: Decimal) -> bool:
    """Write a tax rate; True when it is new."""
    return bool((await tx.execute(_TAX, {"code": code, "rate": rate})).scalar_one())


async def tax_codes(tx: AsyncConnection) -> list[str]:
    """All codes."""
    return [row.code for row in await tx.execute(text("SELECT code FROM tax_code ORDER BY code"))]


async def credit_limit(tx: AsyncConnection, code: str) -> Decimal | None:
    """The customer's own credit limit; None without one, and for a customer that is not there yet."""
    row = await tx.execute(text("SELECT credit_limit FROM customer WHERE code = :code"), {"code": code})
    return row.scalar_one_or_none()
