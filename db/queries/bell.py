"""What is on no order's timeline rings as well: pages that are open look again at supply for the shelf."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_RING = text("SELECT pg_notify('timeline', '')")


async def ring(tx: AsyncConnection) -> None:
    """Tell open pages, once this is committed, that something changed which names no order."""
    await tx.execute(_RING)
