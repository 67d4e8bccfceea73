"""Who stands in for whom while somebody is away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_COLUMNS = "id, away, stand_in, begins_at, ends_at, created_by, created_at"
_LIST = text(f"SELECT {_COLUMNS} FROM delegation WHERE ends_at > :now ORDER BY begins_at, id")
_OF = text(f"""
SELECT {_COLUMNS} FROM delegation WHERE (away = :username OR stand_in = :username) AND ends_at > :now
ORDER BY begins_at, id""")
_READ = text(f"SELECT {_COLUMNS} FROM delegation WHERE id = :id FOR UPDATE")
_OVERLAPPING = text("""
SELECT id FROM delegation
WHERE away = :away AND stand_in = :stand_in AND begins_at < :ends_at AND ends_at > :begins_at LIMIT 1""")
_INSERT = text(f"""
INSERT INTO delegation (away, stand_in, begins_at, ends_at, created_by, created_at)
VALUES (:away, :stand_in, :begins_at, :ends_at, :created_by, :now) RETURNING {_COLUMNS}""")
_END = text(f"UPDATE delegation SET ends_at = :now WHERE id = :id RETURNING {_COLUMNS}")
_CALL_OFF = text(f"DELETE FROM delegation WHERE id = :id RETURNING {_COLUMNS}")


async def delegations(tx: AsyncConnection, now: datetime) -> list[dict[str, Any]]:
    """All that go on or are to begin."""
    return [dict(row._mapping) for row in await tx.execute(_LIST, {"now": now})]


async def delegations_of(tx: AsyncConnection, username: str, now: datetime) -> list[dict[str, Any]]:
    """Those of one person, away or standing in, that go on or are to begin."""
    return [dict(row._mapping) for row in await tx.execute(_OF, {"username": username, "now": now})]


async def locked(tx: AsyncConnection, number: int) -> dict[str, Any] | None:
    """One delegation under its row's lock; None when there is none."""
    row = (await tx.execute(_READ, {"id": number})).one_or_none()
    return None if row is None else dict(row._mapping)


async def overlaps(tx: AsyncConnection, away: str, stand_in: str, begins_at: datetime, ends_at: datetime) -> bool:
    """Whether the same person stands in already in some of that time."""
    values = {"away": away, "stand_in": stand_in, "begins_at": begins_at, "ends_at": ends_at}
    return (await tx.execute(_OVERLAPPING, values)).first() is not None


async def insert(
    tx: AsyncConnection,
    away: str,
    stand_in: str,
    begins_at: datetime,
    ends_at: datetime,
    created_by: str,
    now: datetime,
) -> dict[str, Any]:
    """Keep who stands in for whom."""
    values = {"away": away, "stand_in": stand_in, "begins_at": begins_at, "ends_at": ends_at}
    return dict((await tx.execute(_INSERT, {**values, "created_by": created_by, "now": now})).one()._mapping)


async def end(tx: AsyncConnection, number: int, now: datetime) -> dict[str, Any]:
    """End one that goes on."""
    return dict((await tx.execute(_END, {"id": number, "now": now})).one()._mapping)


async def call_off(tx: AsyncConnection, number: int) -> dict[str, Any]:
    """Forget one that never began; nobody has acted under it."""
    return dict((await tx.execute(_CALL_OFF, {"id": number})).one()._mapping)
