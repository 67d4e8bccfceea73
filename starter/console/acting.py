"""How a button acts: as the person, with the API's function, in one transaction, once."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData
from starlette.requests import Request

from db.queries import idempotency, review
from domain.actor import Actor, Role
from domain.errors import Forbidden, told
from domain.review import deciders
from intake.users import Person
from starter.api.answers import in_database, to_json
from starter.console.roles import roles_that_may_open

Work = Callable[[AsyncConnection, Actor, datetime], Awaitable[Any]]
ONCE = "once"
"""The form's hidden field with a fresh key per page shown: pressing the button twice does the work once."""
OF_HOLDS = ("release_hold", "reject_hold")
"""What is done to a hold, by whoever may decide that very hold."""
LONGEST_ID = 18
"""Digits of a row's number."""


def actor_for(request: Request, operation: str, among: frozenset[Role] | None = None) -> Actor:
    """As whom the person acts: under their own role, or for one for whom they stand in; a role of `among` if one fits.

    Errors: Forbidden.
    """
    person: Person = request.state.person
    roles = roles_that_may_open(operation, reads=False)
    actor = person.actor_for(roles & (among or roles)) or person.actor_for(roles)
    if actor is None:
        doing = told(operation.replace("_", " "))
        raise Forbidden(told("Your role may not do this ({doing}). Ask a colleague whose role may.", doing=doing))
    return actor


def row_number(document: str) -> int | None:
    """What an address or a form says is the number of a hold or a dispute; None when it is no such number."""
    return int(document) if document.isdecimal() and len(document) <= LONGEST_ID else None


async def decided_among(operation: str, order: str, document: str) -> frozenset[Role] | None:
    """The roles of which one must be had to decide this hold; None for an operation on anything else."""
    hold = row_number(document) if operation in OF_HOLDS else None
    if hold is None:
        return None
    owner = await in_database(lambda tx: review.hold_owner(tx, order, hold))
    return None if owner is None else deciders(owner)


async def act(
    request: Request, operation: str, work: Work, *, once: str | None = None, among: frozenset[Role] | None = None
) -> Any:
    """Run an operation of the API as the person; with `once`, a repetition does nothing and returns None.

    Errors: whatever the operation refuses; the page of the refusal is made by the door.
    """
    actor = actor_for(request, operation, among)
    now = datetime.now(UTC)

    async def whole(tx: AsyncConnection) -> Any:
        if once:
            route = f"console {operation} {request.url.path}"
            digest = hashlib.sha256(once.encode()).hexdigest()
            if await idempotency.claim(tx, actor, f"console-{digest[:32]}", route, digest, now) is not None:
                return None
        result = await work(tx, actor, now)
        if once:
            await idempotency.store(tx, actor, f"console-{digest[:32]}", 200, to_json(None), None)
        return result

    return await in_database(whole)


def texts(form: FormData) -> dict[str, str]:
    """The fields of a form that were filled in, without spaces around."""
    return {name: value.strip() for name, value in form.items() if isinstance(value, str) and value.strip()}
