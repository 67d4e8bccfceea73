"""Stock: waiting lines, allocations and movements; levels change only together with what explains them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.locks import lock_stock
from domain.stock import Sourcing


@dataclass(frozen=True, slots=True)
class OrderHeader:
    """The header that fulfilment works on, its row locked."""

    number: str
    state: str
    customer: str
    currency: str
    shipping_policy: str
    policy_version: int
    priority: int
    submitted_at: datetime
    email: str
    language: str
    name: str
    customer_po: str | None
    time_zone: str


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """An order line with pieces that are not allocated."""

    order_number: str
    line: int
    sku: str
    open: Decimal
    backordered: Decimal
    promise_date: date | None

    @property
    def key(self) -> str:
        """Names the line among demands."""
        return f"{self.order_number}|{self.line}"


@dataclass(frozen=True, slots=True)
class Movement:
    """One change of stock on hand."""

    sku: str
    warehouse: str
    quantity: Decimal
    reason: str
    document: str | None
    effect_key: str | None = None
    reserved: Decimal = Decimal(0)


_WAREHOUSE = text("SELECT EXISTS (SELECT 1 FROM stock_level WHERE warehouse = :warehouse)")
_WAREHOUSES = text("SELECT DISTINCT warehouse FROM stock_level ORDER BY warehouse")
_HEADER = text("""
SELECT o.number, o.state, o.customer, o.currency, o.shipping_policy, o.policy_version, o.priority, o.submitted_at,
  c.email, c.language, c.name, o.customer_po, c.time_zone
FROM sales_order o JOIN customer c ON c.code = o.customer WHERE o.number = :number FOR NO KEY UPDATE OF o""")
_OPEN_LINES = text("""
SELECT order_number, line, sku, open, backordered, promise_date FROM order_line
WHERE order_number = :number AND open > 0 ORDER BY line""")
_ALLOCATE = text("""
WITH r AS (
  SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r(order_number text, line int, sku text, warehouse text, quantity numeric)),
kept AS (
  INSERT INTO allocation (order_number, line, sku, warehouse, quantity, state, at)
  SELECT order_number, line, sku, warehouse, quantity, 'RESERVED', :now FROM r),
level AS (
  UPDATE stock_level s SET reserved = s.reserved + t.quantity
  FROM (SELECT sku, warehouse, sum(quantity) AS quantity FROM r GROUP BY sku, warehouse) t
  WHERE s.sku = t.sku AND s.warehouse = t.warehouse)
UPDATE order_line l SET open = l.open - t.quantity, allocated = l.allocated + t.quantity,
  backordered = greatest(l.backordered - t.quantity, 0),
  promise_date = coalesce(l.promise_date, CAST(:promise AS date))
FROM (SELECT order_number, line, sum(quantity) AS quantity FROM r GROUP BY order_number, line) t
WHERE l.order_number = t.order_number AND l.line = t.line""")
_BACKORDER = text("""
WITH r AS MATERIALIZED (
  SELECT CAST(:number AS text) AS order_number, r.* FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r(line int, promise date))
UPDATE order_line l SET backordered = l.open, promise_date = coalesce(r.promise, l.promise_date)
FROM r WHERE l.order_number = r.order_number AND l.line = r.line""")
_LEAD = text("""
SELECT p.sku, p.route, coalesce(p.lead_time_days, v.lead_time_days) AS lead_time
FROM product p LEFT JOIN supplier v ON v.code = p.supplier WHERE p.sku = ANY(:skus)""")
_MOVE_STOCK = text("""
WITH r AS (
  SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS r(sku text, warehouse text, quantity numeric, reason text, document text, effect_key text, reserved numeric)),
moved AS (
  INSERT INTO stock_movement (effect_key, sku, warehouse, quantity, reason, document, actor, at)
  SELECT effect_key, sku, warehouse, quantity, reason, document, :actor, :now FROM r),
level AS (
  UPDATE stock_level s SET on_hand = s.on_hand + t.quantity, reserved = s.reserved - t.reserved
  FROM (SELECT sku, warehouse, sum(quantity) AS quantity, sum(reserved) AS reserved FROM r GROUP BY sku, warehouse) t
  WHERE s.sku = t.sku AND s.warehouse = t.warehouse)
SELECT 1""")
_ENSURE_LEVEL = text("""
INSERT INTO stock_level (sku, warehouse) SELECT * FROM unnest(CAST(:skus AS text[]), CAST(:warehouses AS text[]))
ON CONFLICT DO NOTHING""")
_WAITING = text("""
SELECT DISTINCT l.order_number FROM order_line l JOIN sales_order o ON o.number = l.order_number
WHERE l.sku = ANY(:skus) AND l.backordered > 0 AND o.state IN ('CONFIRMED', 'IN_FULFILMENT')""")
_WAITING_LINES = text("""
SELECT l.order_number, l.line, l.sku, l.open, l.backordered, l.promise_date, o.priority, o.submitted_at AS since
FROM order_line l JOIN sales_order o ON o.number = l.order_number
WHERE l.order_number = ANY(:orders) AND l.sku = ANY(:skus) AND l.backordered > 0
  AND o.state IN ('CONFIRMED', 'IN_FULFILMENT')""")
_ROUNDING = text("SELECT cost, cost_currency FROM product WHERE sku = :sku")


async def order_header(tx: AsyncConnection, number: str) -> OrderHeader | None:
    """The header, its row locked; None when there is no such order."""
    row = (await tx.execute(_HEADER, {"number": number})).one_or_none()
    return None if row is None else OrderHeader(**row._mapping)


async def open_lines(tx: AsyncConnection, number: str) -> list[WaitingLine]:
    """Lines with pieces that are not allocated yet."""
    return [WaitingLine(**row._mapping) for row in await tx.execute(_OPEN_LINES, {"number": number})]


async def open_pieces(tx: AsyncConnection, number: str) -> Decimal:
    """How many pieces of an order are not allocated yet."""
    return sum((line.open for line in await open_lines(tx, number)), Decimal(0))


async def free_stock(tx: AsyncConnection, skus: Sequence[str]) -> dict[tuple[str, str], Decimal]:
    """Available pieces by product and warehouse, the levels locked."""
    return {
        (sku, warehouse): Decimal(str(on_hand)) - Decimal(str(reserved))
        for sku, warehouse, on_hand, reserved in await lock_stock(tx, skus)
    }


async def allocate(tx: AsyncConnection, taken: Sequence[Sourcing], now: datetime, promise: date | None = None) -> None:
    """Reserve pieces for order lines: allocation, level and line in one statement; keys are `order|line`.

    `promise` becomes the date promised for lines that have none yet.
    """
    if not taken:
        return
    rows = [
        {
            "order_number": piece.key.rpartition("|")[0],
            "line": int(piece.key.rpartition("|")[2]),
            "sku": piece.sku,
            "warehouse": piece.warehouse,
            "quantity": str(piece.quantity),
        }
        for piece in taken
    ]
    await tx.execute(_ALLOCATE, {"rows": json.dumps(rows), "now": now, "promise": promise})


async def backorder(tx: AsyncConnection, number: str, promises: Sequence[tuple[int, date | None]]) -> None:
    """Mark what is still open of lines as waiting for supply, with the date promised."""
    rows = [{"line": line, "promise": promise.isoformat() if promise else None} for line, promise in promises]
    await tx.execute(_BACKORDER, {"number": number, "rows": json.dumps(rows)})


async def lead_times(tx: AsyncConnection, skus: Sequence[str]) -> dict[str, tuple[str, int | None]]:
    """Route and lead time in days of products."""
    return {row.sku: (row.route, row.lead_time) for row in await tx.execute(_LEAD, {"skus": list(skus)})}


async def move(tx: AsyncConnection, movements: Sequence[Movement], actor: str, now: datetime) -> None:
    """Write movements and their levels together; levels that are new are made first.

    `reserved` is what the movement takes out of the reservation at the same time. A repeated effect key raises.
    """
    if not movements:
        return
    rows = json.dumps([asdict(movement) for movement in movements], default=str)
    await tx.execute(_MOVE_STOCK, {"rows": rows, "actor": actor, "now": now})


async def ensure_levels(tx: AsyncConnection, places: Sequence[tuple[str, str]]) -> None:
    """Make the stock levels (sku, warehouse) that do not exist yet."""
    ordered = sorted(set(places))
    values = {"skus": [sku for sku, _ in ordered], "warehouses": [warehouse for _, warehouse in ordered]}
    await tx.execute(_ENSURE_LEVEL, values)


async def waiting_orders(tx: AsyncConnection, skus: Sequence[str]) -> list[str]:
    """Orders with backordered pieces of these products."""
    return sorted(row.order_number for row in await tx.execute(_WAITING, {"skus": list(skus)}))


async def waiting_lines(
    tx: AsyncConnection, orders: Sequence[str], skus: Sequence[str]
) -> list[tuple[int, datetime, WaitingLine]]:
    """Backordered lines of locked orders with priority and age."""
    rows = await tx.execute(_WAITING_LINES, {"orders": list(orders), "skus": list(skus)})
    return [
        (
            row.priority,
            row.since,
            WaitingLine(row.order_number, row.line, row.sku, row.open, row.backordered, row.promise_date),
        )
        for row in rows
    ]


async def unit_cost(tx: AsyncConnection, sku: str) -> tuple[Decimal, str] | None:
    """Cost of a product and its currency; None when it has none."""
    row = (await tx.execute(_ROUNDING, {"sku": sku})).one_or_none()
    return None if row is None or not row.cost else (row.cost, row.cost_currency)


_LEVEL = text("SELECT on_hand, reserved FROM stock_level WHERE sku = :sku AND warehouse = :warehouse FOR NO KEY UPDATE")


async def level(tx: AsyncConnection, sku: str, warehouse: str) -> tuple[Decimal, Decimal]:
    """On hand and reserved of one level, locked."""
    row = (await tx.execute(_LEVEL, {"sku": sku, "warehouse": warehouse})).one()
    return row.on_hand, row.reserved


async def latest_movement(tx: AsyncConnection) -> int:
    """The id of the movement that this connection wrote last."""
    row = await tx.execute(text("SELECT currval(pg_get_serial_sequence('stock_movement', 'id'))"))
    return int(row.scalar_one())


async def warehouse_known(tx: AsyncConnection, warehouse: str) -> bool:
    """Whether anything was ever moved in a warehouse."""
    return bool((await tx.execute(_WAREHOUSE, {"warehouse": warehouse})).scalar_one())


async def warehouses(tx: AsyncConnection) -> list[str]:
    """Every warehouse in which something was moved."""
    return [row.warehouse for row in await tx.execute(_WAREHOUSES)]
