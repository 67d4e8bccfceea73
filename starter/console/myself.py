"""A person's own page: who they are, their password, where they are signed in, and who stands in for them."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from db.queries import delegations as kept
from db.queries import users as accounts
from domain.actor import Actor
from domain.errors import FieldError, Forbidden, Invalid, NotFound
from intake import delegations, users
from intake.users import Person
from starter.api.answers import in_database
from starter.console.acting import act, texts
from starter.console.door import COOKIE, pages
from starter.console.page import render
from starter.console.signing_in import count_try

router = pages()
_LAST_YEAR = 9000
"""Beyond it no day has a next one for sure."""


@router.get("/me")
async def myself(request: Request) -> Response:
    """The person's own page."""
    person, now = _person(request), datetime.now(UTC)

    async def look(tx: AsyncConnection) -> dict[str, Any]:
        everybody = await accounts.all_users(tx)
        return {
            "account": next(each for each in everybody if each["username"] == person.username),
            "colleagues": [each for each in everybody if each["active"] and each["username"] != person.username],
            "sessions": await users.sessions(tx, person.username, _token(request), now),
            "delegations": await kept.delegations_of(tx, person.username, now),
        }

    done = request.query_params.get("done", "")
    return render(request, "myself.html", **await in_database(look), done=done, once=uuid.uuid4().hex)


@router.post("/me/password")
async def change_password(request: Request) -> Response:
    """Another password, for whoever knows the old one; other browsers are signed out."""
    form = await request.form()
    old, new, again = (str(form.get(field, "")) for field in ("old", "password", "again"))
    if new != again:
        raise Invalid(
            "The password is not as it must be.",
            errors=[FieldError("/again", "the two new passwords are not the same")],
        )
    count_try(request)

    async def change(tx: AsyncConnection) -> bool:
        return await users.change_password(tx, _person(request).username, old, new, _token(request), datetime.now(UTC))

    if not await in_database(change):
        raise Forbidden(
            "The old password is not right, or the account is locked for some minutes after too many tries."
        )
    return RedirectResponse("/me?done=password", 303)


@router.post("/me/sessions/end")
async def sign_out_elsewhere(request: Request) -> Response:
    """Sign this person out in every other browser."""

    async def leave(tx: AsyncConnection) -> None:
        await users.sign_out_elsewhere(tx, _person(request).username, _token(request))

    await in_database(leave)
    return RedirectResponse("/me?done=sessions", 303)


@router.post("/me/delegations")
async def hand_over(request: Request) -> Response:
    """A colleague stands in for this person, from a day on until the end of another."""
    form = texts(await request.form())
    first, last = _day(form, "begins_on", optional=True), _day(form, "ends_on")
    begins_at = None if first is None else datetime.combine(first, time(), UTC)
    ends_at = datetime.combine(last or date.min, time(), UTC) + timedelta(days=1)

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> None:
        await delegations.delegate(tx, actor, actor.name, form.get("stand_in", ""), begins_at, ends_at, now)

    await act(request, "hand_over", work, once=form.get("once"))
    return RedirectResponse("/me", 303)


@router.post("/me/delegations/{delegation}/end")
async def take_back(request: Request, delegation: str) -> Response:
    """The person is back early."""
    form = texts(await request.form())
    if not delegation.isascii() or not delegation.isdecimal() or len(delegation) > 9:
        raise NotFound("There is no such delegation, or it was called off before it began.")

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> None:
        await delegations.end_delegation(tx, actor, int(delegation), now, away=actor.name)

    await act(request, "take_back", work, once=form.get("once"))
    return RedirectResponse("/me", 303)


def _person(request: Request) -> Person:
    person: Person = request.state.person
    return person


def _token(request: Request) -> str:
    return request.cookies.get(COOKIE, "")


def _day(form: dict[str, str], field: str, *, optional: bool = False) -> date | None:
    if optional and field not in form:
        return None
    try:
        day = date.fromisoformat(form.get(field, ""))
    except ValueError:
        day = date.max
    if day.year >= _LAST_YEAR:
        error = FieldError(f"/{field}", 'a date is expected, for example "2026-03-01"')
        raise Invalid("The delegation is not as it must be.", errors=[error])
    return day
