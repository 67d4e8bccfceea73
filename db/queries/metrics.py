"""The state of the business in numbers, read at each scrape."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_COUNTS = text("""
SELECT 'orders' AS name, state AS label, count(*) AS number FROM sales_order GROUP BY state
UNION ALL SELECT 'holds_open', reason, count(*) FROM hold WHERE status = 'OPEN' GROUP BY reason
ORDER BY name, label""")
_WAITING = text("""
SELECT b.backlog AS outbox_backlog, b.oldest AS outbox_oldest_seconds,
  (SELECT count(*) FROM notice WHERE sent_at IS NULL) AS notices_pending
FROM (SELECT count(*) AS backlog, coalesce(CAST(extract(epoch FROM now() - min(created_at)) AS float8), 0) AS oldest
  FROM engine_outbox WHERE sent_at IS NULL) b""")


async def business(tx: AsyncConnection) -> dict[str, Any]:
    """Orders by state, open holds by reason, and what waits to leave: messages to the engine, notices to people."""
    counted: dict[str, Any] = {"orders": {}, "holds_open": {}}
    for row in await tx.execute(_COUNTS):
        counted[row.name][row.label] = row.number
    return counted | dict((await tx.execute(_WAITING)).one()._mapping)
