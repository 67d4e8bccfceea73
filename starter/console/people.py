"""The people of the company: their accounts, opened, closed and reset by an administrator."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from db.queries import users as accounts
from domain.actor import Actor, Role
from domain.errors import FieldError, Invalid
from intake import users
from starter.api.answers import in_database
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
