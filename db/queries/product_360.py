"""A product from all sides: each movement of its stock, who reserved it, what is to come, and who waits."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import shown
from db.queries.keyset import Key, Listing

MOST = 200
"""Rows of who waits, of what comes for whom, and of what is reserved; the figures are of all of them."""
_MOVEMENTS = Listing(
    "SELECT m.id, m.sku, m.warehouse, m.quantity, m.reason, m.document, m.actor, m.at FROM stock_movement m",
    (Key("m.id", "id", "bigint"),),
    {"sku": "m.sku = :sku", "warehouse": "m.warehouse = :warehouse"},
)
_ON_HAND = text("SELECT coalesce(sum(on_hand - reserved), 0) FROM stock_level WHERE sku = :sku")
_WAITING = text(f"""
SELECT l.order_number AS order, l.line, o.customer, c.name AS customer_name, l.backordered AS quantity, l.promise_date
FROM order_line l JOIN sales_order o ON o.number = l.order_number JOIN customer c ON c.code = o.customer
WHERE l.sku = :sku AND l.backordered > 0 ORDER BY o.priority, o.submitted_at, l.order_number, l.line LIMIT {MOST}""")
_LACKING = text("""
SELECT (SELECT coalesce(sum(l.backordered), 0) FROM order_line l WHERE l.sku = :sku AND l.backordered > 0)
  + (SELECT coalesce(sum(n.required - n.reserved - n.consumed), 0) FROM supply_component n
     JOIN supply_order f ON f.number = n.supply_order AND f.state NOT IN ('RECEIVED', 'CANCELLED')
     WHERE n.sku = :sku AND n.reserved + n.consumed < n.required)""")
_TO_COME = text("""
SELECT min(s.number) AS number, count(*) AS documents, sum(s.quantity - s.received) AS quantity, max(s.due_at) AS due_at
FROM supply_order s WHERE s.sku = :sku AND s.state NOT IN ('RECEIVED', 'CANCELLED')
GROUP BY date_trunc('day', s.due_at, 'UTC') ORDER BY 4, 1""")
_PEGS = text(f"""
SELECT g.supply_order, g.order_number AS order, g.line, g.for_supply, g.open AS quantity, s.due_at
FROM supply_peg g JOIN supply_order s ON s.number = g.supply_order
WHERE g.sku = :sku AND g.open > 0 ORDER BY s.due_at, g.id LIMIT {MOST}""")
_COMPONENTS = text("""
SELECT c.component AS sku, p.name, p.unit, c.quantity,
  (SELECT coalesce(sum(w.on_hand - w.reserved), 0) FROM stock_level w WHERE w.sku = c.component) AS available
FROM product_component c JOIN product p ON p.sku = c.component WHERE c.sku = :sku ORDER BY c.component""")
_GOES_INTO = text(f"""
SELECT c.sku, p.name, c.quantity FROM product_component c JOIN product p ON p.sku = c.sku
WHERE c.component = :sku ORDER BY c.sku LIMIT {MOST}""")
_RESERVED = text(f"""
SELECT a.order_number AS order, a.line, a.warehouse, a.quantity, a.at FROM allocation a
WHERE a.sku = :sku AND a.state = 'RESERVED' ORDER BY a.at DESC, a.order_number, a.line LIMIT {MOST}""")


async def movements(
    tx: AsyncConnection, *, limit: int, after: str | None, filters: Mapping[str, str]
) -> tuple[list[dict[str, Any]], str | None]:
    """Every movement of stock, newest first; filters: sku, warehouse."""
    found, following = await _MOVEMENTS.page(tx, limit, after, filters)
    return [shown.row(row._mapping, quantities=("quantity",)) for row in found], following


async def waiting(tx: AsyncConnection, sku: str) -> list[dict[str, Any]]:
    """The first order lines that lack pieces, in the order in which they will be served."""
    return await _rows(tx, _WAITING, sku)


async def lacking(tx: AsyncConnection, sku: str) -> Decimal:
    """Pieces that order lines and production lack, whether supply is on its way for them or not."""
    return shown.quantity((await tx.execute(_LACKING, {"sku": sku})).scalar_one())


async def to_come(tx: AsyncConnection, sku: str) -> list[dict[str, Any]]:
    """What open supply orders will bring, by the day on which they are due: the first, and how many there are."""
    return await _rows(tx, _TO_COME, sku)


async def pegs(tx: AsyncConnection, sku: str) -> list[dict[str, Any]]:
    """For whom the open supply orders are: by the day on which they are due."""
    return await _rows(tx, _PEGS, sku)


async def reserved(tx: AsyncConnection, sku: str) -> list[dict[str, Any]]:
    """The order lines that had pieces reserved last, the latest first."""
    return await _rows(tx, _RESERVED, sku)


async def components(tx: AsyncConnection, sku: str) -> list[dict[str, Any]]:
    """What one piece is made of, and how much of each is free; nothing for what is not made."""
    found = await tx.execute(_COMPONENTS, {"sku": sku})
    return [shown.row(row._mapping, quantities=("quantity", "available")) for row in found]


async def goes_into(tx: AsyncConnection, sku: str) -> list[dict[str, Any]]:
    """The products that are made of it, and how much of it one piece takes."""
    return await _rows(tx, _GOES_INTO, sku)


async def _rows(tx: AsyncConnection, query: Any, sku: str) -> list[dict[str, Any]]:
    return [shown.row(row._mapping, quantities=("quantity",)) for row in await tx.execute(query, {"sku": sku})]


async def available(tx: AsyncConnection, sku: str) -> Decimal:
    """What is on hand in all warehouses and reserved for nobody."""
    return shown.quantity((await tx.execute(_ON_HAND, {"sku": sku})).scalar_one())
