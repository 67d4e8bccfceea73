"""Keys: who may talk to us. A key is shown once; only its hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import keys
from domain.actor import Actor, Role
from domain.errors import IllegalMove, NotFound, told

_SCHEME = "ok"


def _digest(secret: str) -> str:
    """SHA-256 suffices for 256 random bits; a slow hash on each call would be a denial of service against ourselves."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def issue_key(tx: AsyncConnection, actor: Actor, name: str, role: Role, now: datetime) -> str:
    """Make a key as `create_key` does, whose name no other good key has: a name in a timeline means one holder.

    Errors: IllegalMove, which names the prefix of the good key that has the name.
    """
    good = await keys.prefixes_of(tx, name)
    if good:
        detail = told(
            "A good key has the name {name} already: {prefixes}. Choose another name, or revoke that one first with "
            "POST /v1/keys/{prefix}/revoke.",
            name=repr(name),
            prefixes=", ".join(good),
            prefix=good[0],
        )
        raise IllegalMove(detail, legal_moves=("revoke",))
    return await create_key(tx, actor, name, role, now)


async def create_key(tx: AsyncConnection, actor: Actor, name: str, role: Role, now: datetime) -> str:
    """Make a key `ok_<prefix>_<secret>` of a role; the name goes into every timeline row that it causes.

    Whoever holds the database itself may make one under any name: the earlier key of that name may be lost.
    """
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    await keys.insert_key(tx, prefix, _digest(secret), name, Role(role).value, now)
    return f"{_SCHEME}_{prefix}_{secret}"


async def revoke_key(tx: AsyncConnection, actor: Actor, key: str, now: datetime) -> dict[str, Any]:
    """Revoke the key of this prefix, or the only good key of this name; the key as the list shows it.

    Errors: NotFound; IllegalMove when several good keys have the name, or when it is the key that asks.
    """
    known = await keys.all_keys(tx)
    meant = [each for each in known if each["prefix"] == key]
    meant = meant or [each for each in known if each["name"] == key and each["revoked_at"] is None]
    meant = meant or [each for each in known if each["name"] == key][-1:]
    if not meant:
        raise NotFound(told("There is no key {key}; GET /v1/keys lists names and prefixes.", key=repr(key)))
    if len(meant) > 1:
        prefixes = ", ".join(each["prefix"] for each in meant)
        raise IllegalMove(
            told(
                "Several keys have the name {key}: {prefixes}. Revoke one by its prefix.",
                key=repr(key),
                prefixes=prefixes,
            )
        )
    (found,) = meant
    if found["prefix"] == actor.key:
        raise IllegalMove("A key cannot revoke itself. Use another administrator's key.")
    await keys.revoke(tx, found["prefix"], now)
    return {**found, "revoked_at": found["revoked_at"] or now}


async def identify(tx: AsyncConnection, key: str) -> Actor | None:
    """Whose key it is; None for a key that is malformed, unknown or revoked."""
    scheme, _, rest = key.partition("_")
    prefix, _, secret = rest.partition("_")
    if scheme != _SCHEME or not secret or "\x00" in key:
        return None
    found = await keys.read_key(tx, prefix)
    if found is None or not hmac.compare_digest(found[0], _digest(secret)):
        return None
    return Actor(found[1], Role(found[2]), prefix)
