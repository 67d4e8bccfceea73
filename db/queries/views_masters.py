"""Master data and stock as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import search, shown
from db.queries.keyset import Key, Listing

_BY_CODE = (Key("m.created_at", "created_at", "timestamptz"), Key("m.code", "code", "text"))

_CUSTOMERS = """SELECT m.code, m.name, m.email, m.language, m.currency, m.payment_terms, m.credit_limit,
  m.customer_group AS group, m.time_zone, m.priority, m.shipping_address, m.active, m.created_at, a.reserved,
  a.receivable, a.unapplied, a.receivable + a.reserved - a.unapplied AS exposure
FROM customer m JOIN customer_account a ON a.customer = m.code"""
_CUSTOMER = text(f"{_CUSTOMERS} WHERE m.code = :code")
_CUSTOMER_LIST = Listing(_CUSTOMERS, _BY_CODE, search.named("code"))
_ACCOUNT = ("reserved", "receivable", "unapplied", "exposure")

_SUPPLIERS = "SELECT m.code, m.name, m.email, m.lead_time_days, m.created_at FROM supplier m"
_SUPPLIER = text(f"{_SUPPLIERS} WHERE m.code = :code")
_SUPPLIER_LIST = Listing(_SUPPLIERS, _BY_CODE, search.named("code"))

_PRICES = "SELECT currency, amount FROM product_price WHERE sku = m.sku ORDER BY currency"
_COMPONENTS = "SELECT component AS sku, quantity FROM product_component WHERE sku = m.sku ORDER BY component"
_PRODUCTS = f"""SELECT m.sku, m.name, m.unit, m.cost, m.cost_currency, m.weight_kg, m.tax_code, m.minimum_order,
  m.pack_multiple, m.safety_stock, m.route, m.supplier, m.lead_time_days, m.minimum_quantity, m.multiple_of,
  m.created_at, {shown.later("m", "reorder_point")}, {shown.later("m", "reorder_quantity")},
  {shown.many(_PRICES)} AS prices, {shown.many(_COMPONENTS)} AS components
FROM product m"""
_PRODUCT = text(f"{_PRODUCTS} WHERE m.sku = :sku")
_PRODUCT_LIST = Listing(
    _PRODUCTS, (Key("m.created_at", "created_at", "timestamptz"), Key("m.sku", "sku", "text")), search.named("sku")
)

_STOCK = Listing(
    """SELECT s.sku, p.name, p.unit, s.warehouse, s.on_hand, s.reserved, s.on_hand - s.reserved AS available
FROM stock_level s JOIN product p ON p.sku = s.sku""",
    (Key("s.sku", "sku", "text"), Key("s.warehouse", "warehouse", "text")),
    {"sku": "s.sku = :sku", "warehouse": "s.warehouse = :warehouse"},
    descending=False,
)


def _customer(found: Row[Any]) -> dict[str, Any]:
    customer = shown.row(found._mapping, found.currency, amounts=("credit_limit", *_ACCOUNT))
    return customer | {"account": {name: customer.pop(name) for name in _ACCOUNT}}


async def customer_view(tx: AsyncConnection, code: str) -> dict[str, Any] | None:
    """A customer's card, and its account: what is reserved, receivable, unapplied, and the exposure of these."""
    found = (await tx.execute(_CUSTOMER, {"code": code})).one_or_none()
    return None if found is None else _customer(found)


async def customer_list(
    tx: AsyncConnection, *, limit: int, after: str | None, filters: Mapping[str, str]
) -> tuple[list[dict[str, Any]], str | None]:
    """Customers, newest first; filters: name (a part of it), q (a part of name or code)."""
    found, following = await _CUSTOMER_LIST.page(tx, limit, after, filters)
    return [_customer(row) for row in found], following


async def supplier_view(tx: AsyncConnection, code: str) -> dict[str, Any] | None:
    """A supplier's card."""
    found = (await tx.execute(_SUPPLIER, {"code": code})).one_or_none()
    return None if found is None else shown.row(found._mapping)


async def supplier_list(
    tx: AsyncConnection, *, limit: int, after: str | None, filters: Mapping[str, str]
) -> tuple[list[dict[str, Any]], str | None]:
    """Suppliers, newest first; filters: name (a part of it), q (a part of name or code)."""
    found, following = await _SUPPLIER_LIST.page(tx, limit, after, filters)
    return [shown.row(row._mapping) for row in found], following


def _product(found: Row[Any]) -> dict[str, Any]:
    prices = [shown.row(price, price["currency"], amounts=("amount",)) for price in shown.rows(found.prices)]
    cost = None
    if found.cost is not None:
        cost = {"currency": found.cost_currency, "amount": shown.money(found.cost, found.cost_currency)}
    exact = shown.row(
        found._mapping,
        quantities=(
            "weight_kg", "minimum_order", "pack_multiple", "safety_stock", "minimum_quantity", "multiple_of",
            "reorder_point", "reorder_quantity",
        ),
    )  # fmt: skip
    supply = {name: exact[name] for name in ("route", "supplier", "lead_time_days", "minimum_quantity", "multiple_of")}
    own = ("weight_kg", "tax_code", "pack_multiple", "safety_stock", "reorder_point", "reorder_quantity", "created_at")
    card = {name: exact[name] for name in own}
    return {
        "sku": found.sku,
        "name": found.name,
        "unit": found.unit,
        "prices": prices,
        "cost": cost,
        "minimum_quantity": exact["minimum_order"],
        **card,
        "supply": {**supply, "components": shown.rows(found.components, quantities=("quantity",))},
    }


async def product_view(tx: AsyncConnection, sku: str) -> dict[str, Any] | None:
    """A product's card with its prices and its route of supply."""
    found = (await tx.execute(_PRODUCT, {"sku": sku})).one_or_none()
    return None if found is None else _product(found)


async def product_list(
    tx: AsyncConnection, *, limit: int, after: str | None, filters: Mapping[str, str]
) -> tuple[list[dict[str, Any]], str | None]:
    """Products, newest first; filters: name (a part of it), q (a part of name or code)."""
    found, following = await _PRODUCT_LIST.page(tx, limit, after, filters)
    return [_product(row) for row in found], following


async def stock_list(
    tx: AsyncConnection, *, sku: str | None = None, warehouse: str | None = None, limit: int, after: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """What is on hand, reserved and available, by product and warehouse."""
    filters = {name: value for name, value in (("sku", sku), ("warehouse", warehouse)) if value is not None}
    found, following = await _STOCK.page(tx, limit, after, filters)
    return [shown.row(row._mapping, quantities=("on_hand", "reserved", "available")) for row in found], following
