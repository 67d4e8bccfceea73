"""Reorder points, as a buyer sets them or accepts what the forecast proposes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import bell, reorder
from domain.actor import Actor
from domain.errors import NotFound, told
from domain.requests import ReorderPoint


async def set_reorder_point(tx: AsyncConnection, actor: Actor, sku: str, wish: ReorderPoint, now: datetime) -> None:
    """Set when more of a product is to be ordered and how much; who did is kept. Errors: NotFound."""
    if not await reorder.setting(tx, sku):
        raise NotFound(told("There is no product {sku}; create it with PUT /v1/products/{sku}.", sku=sku))
    await reorder.put(tx, sku, wish.model_dump(), actor.name, now)
    await bell.ring(tx)
