"""Components of production orders: what is needed, what waits, what is reserved and consumed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.stock import Sourcing


@dataclass(frozen=True, slots=True)
class ComponentNeed:
    """A component of a production order."""

    supply_order: str
    sku: str
    required: Decimal
    reserved: Decimal
    consumed: Decimal

    @property
    def missing(self) -> Decimal:
        """What is not reserved yet."""
        return self.required - self.reserved - self.consumed


_NEEDS = text("""
SELECT supply_order, sku, required, reserved, consumed FROM supply_component
WHERE supply_order = :number ORDER BY sku""")
_UNCOVERED_COMPONENTS = text("""
SELECT c.sku, c.required - c.reserved - c.consumed - coalesce((
  SELECT sum(g.open) FROM supply_peg g JOIN supply_order s ON s.number = g.supply_order
  WHERE g.for_supply = c.supply_order AND g.sku = c.sku AND s.state NOT IN ('RECEIVED', 'CANCELLED')), 0) AS missing
FROM supply_component c WHERE c.supply_order = :number AND c.required > c.reserved + c.consumed ORDER BY c.sku""")
_WAITING = text("""
SELECT c.supply_order, c.sku, c.required, c.reserved, c.consumed, s.created_at FROM supply_component c
JOIN supply_order s ON s.number = c.supply_order
WHERE c.sku = ANY(:skus) AND c.reserved + c.consumed < c.required
  AND s.state IN ('ORDERED', 'ACKNOWLEDGED', 'PARTIALLY_RECEIVED')""")
_RESERVE = text("""
WITH r AS (
  SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(supply text, sku text, warehouse text, quantity numeric)),
kept AS (
  INSERT INTO component_allocation (supply_order, sku, warehouse, quantity)
  SELECT supply, sku, warehouse, sum(quantity) FROM r GROUP BY supply, sku, warehouse
  ON CONFLICT (supply_order, sku, warehouse) DO UPDATE
    SET quantity = component_allocation.quantity + excluded.quantity),
level AS (
  UPDATE stock_level s SET reserved = s.reserved + t.quantity
  FROM (SELECT sku, warehouse, sum(quantity) AS quantity FROM r GROUP BY sku, warehouse) t
  WHERE s.sku = t.sku AND s.warehouse = t.warehouse)
UPDATE supply_component c SET reserved = c.reserved + t.quantity
FROM (SELECT supply, sku, sum(quantity) AS quantity FROM r GROUP BY supply, sku) t
WHERE c.supply_order = t.supply AND c.sku = t.sku""")
_HELD = text("""
SELECT sku, warehouse, quantity FROM component_allocation WHERE supply_order = :number AND quantity > 0
ORDER BY sku, warehouse""")
_USE = text("""
WITH r AS (
  SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(sku text, warehouse text, quantity numeric)),
kept AS (
  UPDATE component_allocation a SET quantity = a.quantity - r.quantity FROM r
  WHERE a.supply_order = :number AND a.sku = r.sku AND a.warehouse = r.warehouse)
UPDATE supply_component c SET reserved = c.reserved - t.quantity,
  consumed = c.consumed + CASE WHEN :consumed THEN t.quantity ELSE 0 END
FROM (SELECT sku, sum(quantity) AS quantity FROM r GROUP BY sku) t
WHERE c.supply_order = :number AND c.sku = t.sku""")


async def uncovered_components(tx: AsyncConnection, number: str) -> list[tuple[str, Decimal]]:
    """Missing components of a production order that no open supply order is for."""
    rows = await tx.execute(_UNCOVERED_COMPONENTS, {"number": number})
    return [(row.sku, row.missing) for row in rows if row.missing > 0]


async def component_needs(tx: AsyncConnection, number: str) -> list[ComponentNeed]:
    """The components of a production order."""
    return [ComponentNeed(**row._mapping) for row in await tx.execute(_NEEDS, {"number": number})]


async def waiting_components(tx: AsyncConnection, skus: Sequence[str]) -> list[tuple[datetime, ComponentNeed]]:
    """Production orders that wait for these components, with their age."""
    rows = await tx.execute(_WAITING, {"skus": list(skus)})
    return [
        (row.created_at, ComponentNeed(row.supply_order, row.sku, row.required, row.reserved, row.consumed))
        for row in rows
    ]


async def reserve_components(tx: AsyncConnection, taken: Sequence[Sourcing]) -> None:
    """Reserve pieces for production orders; keys are `supply|sku`."""
    if taken:
        rows = [
            {"supply": t.key.partition("|")[0], "sku": t.sku, "warehouse": t.warehouse, "quantity": str(t.quantity)}
            for t in taken
        ]
        await tx.execute(_RESERVE, {"rows": json.dumps(rows)})


async def held_components(tx: AsyncConnection, number: str) -> list[tuple[str, str, Decimal]]:
    """What is reserved for a production order: (sku, warehouse, quantity)."""
    return [(row.sku, row.warehouse, row.quantity) for row in await tx.execute(_HELD, {"number": number})]


async def use_components(
    tx: AsyncConnection, number: str, used: Sequence[tuple[str, str, Decimal]], *, consumed: bool
) -> None:
    """Take reserved components off a production order: consumed, or given back."""
    rows = [{"sku": sku, "warehouse": warehouse, "quantity": str(quantity)} for sku, warehouse, quantity in used]
    await tx.execute(_USE, {"number": number, "rows": json.dumps(rows), "consumed": consumed})
