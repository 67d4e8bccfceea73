"""Orders that somebody has begun to write: kept as they type, and turned into an order once."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

REMEMBERED = timedelta(days=1)
"""How long a draft remembers which order it became, for a button that is pressed again."""
_SAVE = text("""
INSERT INTO order_draft AS d (id, username, body, updated_at) VALUES (:id, :username, CAST(:body AS jsonb), :now)
ON CONFLICT (id) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at
  WHERE d.username = excluded.username AND NOT d.body ? 'order'
RETURNING id""")
_TAKE = text("""
INSERT INTO order_draft AS d (id, username, updated_at) VALUES (:id, :username, :now)
ON CONFLICT (id) DO UPDATE SET username = d.username
RETURNING username, body ->> 'order' AS number""")
_TAKEN = text("""
WITH old AS (DELETE FROM order_draft WHERE username = :username AND updated_at < :forgotten AND body ? 'order')
UPDATE order_draft SET body = jsonb_build_object('order', CAST(:number AS text)), updated_at = :now WHERE id = :id""")
_DRAFT = text("SELECT body FROM order_draft WHERE id = :id AND username = :username AND NOT body ? 'order'")
_DRAFTS = text("""
SELECT id, body, updated_at FROM order_draft WHERE username = :username AND NOT body ? 'order'
ORDER BY updated_at DESC LIMIT 50""")
_DISCARD = text("DELETE FROM order_draft WHERE id = :id AND username = :username AND NOT body ? 'order' RETURNING id")


async def save(tx: AsyncConnection, draft: str, username: str, body: dict[str, Any], now: datetime) -> bool:
    """Keep a draft; False when it is somebody else's, or an order already."""
    values = {"id": draft, "username": username, "body": json.dumps(body, ensure_ascii=False), "now": now}
    return (await tx.execute(_SAVE, values)).scalar_one_or_none() is not None


async def take(tx: AsyncConnection, draft: str, username: str, now: datetime) -> tuple[str, str | None]:
    """Lock a draft, making it when it was never kept: whose it is, and the order that it became already."""
    row = (await tx.execute(_TAKE, {"id": draft, "username": username, "now": now})).one()
    return row.username, row.number


async def taken(tx: AsyncConnection, draft: str, username: str, number: str, now: datetime) -> None:
    """The locked draft became this order; what was remembered of older ones is forgotten."""
    values = {"id": draft, "username": username, "number": number, "now": now, "forgotten": now - REMEMBERED}
    await tx.execute(_TAKEN, values)


async def draft(tx: AsyncConnection, draft: str, username: str) -> dict[str, Any] | None:
    """What was typed; None when the person has no such draft."""
    return (await tx.execute(_DRAFT, {"id": draft, "username": username})).scalar_one_or_none()


async def drafts_of(tx: AsyncConnection, username: str) -> list[dict[str, Any]]:
    """A person's drafts, the latest first: id, body, updated_at."""
    return [dict(row._mapping) for row in await tx.execute(_DRAFTS, {"username": username})]


async def discard(tx: AsyncConnection, draft: str, username: str) -> bool:
    """Throw a draft away; False when the person has no such draft."""
    return (await tx.execute(_DISCARD, {"id": draft, "username": username})).scalar_one_or_none() is not None
