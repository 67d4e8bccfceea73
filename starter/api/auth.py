"""Who is asking: the key of the Authorization header, looked up once and remembered for half a minute."""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request

from domain.actor import Actor, Role
from domain.errors import Forbidden, NotSignedIn, Told, told
from intake import keys
from starter.api.answers import in_database
from starter.api.limits import Limits

REMEMBERED_SECONDS = 30.0
REMEMBERED_KEYS = 1000
_LONGEST_KEY = 200
_HOW = told("Send 'Authorization: Bearer <key>'; an administrator makes keys with `orderkeep key create --role ROLE`.")


class KnownKeys:
    """Keys seen lately, by their hash: a revoked key stops working after REMEMBERED_SECONDS at the latest.

    Wrong keys are not remembered, so that nobody can fill the memory with guesses.
    """

    def __init__(self) -> None:
        self._seen: OrderedDict[bytes, tuple[Actor, float]] = OrderedDict()

    def remembers(self, key: str) -> bool:
        """Whether this key was good the last time that it was shown."""
        return hashlib.sha256(key.encode()).digest() in self._seen

    def forget(self) -> None:
        """Look every key up anew: one was revoked."""
        self._seen.clear()

    async def actor(self, key: str) -> Actor | None:
        """Whose key this is, or None."""
        digest = hashlib.sha256(key.encode()).digest()
        known = self._seen.get(digest)
        if known is not None and known[1] > time.monotonic():
            return known[0]

        async def look_up(tx: AsyncConnection) -> Actor | None:
            return await keys.identify(tx, key)

        actor = await in_database(look_up)
        self._seen.pop(digest, None)
        if actor is not None:
            self._seen[digest] = (actor, time.monotonic() + REMEMBERED_SECONDS)
            while len(self._seen) > REMEMBERED_KEYS:
                self._seen.popitem(last=False)
        return actor


def bearer(header: str | None) -> str:
    """The key in an Authorization header; NotSignedIn says how to send one."""
    if not header:
        raise NotSignedIn(told("This needs a key. {how}", how=_HOW))
    scheme, _, key = header.partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or not key:
        raise NotSignedIn(told("The Authorization header is not 'Bearer <key>'. {how}", how=_HOW))
    if len(key) > _LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise NotSignedIn(told("This is not a key of this system. {how}", how=_HOW))
    return key


async def signed_in(request: Request) -> Actor:
    """The actor behind the request's key, or NotSignedIn; TooMany when it, or its address, asks too often.

    A key that was good before is looked up whatever else comes from its address.
    """
    key = bearer(request.headers.get("authorization"))
    known: KnownKeys = request.app.state.known_keys
    limits: Limits = request.app.state.limits
    address = request.client.host if request.client else ""
    if not known.remembers(key):
        limits.may_guess(address)
    actor = await known.actor(key)
    if actor is not None:
        limits.count(actor.key or actor.name)
    else:
        limits.guessed_wrong(address)
        raise NotSignedIn(told("This key is not known, or it was revoked. {how}", how=_HOW))
    return actor


def require(actor: Actor, roles: frozenset[Role], doing: Told) -> None:
    """Refuse an actor whose role is not among `roles`, naming those that are."""
    if actor.role not in roles:
        able = ", ".join(sorted(role.value for role in roles))
        raise Forbidden(
            told(
                "The role {role} may not {doing}; these may: {able}. Use a key of one of them.",
                role=actor.role.value,
                doing=doing,
                able=able,
            )
        )
