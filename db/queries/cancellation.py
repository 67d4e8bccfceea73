"""Cancellation: the effects that were recorded, and the statements that undo each of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.money import minor_unit


@dataclass(frozen=True, slots=True)
class Undo:
    """An effect and how it is undone; `status` is planned, done or kept."""

    effect: str
    action: str
    document: str | None = None
    status: str = "planned"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What an order has caused so far."""

    state: str
    currency: str
    unshipped: Decimal
    reserved_credit: Decimal
    deposit: Decimal
    holds: tuple[str, ...]
    allocations: tuple[tuple[str, str, Decimal], ...]
    shipments: tuple[tuple[str, str], ...]
    supplies: tuple[tuple[str, str, bool], ...]


_STATE = text("""
SELECT o.state, o.currency, o.quantity_ordered - o.quantity_cancelled - o.quantity_shipped AS unshipped,
  coalesce((SELECT amount FROM credit_reservation WHERE order_number = o.number), 0) AS reserved_credit,
  coalesce((SELECT sum(unapplied) FROM payment WHERE order_number = o.number AND currency = o.currency), 0) AS deposit
FROM sales_order o WHERE o.number = :number FOR NO KEY UPDATE""")
_HOLDS = text("SELECT reason FROM hold WHERE order_number = :number AND status = 'OPEN' ORDER BY reason")
_ALLOCATIONS = text("""
SELECT sku, warehouse, sum(quantity) AS quantity FROM allocation
WHERE order_number = :number AND state = 'RESERVED' GROUP BY sku, warehouse ORDER BY sku, warehouse""")
_SHIPMENTS = text("""
SELECT number, state FROM shipment
WHERE order_number = :number AND state IN ('CREATED', 'PICKING', 'PACKED', 'BOOKED') ORDER BY number""")
_SUPPLIES = text("""
WITH RECURSIVE chain(number) AS (
  SELECT supply_order FROM supply_peg WHERE order_number = :number AND open > 0
  UNION SELECT g.supply_order FROM supply_peg g JOIN chain c ON g.for_supply = c.number WHERE g.open > 0)
SELECT s.number, s.state, s.received = 0 AND s.state IN ('PROPOSED', 'APPROVED', 'ORDERED') AS untouched,
  ARRAY(SELECT coalesce(g.order_number, g.for_supply) FROM supply_peg g
        WHERE g.supply_order = s.number AND g.open > 0) AS takers
FROM supply_order s JOIN chain USING (number) WHERE s.state NOT IN ('RECEIVED', 'CANCELLED') ORDER BY s.number""")
_REQUEST = text("""
UPDATE sales_order SET state = 'CANCELLING', cancel_reason = :reason, version = version + 1 WHERE number = :number""")
_PLAN = text("""
INSERT INTO undo_step (order_number, position, effect, action, document, status, at)
SELECT :number, r.position, r.effect, r.action, r.document, r.status, :now
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(position int, effect text, action text, document text, status text)
ON CONFLICT (order_number, position) DO NOTHING""")
_PLANNED = text("""
SELECT effect, action, document, status FROM undo_step WHERE order_number = :number ORDER BY position""")
_DONE = text("""
UPDATE undo_step SET status = 'done', at = :now WHERE order_number = :number AND status = 'planned'
  AND coalesce(document, '') <> ALL(:kept) RETURNING position, effect, document""")
_KEPT = text("""
UPDATE undo_step SET status = 'kept', at = :now WHERE order_number = :number AND status = 'planned'""")
_RELEASE = text("""
WITH a AS (
  UPDATE allocation SET state = 'RELEASED' WHERE order_number = :number AND state = 'RESERVED'
    AND (shipment IS NULL OR shipment NOT IN (SELECT number FROM shipment WHERE order_number = :number
      AND state NOT IN ('CREATED', 'PICKING', 'CANCELLED')))
  RETURNING order_number, line, sku, warehouse, quantity),
level AS (
  UPDATE stock_level s SET reserved = s.reserved - t.quantity
  FROM (SELECT sku, warehouse, sum(quantity) AS quantity FROM a GROUP BY sku, warehouse) t
  WHERE s.sku = t.sku AND s.warehouse = t.warehouse),
l AS (
  UPDATE order_line l SET allocated = l.allocated - t.quantity, open = l.open + t.quantity
  FROM (SELECT order_number, line, sum(quantity) AS quantity FROM a GROUP BY order_number, line) t
  WHERE l.order_number = t.order_number AND l.line = t.line)
SELECT DISTINCT sku FROM a ORDER BY sku""")
_CANCEL_SHIPMENT = text(
    "UPDATE shipment SET state = 'CANCELLED' WHERE number = :number AND state IN ('PACKED', 'BOOKED')"
)
_UNPACK = text("""
WITH a AS (
  UPDATE allocation SET state = 'RELEASED' WHERE shipment = :number AND state = 'RESERVED'
  RETURNING order_number, line, sku, warehouse, quantity),
level AS (
  UPDATE stock_level s SET reserved = s.reserved - t.quantity
  FROM (SELECT sku, warehouse, sum(quantity) AS quantity FROM a GROUP BY sku, warehouse) t
  WHERE s.sku = t.sku AND s.warehouse = t.warehouse)
UPDATE order_line l SET allocated = l.allocated - t.quantity, open = l.open + t.quantity
FROM (SELECT order_number, line, sum(quantity) AS quantity FROM a GROUP BY order_number, line) t
WHERE l.order_number = t.order_number AND l.line = t.line""")
_CANCEL_OPEN = text("""
WITH l AS (
  UPDATE order_line SET cancelled = cancelled + open, open = 0, backordered = 0
  WHERE order_number = :number AND open > 0),
t AS (
  SELECT sum(quantity) AS ordered, sum(cancelled + open) AS cancelled,
    sum(round(net * (quantity - cancelled - open) / quantity, :digits)
      + round(tax * (quantity - cancelled - open) / quantity, :digits)) AS payable
  FROM order_line WHERE order_number = :number)
UPDATE sales_order o SET quantity_cancelled = t.cancelled, payable = t.payable, version = version + 1
FROM t WHERE o.number = :number""")
_CURRENCY = text("SELECT currency FROM sales_order WHERE number = :number")
_SHRINK = text("""
WITH c AS (
  SELECT c.amount AS before, least(c.amount, o.payable - o.billed) AS after
  FROM credit_reservation c JOIN sales_order o ON o.number = c.order_number WHERE c.order_number = :number),
r AS (UPDATE credit_reservation SET amount = c.after FROM c WHERE order_number = :number)
UPDATE customer_account a SET reserved = a.reserved - (c.before - c.after)
FROM c, sales_order o WHERE o.number = :number AND a.customer = o.customer""")
_LEFT = text("SELECT quantity_ordered > quantity_cancelled FROM sales_order WHERE number = :number")
_PEGS = text("""
UPDATE supply_peg SET open = 0 WHERE order_number = :number AND open > 0 RETURNING supply_order""")
_PEGS_OF_SUPPLY = text("UPDATE supply_peg SET open = 0 WHERE for_supply = :supply AND open > 0")
_END = text("""
UPDATE sales_order SET state = :state, version = version + 1,
  fulfilled_at = CASE WHEN :state = 'FULFILLED' THEN coalesce(fulfilled_at, :now) ELSE fulfilled_at END
WHERE number = :number""")
_SHIPPED = text("""
SELECT quantity_shipped, quantity_delivered, quantity_ordered - quantity_cancelled AS left,
  (SELECT count(*) FROM shipment WHERE order_number = :number AND state IN ('PACKED', 'BOOKED')) AS underway
FROM sales_order WHERE number = :number""")


async def recorded(tx: AsyncConnection, number: str) -> Recorded | None:
    """What an order has caused so far, its row locked; None when there is no such order."""
    row = (await tx.execute(_STATE, {"number": number})).one_or_none()
    if row is None:
        return None
    values = {"number": number}
    return Recorded(
        row.state,
        row.currency,
        row.unshipped,
        row.reserved_credit,
        row.deposit,
        tuple(r.reason for r in await tx.execute(_HOLDS, values)),
        tuple((r.sku, r.warehouse, r.quantity) for r in await tx.execute(_ALLOCATIONS, values)),
        tuple((r.number, r.state) for r in await tx.execute(_SHIPMENTS, values)),
        await supplies(tx, number),
    )


async def supplies(tx: AsyncConnection, number: str) -> tuple[tuple[str, str, bool], ...]:
    """Supply orders that the order waits for: (number, state, whether nobody else needs it and nothing came yet).

    A supply order for the components of another one is needed by nobody else if that one is.
    """
    rows = (await tx.execute(_SUPPLIES, {"number": number})).all()
    alone = {row.number for row in rows if row.untouched}
    while shared := {row.number for row in rows if row.number in alone and not {number, *alone} >= set(row.takers)}:
        alone -= shared
    return tuple((row.number, row.state, row.number in alone) for row in rows)


async def request(tx: AsyncConnection, number: str, reason: str, plan: Sequence[Undo], now: datetime) -> None:
    """Keep the request and its plan."""
    await tx.execute(_REQUEST, {"number": number, "reason": reason})
    before = len(await planned(tx, number))
    rows = json.dumps([{"position": before + n, **asdict(undo)} for n, undo in enumerate(plan, start=1)])
    await tx.execute(_PLAN, {"number": number, "rows": rows, "now": now})


async def planned(tx: AsyncConnection, number: str) -> list[Undo]:
    """The plan as it stands."""
    return [Undo(**row._mapping) for row in await tx.execute(_PLANNED, {"number": number})]


async def mark_undone(
    tx: AsyncConnection, number: str, kept: Sequence[str], now: datetime
) -> list[tuple[str, str | None]]:
    """The plan is carried out; effects of the documents in `kept` could not be undone any more.

    What is undone now: (effect, document).
    """
    done = (await tx.execute(_DONE, {"number": number, "kept": list(kept), "now": now})).all()
    await tx.execute(_KEPT, {"number": number, "now": now})
    return [(row.effect, row.document) for row in sorted(done, key=lambda row: row.position)]


async def release_allocations(tx: AsyncConnection, number: str) -> list[str]:
    """Give back what is reserved and not packed; the products that became free."""
    return [row.sku for row in await tx.execute(_RELEASE, {"number": number})]


async def cancel_packed(tx: AsyncConnection, shipment: str) -> None:
    """Cancel a packed shipment whose booking is void: its pieces are put away and open on their lines."""
    await tx.execute(_UNPACK, {"number": shipment})
    await tx.execute(_CANCEL_SHIPMENT, {"number": shipment})


async def cancel_open_pieces(tx: AsyncConnection, number: str) -> None:
    """Open pieces become cancelled pieces, and the order's payable amount shrinks with them."""
    currency = (await tx.execute(_CURRENCY, {"number": number})).scalar_one()
    await tx.execute(_CANCEL_OPEN, {"number": number, "digits": -int(minor_unit(currency).as_tuple().exponent)})


async def shrink_reservation(tx: AsyncConnection, number: str) -> None:
    """The credit reserved is at most what is left to bill; the account is locked by its update."""
    await tx.execute(_SHRINK, {"number": number})


async def anything_left(tx: AsyncConnection, number: str) -> bool:
    """Whether pieces remain that are not cancelled."""
    return bool((await tx.execute(_LEFT, {"number": number})).scalar_one())


async def release_pegs(tx: AsyncConnection, number: str) -> None:
    """The order waits for supply no more."""
    await tx.execute(_PEGS, {"number": number})


async def release_pegs_of_supply(tx: AsyncConnection, supply: str) -> None:
    """A cancelled production order waits for components no more."""
    await tx.execute(_PEGS_OF_SUPPLY, {"supply": supply})


async def end(tx: AsyncConnection, number: str, now: datetime) -> str:
    """Where a cancellation leads: CANCELLED, or on with the part that has left; the new state."""
    row = (await tx.execute(_SHIPPED, {"number": number})).one()
    if row.left == 0:
        state = "CANCELLED"
    elif row.quantity_delivered == row.left and not row.underway:
        state = "FULFILLED"
    else:
        state = "IN_FULFILMENT"
    await tx.execute(_END, {"number": number, "state": state, "now": now})
    return state


_FREED = text("""
SELECT sku FROM allocation WHERE order_number = :number AND state = 'RELEASED'
UNION SELECT c.sku FROM supply_peg g JOIN supply_order s ON s.number = g.supply_order AND s.state = 'CANCELLED'
  JOIN supply_component c ON c.supply_order = s.number WHERE g.order_number = :number
ORDER BY sku""")
_GIVE_BACK = text("""
UPDATE stock_level SET reserved = reserved - :quantity WHERE sku = :sku AND warehouse = :warehouse""")


async def freed_products(tx: AsyncConnection, number: str) -> list[str]:
    """Products of which the order, or a production order that was only for it, gave pieces back."""
    return [row.sku for row in await tx.execute(_FREED, {"number": number})]


async def give_back_components(tx: AsyncConnection, held: Sequence[tuple[str, str, Decimal]]) -> None:
    """Components of a cancelled production order are free again."""
    for sku, warehouse, quantity in held:
        await tx.execute(_GIVE_BACK, {"sku": sku, "warehouse": warehouse, "quantity": quantity})
