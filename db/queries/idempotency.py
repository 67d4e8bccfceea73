"""Answers given under an Idempotency-Key, kept in the same transaction as their effect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import FieldError, Invalid


@dataclass(frozen=True, slots=True)
class Stored:
    """The answer that was given."""

    status: int
    response: str
    location: str | None


_CLAIM = text("""
INSERT INTO idempotency_key (actor, key, route, body_hash, created_at)
VALUES (:actor, :key, :route, :body_hash, :now) ON CONFLICT (actor, key) DO NOTHING RETURNING key""")
_READ = text("""
SELECT route, body_hash, status, response, location FROM idempotency_key WHERE actor = :actor AND key = :key""")
_STORE = text("""
UPDATE idempotency_key SET status = :status, response = :response, location = :location
WHERE actor = :actor AND key = :key""")


async def claim(tx: AsyncConnection, actor: str, key: str, route: str, body_hash: str, now: datetime) -> Stored | None:
    """Take the key for this request, waiting for a concurrent twin; the stored answer when there is one.

    Errors: Invalid when the key was used for another request.
    """
    values = {"actor": actor, "key": key, "route": route, "body_hash": body_hash, "now": now}
    if (await tx.execute(_CLAIM, values)).scalar_one_or_none() is not None:
        return None
    row = (await tx.execute(_READ, values)).one()
    if (row.route, row.body_hash) != (route, body_hash):
        detail = "The key was used for another request; send a new key with a new request."
        raise Invalid("The Idempotency-Key belongs to another request.", errors=[FieldError("", detail)])
    return Stored(row.status, row.response, row.location)


async def store(tx: AsyncConnection, actor: str, key: str, status: int, response: str, location: str | None) -> None:
    """Keep the answer for the next request with the same key."""
    values = {"actor": actor, "key": key, "status": status, "response": response, "location": location}
    await tx.execute(_STORE, values)
