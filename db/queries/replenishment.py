"""Supply orders: what is missing, what covers it, what arrived."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.policy import Policy
from domain.replenishment import Need


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

    def lead(self, policy: Policy) -> timedelta:
        """How long supply takes: the product's days, else its supplier's, else the policy's."""
        return policy.days(policy.default_lead_time_days if self.lead_time_days is None else self.lead_time_days)


_SUPPLY_COLUMNS = (
    "number, kind, sku, supplier, quantity, received, state, policy_version, created_at, due_at, ordered_at, chased_at"
)
_SUPPLY = text(f"SELECT {_SUPPLY_COLUMNS} FROM supply_order WHERE number = :number FOR NO KEY UPDATE")
_UNCOVERED = text("""
SELECT l.order_number, l.line, l.sku, l.backordered - coalesce((
  SELECT sum(g.open) FROM supply_peg g JOIN supply_order s ON s.number = g.supply_order
  WHERE g.order_number = l.order_number AND g.line = l.line AND g.open > 0
    AND s.state NOT IN ('RECEIVED', 'CANCELLED')), 0) AS missing
FROM order_line l WHERE l.order_number = ANY(:orders) AND l.backordered > 0
  AND (CAST(:sku AS text) IS NULL OR l.sku = :sku)
ORDER BY l.order_number, l.line""")
_ROUTES = text("""
SELECT p.sku, p.name, p.route, p.supplier, v.email AS supplier_email,
  coalesce(p.lead_time_days, v.lead_time_days) AS lead_time_days, p.minimum_quantity, p.multiple_of
FROM product p LEFT JOIN supplier v ON v.code = p.supplier WHERE p.sku = ANY(:skus)""")
_ADDRESSEE = text("""
SELECT p.name, v.email FROM supply_order s JOIN product p ON p.sku = s.sku LEFT JOIN supplier v ON v.code = s.supplier
WHERE s.number = :number""")
_HAS_COMPONENTS = text("SELECT EXISTS (SELECT 1 FROM product_component WHERE sku = :sku)")
_HAS_SUPPLIER = text("SELECT EXISTS (SELECT 1 FROM supplier WHERE code = :code)")
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
SELECT supply, order_number, line, for_supply, :sku, quantity, quantity
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
  AS r(supply text, order_number text, line int, for_supply text, quantity numeric)""")
_COMPONENTS = text("""
INSERT INTO supply_component (supply_order, sku, required)
SELECT :number, component, quantity * :quantity FROM product_component WHERE sku = :sku""")
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
_ORDERS_PEGGED = text(
    "SELECT DISTINCT order_number FROM supply_peg WHERE supply_order = ANY(:numbers) AND order_number IS NOT NULL"
)


async def supply(tx: AsyncConnection, number: str) -> Supply | None:
    """A supply order, its row locked; None when there is no such one."""
    row = (await tx.execute(_SUPPLY, {"number": number})).one_or_none()
    return None if row is None else Supply(**row._mapping)


async def uncovered_lines(
    tx: AsyncConnection, orders: Sequence[str], sku: str | None = None
) -> list[tuple[str, int, str, Decimal]]:
    """Backordered pieces, of one product or of all, that no open supply order is for: (order, line, sku, quantity)."""
    rows = await tx.execute(_UNCOVERED, {"orders": list(orders), "sku": sku})
    return [(row.order_number, row.line, row.sku, row.missing) for row in rows if row.missing > 0]


async def routes(tx: AsyncConnection, skus: Sequence[str]) -> dict[str, Route]:
    """How products are supplied."""
    return {row.sku: Route(**row._mapping) for row in await tx.execute(_ROUTES, {"skus": list(skus)})}


async def addressee(tx: AsyncConnection, number: str) -> tuple[str, str | None]:
    """What a purchase is of, and where its letter goes: (the product's name, the supplier's address or None)."""
    row = (await tx.execute(_ADDRESSEE, {"number": number})).one()
    return row.name, row.email


async def has_components(tx: AsyncConnection, sku: str) -> bool:
    """Whether a product has a bill of materials."""
    return bool((await tx.execute(_HAS_COMPONENTS, {"sku": sku})).scalar_one())


async def has_supplier(tx: AsyncConnection, code: str) -> bool:
    """Whether there is such a supplier."""
    return bool((await tx.execute(_HAS_SUPPLIER, {"code": code})).scalar_one())


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


async def peg(tx: AsyncConnection, sku: str, pieces: Sequence[tuple[str, Need]]) -> None:
    """Say whom pieces of supply orders are for: (supply order, what it brings to whom)."""
    rows = [
        {"supply": supply, "order_number": need.order, "line": need.line, "for_supply": need.for_supply,
         "quantity": str(need.quantity)}
        for supply, need in pieces
    ]  # fmt: skip
    await tx.execute(_PEG, {"sku": sku, "rows": json.dumps(rows)})


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


async def orders_pegged(tx: AsyncConnection, numbers: Sequence[str]) -> list[str]:
    """Sales orders that supply orders are for."""
    return sorted(row.order_number for row in await tx.execute(_ORDERS_PEGGED, {"numbers": list(numbers)}))
