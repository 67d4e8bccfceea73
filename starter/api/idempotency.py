"""One POST, one transaction: the key is claimed, the work done and the answer stored, or nothing of it happened.

A refusal rolls everything back, the claim included, so that the corrected request may use the same key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from db.queries import idempotency
from domain.actor import Actor
from domain.errors import Malformed, told
from starter.api.answers import in_database, text_response, to_json

LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Answer:
    """What a piece of work answers; `stored` replaces the document in a replay when it holds a secret."""

    status: int
    document: Any
    location: str | None = None
    stored: Any = None


Work = Callable[[AsyncConnection, Actor, datetime], Awaitable[Answer]]


def key_of(request: Request) -> str | None:
    """The Idempotency-Key of a POST, or None; Malformed when it is not 1 to 255 visible characters."""
    key = request.headers.get("idempotency-key") if request.method == "POST" else None
    if key is None:
        return None
    if not 1 <= len(key) <= LONGEST_KEY or any(not "!" <= character <= "~" for character in key):
        raise Malformed(
            told(
                "The Idempotency-Key must be 1 to {longest_key} visible ASCII characters without "
                "spaces; a UUID is ideal.",
                longest_key=LONGEST_KEY,
            )
        )
    return key


async def perform(request: Request, work: Work) -> Response:
    """Do `work` once for the request's key and answer it; a repetition gets the stored answer."""
    actor: Actor = request.state.actor
    now = datetime.now(UTC)
    key = key_of(request)
    if key is None:

        async def once(tx: AsyncConnection) -> Response:
            answer = await work(tx, actor, now)
            return _answered(answer.status, to_json(answer.document), answer.location)

        return await in_database(once)
    # The language of the answer makes no other request.
    query = "&".join(part for part in request.url.query.split("&") if not part.startswith("lang="))
    route = f"{request.method} {request.url.path}{'?' if query else ''}{query}"
    body_hash = hashlib.sha256(await request.body()).hexdigest()

    async def once_for_key(tx: AsyncConnection) -> Response:
        earlier = await idempotency.claim(tx, actor, key, route, body_hash, now)
        if earlier is not None:
            return _answered(earlier.status, earlier.response, earlier.location, replay=True)
        answer = await work(tx, actor, now)
        kept = to_json(answer.document if answer.stored is None else answer.stored)
        await idempotency.store(tx, actor, key, answer.status, kept, answer.location)
        return _answered(answer.status, to_json(answer.document), answer.location)

    return await in_database(once_for_key)


def _answered(status: int, json_text: str, location: str | None, *, replay: bool = False) -> Response:
    headers = {"Location": location} if location else {}
    if replay:
        headers["Idempotent-Replay"] = "true"
    return text_response(json_text, status, headers)
