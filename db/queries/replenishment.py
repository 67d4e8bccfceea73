"""Supply orders: what is missing, what covers it, what arrived."""

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
class Supply:
    """A supply order, its row locked."""

    number: str
    kind: str
    sku: str
    supplier: str | None
    quantity: Decimal
    received: Decimal
    state: str
    policy_version: int
    created_at: datetime
    due_at: datetime
    ordered_at: datetime | None
    chased_at: datetime | None

    @property
    def remaining(self) -> Decimal:
        """What has not arrived yet."""
        return self.quantity - self.received


@dataclass(frozen=True, slots=True)
class Route:
    """How a product is supplied."""

    sku: str
    name: str
    route: str
    supplier: str | None
    supplier_email: str | None
    lead_time_days: int | None
    minimum_quantity: Decimal
    multiple_of: Decimal


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


_SUPPLY_COLUMNS = (
    "number, kind, sku, supplier, quantity, received, state, policy_version, created_at, due_at, ordered_at, chased_at"
)
_SUPPLY = text(f"SELECT {_SUPPLY_COLUMNS} FROM supply_order WHERE number = :number FOR NO KEY UPDATE")
_UNCOVERED = text("""
SELECT l.line, l.sku, l.backordered - coalesce((
  SELECT sum(g.open) FROM supply_peg g JOIN supply_order s ON s.number = g.supply_order
  WHERE g.order_number = l.order_number AND g.line = l.line AND s.state NOT IN ('RECEIVED', 'CANCELLED')), 0) AS missing
FROM order_line l WHERE l.order_number = :number AND l.backordered > 0 ORDER BY l.line""")
_ROUTES = text("""
SELECT p.sku, p.name, p.route, p.supplier, v.email AS supplier_email,
  coalesce(p.lead_time_days, v.lead_time_days) AS lead_time_days, p.minimum_quantity, p.multiple_of
FROM product p LEFT JOIN supplier v ON v.code = p.supplier WHERE p.sku = ANY(:skus)""")
_SPARE = text("""
SELECT s.number, s.quantity - s.received - coalesce((
  SELECT sum(g.open) FROM supply_peg g WHERE g.supply_order = s.number), 0) AS spare
FROM supply_order s WHERE s.sku = :sku AND s.state NOT IN ('RECEIVED', 'CANCELLED') AND s.number <> :but
ORDER BY s.due_at, s.number FOR NO KEY UPDATE""")
_CREATE = text(f"""
INSERT INTO supply_order (number, kind, sku, supplier, quantity, state, policy_version, created_at, due_at)
SELECT :prefix || lpad(n::text, greatest(6, length(n::text)), '0'), :kind, :sku, :supplier, :quantity, 'PROPOSED',
  :policy_version, :now, :due_at FROM nextval('supply_number') n
RETURNING {_SUPPLY_COLUMNS}""")
_PEG = text("""
INSERT INTO supply_peg (supply_order, order_number, line, for_supply, sku, quantity, open)
VALUES (:supply, :order, :line, :for_supply, :sku, :quantity, :quantity)""")
_COMPONENTS = text("""
INSERT INTO supply_component (supply_order, sku, required)
SELECT :number, component, quantity * :quantity FROM product_component WHERE sku = :sku""")
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
_OPEN_PEGS = text("""
SELECT id, supply_order, order_number, line, for_supply, sku, open FROM supply_peg
WHERE open > 0 AND sku = ANY(:skus) ORDER BY id""")
_CLOSE_PEGS = text("""
UPDATE supply_peg g SET open = r.open FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(id int, open numeric)
WHERE g.id = r.id""")
_RECEIVE = text("""
WITH kept AS (INSERT INTO supply_receipt (supply_order, warehouse, quantity, reference, actor, at)
  VALUES (:number, :warehouse, :quantity, :reference, :actor, :now))
UPDATE supply_order SET received = received + :quantity, state = :state WHERE number = :number""")
_MOVE = text("""
UPDATE supply_order SET state = :state, ordered_at = CASE WHEN :state = 'ORDERED' THEN :now ELSE ordered_at END
WHERE number = :number""")
_CHASE = text("UPDATE supply_order SET chased_at = :now WHERE number = :number")
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
_ORDERS_PEGGED = text(
    "SELECT DISTINCT order_number FROM supply_peg WHERE supply_order = :number AND order_number IS NOT NULL"
)


async def supply(tx: AsyncConnection, number: str) -> Supply | None:
    """A supply order, its row locked; None when there is no such one."""
    row = (await tx.execute(_SUPPLY, {"number": number})).one_or_none()
    return None if row is None else Supply(**row._mapping)


async def uncovered_lines(tx: AsyncConnection, number: str) -> list[tuple[int, str, Decimal]]:
    """Backordered pieces of an order that no open supply order is for: (line, sku, quantity)."""
    rows = await tx.execute(_UNCOVERED, {"number": number})
    return [(row.line, row.sku, row.missing) for row in rows if row.missing > 0]


async def uncovered_components(tx: AsyncConnection, number: str) -> list[tuple[str, Decimal]]:
    """Missing components of a production order that no open supply order is for."""
    rows = await tx.execute(_UNCOVERED_COMPONENTS, {"number": number})
    return [(row.sku, row.missing) for row in rows if row.missing > 0]


async def routes(tx: AsyncConnection, skus: Sequence[str]) -> dict[str, Route]:
    """How products are supplied."""
    return {row.sku: Route(**row._mapping) for row in await tx.execute(_ROUTES, {"skus": list(skus)})}


async def spare(tx: AsyncConnection, sku: str, but: str = "") -> list[tuple[str, Decimal]]:
    """Open supply orders of a product with pieces that nobody is promised yet, soonest first, locked."""
    rows = await tx.execute(_SPARE, {"sku": sku, "but": but})
    return [(row.number, row.spare) for row in rows if row.spare > 0]


async def create_supply(
    tx: AsyncConnection, route: Route, quantity: Decimal, policy_version: int, now: datetime, due_at: datetime
) -> Supply:
    """A proposed purchase or production order; a production order gets its components from the bill of materials."""
    made = route.route == "make"
    values = {
        "prefix": "MO-" if made else "PO-", "kind": "production" if made else "purchase", "sku": route.sku,
        "supplier": None if made else route.supplier, "quantity": quantity, "policy_version": policy_version,
        "now": now, "due_at": due_at,
    }  # fmt: skip
    created = Supply(**(await tx.execute(_CREATE, values)).one()._mapping)
    if made:
        await tx.execute(_COMPONENTS, {"number": created.number, "sku": route.sku, "quantity": quantity})
    return created


async def peg(
    tx: AsyncConnection,
    supply_order: str,
    sku: str,
    quantity: Decimal,
    *,
    order: str | None = None,
    line: int | None = None,
    for_supply: str | None = None,
) -> None:
    """Say whom pieces of a supply order are for."""
    values = {"supply": supply_order, "order": order, "line": line, "for_supply": for_supply}
    await tx.execute(_PEG, {**values, "sku": sku, "quantity": quantity})


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


async def open_pegs(tx: AsyncConnection, skus: Sequence[str]) -> list[tuple[int, str, str, Decimal]]:
    """Pegs with pieces to come: (id, supply order, key of the waiting line or component, open)."""
    rows = await tx.execute(_OPEN_PEGS, {"skus": list(skus)})
    return [
        (
            row.id,
            row.supply_order,
            f"{row.order_number}|{row.line}" if row.order_number else f"{row.for_supply}|{row.sku}",
            row.open,
        )
        for row in rows
    ]


async def set_pegs(tx: AsyncConnection, opens: Sequence[tuple[int, Decimal]]) -> None:
    """Set what is still to come of pegs."""
    if opens:
        rows = json.dumps([{"id": peg_id, "open": str(left)} for peg_id, left in opens])
        await tx.execute(_CLOSE_PEGS, {"rows": rows})


async def receive(
    tx: AsyncConnection,
    number: str,
    warehouse: str,
    quantity: Decimal,
    state: str,
    reference: str | None,
    actor: str,
    now: datetime,
) -> None:
    """Keep a receipt and the state that follows."""
    values = {"number": number, "warehouse": warehouse, "quantity": quantity, "state": state}
    await tx.execute(_RECEIVE, {**values, "reference": reference, "actor": actor, "now": now})


async def move_supply(tx: AsyncConnection, number: str, state: str, now: datetime) -> None:
    """Move a supply order; the database refuses an illegal move."""
    await tx.execute(_MOVE, {"number": number, "state": state, "now": now})


async def mark_chased(tx: AsyncConnection, number: str, now: datetime) -> None:
    """The buyer was reminded."""
    await tx.execute(_CHASE, {"number": number, "now": now})


async def held_components(tx: AsyncConnection, number: str) -> list[tuple[str, str, Decimal]]:
    """What is reserved for a production order: (sku, warehouse, quantity)."""
    return [(row.sku, row.warehouse, row.quantity) for row in await tx.execute(_HELD, {"number": number})]


async def use_components(
    tx: AsyncConnection, number: str, used: Sequence[tuple[str, str, Decimal]], *, consumed: bool
) -> None:
    """Take reserved components off a production order: consumed, or given back."""
    rows = [{"sku": sku, "warehouse": warehouse, "quantity": str(quantity)} for sku, warehouse, quantity in used]
    await tx.execute(_USE, {"number": number, "rows": json.dumps(rows), "consumed": consumed})


async def orders_pegged(tx: AsyncConnection, number: str) -> list[str]:
    """Sales orders that a supply order is for."""
    return sorted(row.order_number for row in await tx.execute(_ORDERS_PEGGED, {"number": number}))
