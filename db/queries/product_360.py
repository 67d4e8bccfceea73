"""A product from all sides: each movement of its stock, who reserved it, what is to come, and who waits."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import shown
from db.queries.keyset import Key, Listing

_MOVEMENTS = Listing(
    "SELECT m.id, m.sku, m.warehouse, m.quantity, m.reason, m.document, m.actor, m.at FROM stock_movement m",
    (Key("m.id", "id", "bigint"),),
    {"sku": "m.sku = :sku", "warehouse": "m.warehouse = :warehouse"},
)
_ON_HAND = text("SELECT coalesce(sum(on_hand - reserved), 0) FROM stock_level WHERE sku = :sku")
_WAITING = text("""
SELECT l.order_number AS order, l.line, o.customer, c.name AS customer_name, l.backordered AS quantity, l.promise_date
FROM order_line l JOIN sales_order o ON o.number = l.order_number JOIN customer c ON c.code = o.customer
WHERE l.sku = :sku AND l.backordered > 0 ORDER BY o.priority, o.submitted_at, l.order_number, l.line LIMIT 200""")
_TO_COME = text("""
SELECT s.number, s.kind, s.state, s.quantity - s.received AS quantity, s.due_at FROM supply_order s
WHERE s.sku = :sku AND s.state NOT IN ('RECEIVED', 'CANCELLED') ORDER BY s.due_at, s.number LIMIT 200""")
_PEGS = text("""
SELECT g.supply_order, g.order_number AS order, g.line, g.for_supply, g.open AS quantity, s.due_at
FROM supply_peg g JOIN supply_order s ON s.number = g.supply_order
WHERE g.sku = :sku AND g.open > 0 ORDER BY s.due_at, g.id LIMIT 200""")
_RESERVED = text("""
SELECT a.order_number AS order, a.line, a.warehouse, a.quantity, a.at FROM allocation a
WHERE a.sku = :sku AND a.state = 'RESERVED' ORDER BY a.at DESC, a.order_number, a.line LIMIT 200""")


async def movements(
    tx: AsyncConnection, *, limit: int, after: str | None, filters: Mapping[str, str]
) -> tuple[list[dict[str, Any]], str | None]:
    """Every movement of stock, newest first; filters: sku, warehouse."""
    found, following = await _MOVEMENTS.page(tx, limit, after, filters)
    return [shown.row(row._mapping, quantities=("quantity",)) for row in found], following


async def waiting(tx: AsyncConnection, sku: str) -> list[dict[str, Any]]:
    """Order lines that lack pieces, in the order in which they will be served."""
    return await _rows(tx, _WAITING, sku)


async def to_come(tx: AsyncConnection, sku: str) -> list[dict[str, Any]]:
    """Supply orders that are open, the next due first."""
    return await _rows(tx, _TO_COME, sku)


async def pegs(tx: AsyncConnection, sku: str) -> list[dict[str, Any]]:
    """For whom the open supply orders are."""
    return await _rows(tx, _PEGS, sku)


async def reserved(tx: AsyncConnection, sku: str) -> list[dict[str, Any]]:
    """Order lines that have pieces reserved, the latest first."""
    return await _rows(tx, _RESERVED, sku)


async def _rows(tx: AsyncConnection, query: Any, sku: str) -> list[dict[str, Any]]:
    return [shown.row(row._mapping, quantities=("quantity",)) for row in await tx.execute(query, {"sku": sku})]


async def available(tx: AsyncConnection, sku: str) -> Decimal:
    """What is on hand in all warehouses and reserved for nobody."""
    return shown.quantity((await tx.execute(_ON_HAND, {"sku": sku})).scalar_one())
