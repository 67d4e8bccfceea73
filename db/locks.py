"""Every row lock, in one small file and one order: orders, then accounts, then supply orders, then stock, by key.

Whoever follows the order cannot wait in a circle; whoever breaks it is caught by `db.engine.settled`, which runs the
victim of a deadlock again.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_ORDERS = text("SELECT number FROM sales_order WHERE number = ANY(:keys) ORDER BY number FOR NO KEY UPDATE")
_ACCOUNTS = text(
    "SELECT customer FROM customer_account WHERE customer = ANY(:keys) ORDER BY customer FOR NO KEY UPDATE"
)
_SUPPLY = text("SELECT number FROM supply_order WHERE number = ANY(:keys) ORDER BY number FOR NO KEY UPDATE")
_TRACKING = text("SELECT pg_advisory_xact_lock(7210314, hashtext(:name))")
_STOCK = text(
    "SELECT sku, warehouse, on_hand, reserved FROM stock_level WHERE sku = ANY(:keys)"
    " ORDER BY sku, warehouse FOR NO KEY UPDATE"
)


async def lock_orders(tx: AsyncConnection, numbers: Iterable[str]) -> None:
    """Lock orders by number."""
    await tx.execute(_ORDERS, {"keys": sorted(set(numbers))})


async def lock_accounts(tx: AsyncConnection, customers: Iterable[str]) -> None:
    """Lock customers' accounts."""
    await tx.execute(_ACCOUNTS, {"keys": sorted(set(customers))})


async def lock_supply(tx: AsyncConnection, numbers: Iterable[str]) -> None:
    """Lock supply orders by number."""
    await tx.execute(_SUPPLY, {"keys": sorted(set(numbers))})


async def lock_products(tx: AsyncConnection, skus: Iterable[str]) -> None:
    """Serialise planning of supply per product: two shortages at one instant share one supply order."""
    for sku in sorted(set(skus)):
        await tx.execute(text("SELECT pg_advisory_xact_lock(7210313, hashtext(:sku))"), {"sku": sku})


async def lock_tracking(tx: AsyncConnection, carrier: str, number: str) -> None:
    """Serialise a booking and the scans that are faster than it: a scan either sees the booking or is seen by it."""
    await tx.execute(_TRACKING, {"name": f"{carrier}/{number}"})


async def lock_stock(tx: AsyncConnection, skus: Iterable[str]) -> list[tuple[str, str, object, object]]:
    """Lock the stock levels of products in all warehouses: (sku, warehouse, on hand, reserved)."""
    rows = await tx.execute(_STOCK, {"keys": sorted(set(skus))})
    return [(row.sku, row.warehouse, row.on_hand, row.reserved) for row in rows]
