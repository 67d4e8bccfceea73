"""Answers given under an Idempotency-Key, kept in the same transaction as their effect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.actor import Actor
from domain.errors import FieldError, Invalid


@dataclass(frozen=True, slots=True)
class Stored:
    """The answer that was given."""

    status: int
    response: str
    location: str | None


# Releases before 0.2.0 kept a request under the name of its sender; a repetition may come after the upgrade.
_CLAIM = text("""
INSERT INTO idempotency_key (actor, key, route, body_hash, created_at)
SELECT :actor, :key, :route, :body_hash, :now WHERE NOT EXISTS (
  SELECT FROM idempotency_key
  WHERE actor = :name AND key = :key AND route = :route AND body_hash = :body_hash AND status IS NOT NULL)
ON CONFLICT (actor, key) DO NOTHING RETURNING key""")
_READ = text("""
SELECT route, body_hash, status, response, location FROM idempotency_key
WHERE actor IN (:actor, :name) AND key = :key ORDER BY actor <> :actor LIMIT 1""")
_SEEN = text("""
INSERT INTO idempotency_key AS seen (actor, key, route, body_hash, status, created_at)
VALUES (:actor, :key, :route, :body_hash, 200, :now)
ON CONFLICT (actor, key) DO UPDATE SET key = seen.key RETURNING body_hash""")
_STORE = text("""
UPDATE idempotency_key SET status = :status, response = :response, location = :location
WHERE actor = :actor AND key = :key""")


def sender(actor: Actor) -> str:
    """Whose requests these are: those of one API key, so that nobody meets another's under a key that both chose."""
    return f"{actor.name} {actor.key}" if actor.key else actor.name


async def claim(
    tx: AsyncConnection, actor: Actor, key: str, route: str, body_hash: str, now: datetime
) -> Stored | None:
    """Take the key for this request, waiting for a concurrent twin; the stored answer when there is one.

    Errors: Invalid when the key was used for another request.
    """
    values = {
        "actor": sender(actor),
        "name": actor.name,
        "key": key,
        "route": route,
        "body_hash": body_hash,
        "now": now,
    }
    if (await tx.execute(_CLAIM, values)).scalar_one_or_none() is not None:
        return None
    row = (await tx.execute(_READ, values)).one()
    if (row.route, row.body_hash) != (route, body_hash):
        detail = "The key was used for another request; send a new key with a new request."
        raise Invalid("The Idempotency-Key belongs to another request.", errors=[FieldError("", detail)])
    return Stored(row.status, row.response, row.location)


async def seen(tx: AsyncConnection, actor: str, key: str, route: str, body_hash: str, now: datetime) -> None:
    """Remember a message of another company's system by its id, together with its effect.

    Errors: Invalid when the id was another message's; its effect is then rolled back with this transaction.
    """
    values = {"actor": actor, "key": key, "route": route, "body_hash": body_hash, "now": now}
    if (await tx.execute(_SEEN, values)).scalar_one() != body_hash:
        raise Invalid(
            "This webhook-id was another message's. Send each event under an id of its own.",
            errors=[FieldError("", "the header webhook-id belongs to another message")],
        )


async def store(tx: AsyncConnection, actor: Actor, key: str, status: int, response: str, location: str | None) -> None:
    """Keep the answer for the next request with the same key."""
    values = {"actor": sender(actor), "key": key, "status": status, "response": response, "location": location}
    await tx.execute(_STORE, values)
