"""API keys: written once, read by prefix."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_INSERT = text("""
INSERT INTO api_key (prefix, hash, name, role, created_at) VALUES (:prefix, :hash, :name, :role, :now)""")
_READ = text("SELECT hash, name, role FROM api_key WHERE prefix = :prefix AND revoked_at IS NULL")
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('api_key/' || :name, 0))")
_GOOD = text("SELECT prefix FROM api_key WHERE name = :name AND revoked_at IS NULL ORDER BY created_at, prefix")
_LIST = text("""
SELECT prefix, name, role, created_at, revoked_at FROM api_key ORDER BY created_at, prefix""")
_REVOKE = text("""
UPDATE api_key SET revoked_at = :now WHERE prefix = :prefix AND revoked_at IS NULL RETURNING prefix""")


async def all_keys(tx: AsyncConnection) -> list[dict[str, Any]]:
    """Every key, the oldest first: its public prefix, whose it is, what it may, and until when it was good."""
    return [dict(row._mapping) for row in await tx.execute(_LIST)]


async def prefixes_of(tx: AsyncConnection, name: str) -> list[str]:
    """The prefixes of the good keys of a name; until the transaction ends nobody else asks for the same name."""
    await tx.execute(_LOCK, {"name": name})
    return [row.prefix for row in await tx.execute(_GOOD, {"name": name})]


async def revoke(tx: AsyncConnection, prefix: str, now: datetime) -> bool:
    """Revoke a key; False when it was revoked before."""
    return (await tx.execute(_REVOKE, {"prefix": prefix, "now": now})).scalar_one_or_none() is not None


async def insert_key(tx: AsyncConnection, prefix: str, digest: str, name: str, role: str, now: datetime) -> None:
    """Keep a key's hash."""
    await tx.execute(_INSERT, {"prefix": prefix, "hash": digest, "name": name, "role": role, "now": now})


async def read_key(tx: AsyncConnection, prefix: str) -> tuple[str, str, str] | None:
    """(hash, name, role) of a key that is not revoked."""
    row = (await tx.execute(_READ, {"prefix": prefix})).one_or_none()
    return None if row is None else (row.hash, row.name, row.role)
