"""What somebody who writes an order wants to know of its goods before it is submitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries.review import GOODS, GOODS_OF


@dataclass(frozen=True, slots=True)
class Goods:
    """A product: what is available in all warehouses, and of that what may be promised (`free`: safety stock stays)."""

    sku: str
    name: str
    unit: str
    available: Decimal
    minimum_order: Decimal
    pack_multiple: Decimal | None
    free: Decimal
    lead_time: int | None


_GOODS = text(f"""
SELECT p.sku, p.name, p.unit, coalesce(s.free, 0) AS available, {GOODS} FROM product p {GOODS_OF}
WHERE p.sku = ANY(:skus)""")


async def goods(tx: AsyncConnection, skus: Sequence[str]) -> dict[str, Goods]:
    """Those of the products that exist."""
    return {row.sku: Goods(**row._mapping) for row in await tx.execute(_GOODS, {"skus": list(skus)})}
