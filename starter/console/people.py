"""The people of the company: their accounts, opened, closed and reset by an administrator."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from db.queries import accounts as kept
from db.queries import users as accounts
from domain.actor import Actor, Role
from domain.errors import FieldError, Invalid, NotFound
from domain.requests import AccountChange
from intake import accounts as changing
from intake import users
from starter.api.answers import in_database
from starter.api.bodies import valid
from starter.console.acting import Work, act, texts
from starter.console.door import pages
from starter.console.page import render

router = pages()
ROLES = tuple(role for role in Role if role is not Role.INTEGRATION)


@router.get("/users")
async def people(request: Request) -> Response:
    """Every account, and a form for a new one."""
    return await _page(request)


@router.post("/users")
async def create_user(request: Request) -> Response:
    """Open an account; its password, unless the person signs in at the provider, is shown on this answer alone."""
    form = texts(await request.form())
    username = form.get("username", "").lower()
    password: str | None = secrets.token_urlsafe(12)
    if form.get("role") not in set(ROLES):
        raise Invalid("The account is not as it must be.", errors=[FieldError("/role", "choose one of the roles")])
    role = Role(form["role"])
    if "provider" in form:
        password = None

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> str | None:
        await users.create_user(tx, actor, username, form.get("name", username)[:200], role, password, now)
        return password

    return await _with_password(request, "create_user", username, work, form)


@router.get("/users/{username}")
async def account(request: Request, username: str) -> Response:
    """One account: what can be changed about it, and who has changed it."""
    return await _account_page(request, username)


@router.post("/users/{username}")
async def change_user(request: Request, username: str) -> Response:
    """Change name, role, e-mail and language of a person; where they are signed in, the role holds at once."""
    form = texts(await request.form())
    given = {"name": form.get("name"), "role": form.get("role")}
    body = {**given, "email": form.get("email"), "language": form.get("language")}

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> None:
        await changing.change_user(tx, actor, username, valid(AccountChange, body), now)

    try:
        await act(request, "change_user", work, once=form.get("once"))
    except Invalid as refusal:
        wrong = {each.pointer[1:]: each.detail for each in refusal.errors}
        return await _account_page(request, username, 422, filled={**body, **form}, wrong=wrong)
    return RedirectResponse("/users", 303)


@router.post("/users/{username}/reset")
async def reset_user(request: Request, username: str) -> Response:
    """Give a person another password, open and unlock the account."""
    password = secrets.token_urlsafe(12)

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> str:
        await users.reset_user(tx, actor, username, password, now)
        return password

    return await _with_password(request, "reset_user", username, work, texts(await request.form()))


@router.post("/users/{username}/disable")
async def disable_user(request: Request, username: str) -> Response:
    """Close an account."""
    form = texts(await request.form())

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> None:
        await users.disable_user(tx, actor, username, now)

    await act(request, "disable_user", work, once=form.get("once"))
    return RedirectResponse("/users", 303)


async def _account_page(request: Request, username: str, status: int = 200, **said: Any) -> Response:
    async def look(tx: AsyncConnection) -> dict[str, Any] | None:
        return await kept.account_view(tx, username) if username.isprintable() else None

    found = await in_database(look)
    if found is None:
        raise NotFound("There is no account of this name. The list of people has all of them.")
    told: dict[str, Any] = {"filled": found, "wrong": {}, **said}
    return render(request, "account.html", status, account=found, roles=ROLES, once=uuid.uuid4().hex, **told)


async def _with_password(request: Request, operation: str, username: str, work: Work, form: dict[str, str]) -> Response:
    """The page with the password that was made; whoever sends the form again sees the list alone."""
    password = await act(request, operation, work, once=form.get("once"))
    if password is None:
        return RedirectResponse("/users", 303)
    return await _page(request, made={"username": username, "password": password})


async def _page(request: Request, made: dict[str, str] | None = None) -> Response:
    async def look(tx: AsyncConnection) -> list[dict[str, Any]]:
        return await accounts.all_users(tx)

    everybody = await in_database(look)
    return render(request, "people.html", people=everybody, roles=ROLES, made=made, once=uuid.uuid4().hex)
