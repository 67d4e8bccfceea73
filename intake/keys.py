"""Keys: who may talk to us. A key is shown once; only its hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import keys
from domain.actor import Actor, Role

_SCHEME = "ok"


def _digest(secret: str) -> str:
    """SHA-256 suffices for 256 random bits; a slow hash on each call would be a denial of service against ourselves."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def create_key(tx: AsyncConnection, actor: Actor, name: str, role: Role, now: datetime) -> str:
    """Make a key `ok_<prefix>_<secret>` of a role; the name goes into every timeline row that it causes."""
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    await keys.insert_key(tx, prefix, _digest(secret), name, Role(role).value, now)
    return f"{_SCHEME}_{prefix}_{secret}"


async def identify(tx: AsyncConnection, key: str) -> Actor | None:
    """Whose key it is; None for a key that is malformed, unknown or revoked."""
    scheme, _, rest = key.partition("_")
    prefix, _, secret = rest.partition("_")
    if scheme != _SCHEME or not secret or "\x00" in key:
        return None
    found = await keys.read_key(tx, prefix)
    if found is None or not hmac.compare_digest(found[0], _digest(secret)):
        return None
    return Actor(found[1], Role(found[2]))
