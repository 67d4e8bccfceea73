"""Shipments: delivery notes from allocations, picks, bookings, scans and the issue of goods."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.facts import TrackingFact


@dataclass(frozen=True, slots=True)
class ShipmentRow:
    """A shipment with what its steps need of its order; both rows are locked, the order first."""

    number: str
    order_number: str
    warehouse: str
    state: str
    packages: int
    carrier: str | None
    tracking_number: str | None
    last_sequence: int
    created_at: datetime
    booked_at: datetime | None
    issued_at: datetime | None
    delivered_at: datetime | None
    order_state: str
    shipping_policy: str
    customer: str
    customer_po: str | None
    currency: str
    policy_version: int
    ship_to: dict[str, Any] | None
    email: str
    language: str
    name: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Loose:
    """Allocated pieces that are in no shipment yet."""

    id: int
    line: int
    sku: str
    warehouse: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class ShippedLine:
    """A line of a shipment with the order line's cost and weight."""

    line: int
    sku: str
    quantity: Decimal
    unit_cost: Decimal
    weight_kg: Decimal


_COLUMNS = """
SELECT s.number, s.order_number, s.warehouse, s.state, s.packages, s.carrier, s.tracking_number, s.last_sequence,
  s.created_at, s.booked_at, s.issued_at, s.delivered_at, o.state AS order_state, o.shipping_policy,
  o.customer, o.customer_po, o.currency, o.policy_version,
  coalesce(nullif(o.ship_to, 'null'::jsonb), c.shipping_address) AS ship_to, c.email, c.language, c.name, c.time_zone
FROM shipment s JOIN sales_order o ON o.number = s.order_number JOIN customer c ON c.code = o.customer"""
# The rows are locked in the order in which they are named here, and shown as they are under the locks.
_LOCKED = text(f"{_COLUMNS} WHERE s.number = :number FOR NO KEY UPDATE OF o, s")
_LOCKED_BY_TRACKING = text(
    f"{_COLUMNS} WHERE s.carrier = :carrier AND s.tracking_number = :tracking_number FOR NO KEY UPDATE OF o, s"
)
_READ = text(f"{_COLUMNS} WHERE s.number = :number")
_LOOSE = text("""
SELECT id, line, sku, warehouse, quantity FROM allocation
WHERE order_number = :number AND state = 'RESERVED' AND shipment IS NULL ORDER BY warehouse, line, id""")
_CREATE = text("""
WITH made AS (
  INSERT INTO shipment (number, order_number, warehouse, state, packages, created_at)
  SELECT 'SH-' || lpad(n::text, greatest(6, length(n::text)), '0'), :order, :warehouse, 'CREATED', 1, :now
  FROM nextval('shipment_number') n RETURNING number),
lines AS (
  INSERT INTO shipment_line (shipment, line, sku, quantity)
  SELECT made.number, a.line, a.sku, sum(a.quantity) FROM made, allocation a WHERE a.id = ANY(:ids)
  GROUP BY made.number, a.line, a.sku),
assigned AS (UPDATE allocation a SET shipment = made.number FROM made WHERE a.id = ANY(:ids))
SELECT number FROM made""")
_OF_ORDER = text(
    "SELECT number, state FROM shipment WHERE order_number = :number AND state <> 'CANCELLED' ORDER BY number"
)
_LINES = text("""
SELECT s.line, s.sku, s.quantity, l.unit_cost, p.weight_kg FROM shipment_line s
JOIN shipment h ON h.number = s.shipment JOIN order_line l ON l.order_number = h.order_number AND l.line = s.line
JOIN product p ON p.sku = s.sku WHERE s.shipment = :number ORDER BY s.line""")
_ALLOCATIONS = text("""
SELECT id, line, sku, warehouse, quantity FROM allocation
WHERE shipment = :number AND state = 'RESERVED' ORDER BY line, id""")
_SHORTEN = text("""
WITH r AS (
  SELECT CAST(:shipment AS text) AS shipment, CAST(:order AS text) AS order_number, r.*
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(line int, missing numeric)),
shipped AS (
  UPDATE shipment_line s SET quantity = s.quantity - r.missing FROM r WHERE s.shipment = r.shipment AND s.line = r.line)
UPDATE order_line l SET allocated = l.allocated - r.missing, open = l.open + r.missing FROM r
WHERE l.order_number = r.order_number AND l.line = r.line""")
_KEEP_ALLOCATION = text("""
UPDATE allocation SET quantity = CASE WHEN :left > 0 THEN :left ELSE quantity END,
  state = CASE WHEN :left > 0 THEN state ELSE 'RELEASED' END WHERE id = :id""")
_TAKE_BACK = text("""
WITH s AS (
  UPDATE shipment SET state = 'CANCELLED' WHERE order_number = :order AND state IN ('CREATED', 'PICKING')
  RETURNING number),
a AS (UPDATE allocation a SET shipment = NULL FROM s WHERE a.shipment = s.number AND a.state = 'RESERVED')
SELECT number FROM s ORDER BY number""")
_PICKED = text("""
UPDATE shipment SET state = :state, packages = :packages, picked_at = :now WHERE number = :number""")
_BOOKED = text("""
UPDATE shipment SET state = 'BOOKED', carrier = :carrier, tracking_number = :tracking_number, label_url = :label_url,
  cost = :cost, booked_at = :now WHERE number = :number""")
_SCAN = text("""
INSERT INTO tracking_event (shipment, sequence, status, raw_status, location, at, recorded_at)
VALUES (:shipment, :sequence, :status, :raw_status, :location, :at, :now) ON CONFLICT DO NOTHING RETURNING sequence""")
_MOVE = text("""
UPDATE shipment SET state = :state, last_sequence = greatest(last_sequence, :sequence),
  delivered_at = CASE WHEN :state = 'DELIVERED' THEN :at ELSE delivered_at END,
  signed_by = coalesce(:signed_by, signed_by) WHERE number = :number""")
# The lines are found by (order, line) of each piece: with the order as a constant PostgreSQL expects one line of it and
# walks all pieces for every line, which takes a minute for an order of ten thousand.
_ISSUE = text("""
WITH a AS (
  UPDATE allocation SET state = 'ISSUED' WHERE shipment = :number AND state = 'RESERVED'
  RETURNING order_number, line, quantity),
s AS (UPDATE shipment SET issued_at = :now WHERE number = :number),
t AS (SELECT order_number, line, sum(quantity) AS quantity FROM a GROUP BY order_number, line),
l AS (
  UPDATE order_line l SET allocated = l.allocated - t.quantity, shipped = l.shipped + t.quantity FROM t
  WHERE l.order_number = t.order_number AND l.line = t.line)
UPDATE sales_order SET quantity_shipped = quantity_shipped + (SELECT coalesce(sum(quantity), 0) FROM t),
  version = version + 1 WHERE number = :order""")
_DELIVER = text("""
WITH t AS (
  SELECT h.order_number, s.line, s.quantity FROM shipment h JOIN shipment_line s ON s.shipment = h.number
  WHERE h.number = :number),
l AS (
  UPDATE order_line l SET delivered = l.delivered + t.quantity FROM t
  WHERE l.order_number = t.order_number AND l.line = t.line),
d AS (SELECT coalesce(sum(quantity), 0) AS pieces FROM t),
o AS (
  SELECT number, state = 'IN_FULFILMENT'
    AND quantity_delivered + d.pieces = quantity_ordered - quantity_cancelled AS fulfilled
  FROM sales_order, d WHERE number = :order)
UPDATE sales_order s SET quantity_delivered = s.quantity_delivered + d.pieces, version = s.version + 1,
  state = CASE WHEN o.fulfilled THEN 'FULFILLED' ELSE s.state END,
  fulfilled_at = CASE WHEN o.fulfilled THEN CAST(:now AS timestamptz) ELSE s.fulfilled_at END
FROM d, o WHERE s.number = o.number RETURNING o.fulfilled""")
_STRAY = text("""
INSERT INTO stray_tracking (carrier, tracking_number, sequence, status, fact, recorded_at)
VALUES (:carrier, :tracking_number, :sequence, :status, CAST(:fact AS jsonb), :now) ON CONFLICT DO NOTHING""")
_STRAYS = text("""
UPDATE stray_tracking SET matched_at = :now
WHERE carrier = :carrier AND tracking_number = :tracking_number AND matched_at IS NULL RETURNING fact""")


async def locked(tx: AsyncConnection, number: str) -> ShipmentRow | None:
    """A shipment, its order locked and then itself; None when there is no such one."""
    row = (await tx.execute(_LOCKED, {"number": number})).one_or_none()
    return None if row is None else ShipmentRow(**row._mapping)


async def read(tx: AsyncConnection, number: str) -> ShipmentRow | None:
    """A shipment as it stands, without a lock."""
    row = (await tx.execute(_READ, {"number": number})).one_or_none()
    return None if row is None else ShipmentRow(**row._mapping)


async def locked_by_tracking(tx: AsyncConnection, carrier: str, tracking_number: str) -> ShipmentRow | None:
    """The shipment that a carrier knows under a tracking number, its order locked and then itself."""
    values = {"carrier": carrier, "tracking_number": tracking_number}
    row = (await tx.execute(_LOCKED_BY_TRACKING, values)).one_or_none()
    return None if row is None else ShipmentRow(**row._mapping)


async def loose_allocations(tx: AsyncConnection, order: str) -> list[Loose]:
    """Allocated pieces that no shipment carries yet, by warehouse."""
    return [Loose(**row._mapping) for row in await tx.execute(_LOOSE, {"number": order})]


async def create_shipment(tx: AsyncConnection, order: str, warehouse: str, ids: Sequence[int], now: datetime) -> str:
    """A shipment that carries these allocations; its number."""
    values = {"order": order, "warehouse": warehouse, "ids": list(ids), "now": now}
    return str((await tx.execute(_CREATE, values)).scalar_one())


async def take_back(tx: AsyncConnection, order: str) -> list[str]:
    """Delivery notes of an order that nobody packed yet are cancelled; allocated pieces stay so. Their numbers."""
    return [row.number for row in await tx.execute(_TAKE_BACK, {"order": order})]


async def shipments_of(tx: AsyncConnection, order: str) -> list[tuple[str, str]]:
    """The shipments of an order that are not cancelled: (number, state)."""
    return [(row.number, row.state) for row in await tx.execute(_OF_ORDER, {"number": order})]


async def lines(tx: AsyncConnection, number: str) -> list[ShippedLine]:
    """What a shipment carries."""
    return [ShippedLine(**row._mapping) for row in await tx.execute(_LINES, {"number": number})]


async def allocations(tx: AsyncConnection, number: str) -> list[Loose]:
    """The reserved pieces behind a shipment."""
    return [Loose(**row._mapping) for row in await tx.execute(_ALLOCATIONS, {"number": number})]


async def shorten(tx: AsyncConnection, shipment: str, order: str, missing: Sequence[tuple[int, Decimal]]) -> None:
    """Missing pieces leave the shipment and are open again on their lines."""
    rows = json.dumps([{"line": line, "missing": str(quantity)} for line, quantity in missing])
    await tx.execute(_SHORTEN, {"shipment": shipment, "order": order, "rows": rows})


async def keep_allocation(tx: AsyncConnection, allocation: int, left: Decimal) -> None:
    """Lower an allocation to what is left of it; released when nothing is."""
    await tx.execute(_KEEP_ALLOCATION, {"id": allocation, "left": left})


async def mark_picked(tx: AsyncConnection, number: str, state: str, packages: int, now: datetime) -> None:
    """The warehouse is done with the shipment: PACKED, or CANCELLED when nothing was found."""
    await tx.execute(_PICKED, {"number": number, "state": state, "packages": packages, "now": now})


async def mark_booked(
    tx: AsyncConnection,
    number: str,
    carrier: str,
    tracking_number: str,
    label_url: str | None,
    cost: Decimal | None,
    now: datetime,
) -> None:
    """The carrier has taken the booking."""
    values = {"number": number, "carrier": carrier, "tracking_number": tracking_number, "label_url": label_url}
    await tx.execute(_BOOKED, {**values, "cost": cost, "now": now})


async def keep_scan(tx: AsyncConnection, shipment: str, fact: TrackingFact, now: datetime) -> bool:
    """Keep a scan; False when it is known."""
    values = fact.model_dump(include={"sequence", "status", "raw_status", "location", "at"})
    return (await tx.execute(_SCAN, {**values, "shipment": shipment, "now": now})).scalar_one_or_none() is not None


async def move_shipment(tx: AsyncConnection, number: str, state: str, fact: TrackingFact) -> None:
    """Move a shipment to where a scan says it is; the database refuses an illegal move."""
    values = {"number": number, "state": state, "sequence": fact.sequence, "at": fact.at, "signed_by": fact.signed_by}
    await tx.execute(_MOVE, values)


async def issue(tx: AsyncConnection, number: str, order: str, now: datetime) -> None:
    """The goods have left: allocations are issued, lines and order count them as shipped."""
    await tx.execute(_ISSUE, {"number": number, "order": order, "now": now})


async def deliver(tx: AsyncConnection, number: str, order: str, now: datetime) -> bool:
    """The goods have arrived; True when that was the last of the order, which is then fulfilled."""
    return bool((await tx.execute(_DELIVER, {"number": number, "order": order, "now": now})).scalar_one())


async def keep_stray(tx: AsyncConnection, carrier: str, fact: TrackingFact, now: datetime) -> None:
    """Keep a scan of a tracking number that no shipment has yet."""
    values = {"carrier": carrier, "fact": fact.model_dump_json(), "now": now}
    await tx.execute(_STRAY, {**values, **fact.model_dump(include={"tracking_number", "sequence", "status"})})


async def take_strays(tx: AsyncConnection, carrier: str, tracking_number: str, now: datetime) -> list[TrackingFact]:
    """Scans that came before the booking, oldest first."""
    values = {"carrier": carrier, "tracking_number": tracking_number, "now": now}
    facts = [TrackingFact.model_validate(row.fact) for row in await tx.execute(_STRAYS, values)]
    return sorted(facts, key=lambda fact: fact.sequence)
