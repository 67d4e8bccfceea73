"""Reorder points: who set them, what is projected beside them, and which products are due to be ordered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import shown
from db.queries.forecast import REVISION
from db.queries.keyset import Key, Listing
from db.schema import reached
from domain.reorder import to_order

OPEN = "state NOT IN ('RECEIVED', 'CANCELLED')"
PROJECTED = f"""coalesce((SELECT sum(w.on_hand - w.reserved) FROM stock_level w WHERE w.sku = p.sku), 0)
  + coalesce((SELECT sum(s.quantity - s.received) FROM supply_order s WHERE s.sku = p.sku AND s.{OPEN}), 0)
  - coalesce((SELECT sum(l.backordered) FROM order_line l WHERE l.sku = p.sku AND l.backordered > 0), 0)
  - coalesce((SELECT sum(n.required - n.reserved - n.consumed) FROM supply_component n
      JOIN supply_order f ON f.number = n.supply_order AND f.{OPEN}
      WHERE n.sku = p.sku AND n.reserved + n.consumed < n.required), 0)"""
"""SQL: what will be free of product p when all is there that is ordered: free stock and open supply, less what order
lines and production lack."""
_COLUMNS = f"""p.sku, p.name, p.unit, p.route, p.supplier, p.minimum_quantity, p.multiple_of, p.reorder_point,
  p.reorder_quantity, {PROJECTED} AS projected"""
_DUE = Listing(
    f"""SELECT d.* FROM (SELECT * FROM (SELECT {_COLUMNS} FROM product p WHERE p.reorder_point IS NOT NULL) c
  WHERE c.projected <= c.reorder_point
    AND greatest(c.reorder_quantity, c.reorder_point - c.projected, c.minimum_quantity) > 0) d""",
    (Key("d.sku", "sku", "text"),),
    {},
    descending=False,
)
_STANDING = text(f"SELECT {_COLUMNS} FROM product p WHERE p.sku = :sku")
_SETTING = text("SELECT reorder_point, reorder_quantity FROM product WHERE sku = :sku FOR NO KEY UPDATE")
_PUT = text("""
WITH changed AS (UPDATE product SET reorder_point = :reorder_point, reorder_quantity = :reorder_quantity
  WHERE sku = :sku AND (reorder_point IS DISTINCT FROM :reorder_point
    OR reorder_quantity IS DISTINCT FROM :reorder_quantity) RETURNING sku)
INSERT INTO reorder_setting (sku, at, actor, reorder_point, reorder_quantity)
SELECT sku, :now, :actor, :reorder_point, :reorder_quantity FROM changed""")
_LAST_SET = text("SELECT at, actor FROM reorder_setting WHERE sku = :sku ORDER BY id DESC LIMIT 1")
_QUANTITIES = ("minimum_quantity", "multiple_of", "reorder_point", "reorder_quantity", "projected")


async def setting(tx: AsyncConnection, sku: str) -> dict[str, Decimal | None]:
    """A product's reorder point and quantity, its row locked; empty when there is no such product."""
    row = (await tx.execute(_SETTING, {"sku": sku})).one_or_none()
    return {} if row is None else dict(row._mapping)


async def put(tx: AsyncConnection, sku: str, wanted: Mapping[str, Decimal | None], actor: str, now: datetime) -> None:
    """Set a product's reorder point and quantity, and keep who did; what is so already leaves no trace."""
    await tx.execute(_PUT, {**wanted, "sku": sku, "actor": actor, "now": now})


async def last_set(tx: AsyncConnection, sku: str) -> dict[str, Any] | None:
    """Who last set the product's reorder point, and when."""
    row = (await tx.execute(_LAST_SET, {"sku": sku})).one_or_none()
    return None if row is None else dict(row._mapping)


async def standing(tx: AsyncConnection, sku: str) -> dict[str, Any] | None:
    """Where a product stands beside its reorder point, and `to_order`: what to order now, None for nothing."""
    if not await reached(tx, REVISION):
        return None
    row = (await tx.execute(_STANDING, {"sku": sku})).one_or_none()
    return None if row is None else _standing(row._mapping)


async def due(tx: AsyncConnection, *, limit: int, after: str | None) -> tuple[list[dict[str, Any]], str | None]:
    """The products whose projected stock has come down to their reorder point, by number."""
    found, following = await _DUE.page(tx, limit, after, {})
    return [_standing(row._mapping) for row in found], following


def wanted(found: Mapping[str, Any] | RowMapping, projected: Decimal) -> Decimal | None:
    """What to order of a product with this much projected stock; None for nothing."""
    return to_order(
        projected, found["reorder_point"], found["reorder_quantity"], found["minimum_quantity"], found["multiple_of"]
    )


def _standing(found: RowMapping) -> dict[str, Any]:
    now = wanted(found, found["projected"])
    return {
        **shown.row(found, quantities=_QUANTITIES),
        "to_order": None if now is None else shown.quantity(now),
    }
