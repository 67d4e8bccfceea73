"""Promises that hang on a supply order: its date, the order lines it is for, and when each of them may be there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Promised:
    """An order line that waits for a supply order; `due_at` is when the last piece of it is to come in."""

    order_number: str
    line: int
    sku: str
    quantity: Decimal
    promise_date: date | None
    due_at: datetime
    customer_po: str | None
    name: str
    email: str
    language: str
    time_zone: str


_ACKNOWLEDGE = text("""
UPDATE supply_order SET due_at = :due_at, chased_at = NULL,
  state = CASE WHEN state = 'ORDERED' THEN 'ACKNOWLEDGED' ELSE state END WHERE number = :number""")
_PROMISED = text("""
SELECT l.order_number, l.line, l.sku, l.backordered AS quantity, l.promise_date, o.customer_po, c.name, c.email,
  c.language, c.time_zone,
  (SELECT max(s.due_at) FROM supply_peg p JOIN supply_order s ON s.number = p.supply_order
   WHERE p.order_number = l.order_number AND p.line = l.line AND p.open > 0
     AND s.state NOT IN ('RECEIVED', 'CANCELLED')) AS due_at
FROM (SELECT DISTINCT order_number, line FROM supply_peg WHERE supply_order = :number AND open > 0
    AND order_number IS NOT NULL) g
JOIN order_line l ON l.order_number = g.order_number AND l.line = g.line AND l.backordered > 0
JOIN sales_order o ON o.number = l.order_number JOIN customer c ON c.code = o.customer
ORDER BY l.order_number, l.line""")
_CHAIN = text("""
WITH RECURSIVE into_it(number, depth) AS (
  SELECT CAST(:number AS text), 0
  UNION SELECT g.for_supply, i.depth + 1 FROM into_it i JOIN supply_peg g ON g.supply_order = i.number
  WHERE g.for_supply IS NOT NULL AND g.open > 0)
SELECT number FROM into_it GROUP BY number ORDER BY max(depth), number""")
_LAST_COMPONENT = text("""
SELECT max(s.due_at) FROM supply_peg g JOIN supply_order s ON s.number = g.supply_order
WHERE g.for_supply = :number AND g.open > 0 AND s.state NOT IN ('RECEIVED', 'CANCELLED')""")
_POSTPONE = text("UPDATE supply_order SET due_at = :due_at, chased_at = NULL WHERE number = :number")
_PROMISE = text("""
UPDATE order_line l SET promise_date = r.promise
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(order_number text, line int, promise date)
WHERE l.order_number = r.order_number AND l.line = r.line""")


async def acknowledge(tx: AsyncConnection, number: str, due_at: datetime) -> None:
    """The supplier or the shop floor has named a date; the buyer is reminded anew when that passes."""
    await tx.execute(_ACKNOWLEDGE, {"number": number, "due_at": due_at})


async def postpone(tx: AsyncConnection, number: str, due_at: datetime) -> None:
    """A supply order is due later; the buyer is reminded anew when that passes."""
    await tx.execute(_POSTPONE, {"number": number, "due_at": due_at})


async def goes_into(tx: AsyncConnection, number: str) -> list[str]:
    """The supply order and the production orders that wait for its pieces, through all levels, components first."""
    return [row.number for row in await tx.execute(_CHAIN, {"number": number})]


async def last_component(tx: AsyncConnection, number: str) -> datetime | None:
    """When the last component that a production order waits for is to come in; None when none is to come."""
    return (await tx.execute(_LAST_COMPONENT, {"number": number})).scalar_one()


async def promised_by(tx: AsyncConnection, number: str) -> list[Promised]:
    """The order lines that wait for pieces of a supply order."""
    return [Promised(**row._mapping) for row in await tx.execute(_PROMISED, {"number": number})]


async def promise(tx: AsyncConnection, promises: Sequence[tuple[str, int, date]]) -> None:
    """Promise order lines for new dates: (order, line, date)."""
    rows = [{"order_number": order, "line": line, "promise": day.isoformat()} for order, line, day in promises]
    await tx.execute(_PROMISE, {"rows": json.dumps(rows)})
