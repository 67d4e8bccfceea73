"""People who sign in to the console, over HTTP: their accounts, for administrators."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated, Literal

from fastapi import Body
from pydantic import SecretStr, StringConstraints
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from db.queries import accounts as kept
from db.queries import users as accounts
from domain.actor import Actor, Role
from domain.facts import Fact
from domain.requests import AccountChange
from domain.shapes import Code, Email, Name, Truth
from intake import accounts as changing
from intake import users
from starter.api.answers import in_database, json_response
from starter.api.contract import Number, answers, location, page_of, stage_router
from starter.api.idempotency import Answer, perform
from starter.api.reading import shown
from starter.api.schemas import users as shapes

router = stage_router("users")


class UserRequest(Fact):
    """A person who is to sign in; without a password one is made and shown once.

    `provider`: no password is made, the person signs in at the company's identity provider, as `subject` if that is
    known already.
    """

    username: Code
    name: Name | None = None
    role: Role
    password: SecretStr | None = None
    email: Email | None = None
    language: Literal["en", "zh-CN"] | None = None
    provider: Truth = False
    subject: Annotated[Name, StringConstraints(max_length=users.LONGEST_SUBJECT)] | None = None


class PasswordRequest(Fact):
    """Another password; without one it is made and shown once."""

    password: SecretStr | None = None


def _password(given: SecretStr | None) -> str:
    return secrets.token_urlsafe(12) if given is None else given.get_secret_value()


async def _answer(tx: AsyncConnection, status: int, username: str, made: str | None) -> Answer:
    """The account; a password that was made is in the first answer alone, and never kept."""
    account = await accounts.read_user(tx, username)
    place = location("users", username) if status == 201 else None
    return Answer(status, {**(account or {}), "password": made}, place, stored={**(account or {}), "password": None})


@router.get("/users", responses=page_of(shapes.User, "people who sign in, by their user names"))
async def list_users() -> Response:
    """List the accounts, never a password."""

    async def look(tx: AsyncConnection) -> Response:
        return json_response({"items": await accounts.all_users(tx), "next": None})

    return await in_database(look)


@router.post("/users", status_code=201, responses=answers(shapes.UserWithPassword, created="The account"))
async def create_user(request: Request, body: UserRequest) -> Response:
    """Open an account with one role. A password that is made is shown once; only its hash is kept."""
    without = (body.provider or body.subject is not None) and body.password is None
    password = None if without else _password(body.password)

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        name, more = (
            body.name or body.username,
            {"email": body.email, "language": body.language, "subject": body.subject},
        )
        await users.create_user(tx, actor, body.username, name, body.role, password, now, **more)
        return await _answer(tx, 201, body.username, None if body.password else password)

    return await perform(request, work)


@router.get("/users/{username}", responses=answers(shapes.UserWithChanges, ok="The account"))
async def read_user(username: Number) -> Response:
    """One account, with who opened, changed, reset or closed it, the latest first."""
    return await shown(kept.account_view, "user", username)


@router.patch("/users/{username}", responses=answers(shapes.UserWithChanges, ok="The account as it is now"))
async def change_user(request: Request, username: Number, body: AccountChange) -> Response:
    """Change name, role, e-mail or language of a person: what is named changes, the rest stays.

    Open sessions have the new role at once. The last administrator keeps the role.
    """

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        await changing.change_user(tx, actor, username, body, now)
        return Answer(200, await kept.account_view(tx, username))

    return await perform(request, work)


@router.post("/users/{username}/disable", responses=answers(shapes.User, ok="The account, which is closed"))
async def disable_user(request: Request, username: Number) -> Response:
    """Close an account, and sign the person out everywhere."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        await users.disable_user(tx, actor, username, now)
        return Answer(200, await accounts.read_user(tx, username))

    return await perform(request, work)


@router.post("/users/{username}/reset", responses=answers(shapes.UserWithPassword, ok="The account, which is open"))
async def reset_user(
    request: Request, username: Number, body: Annotated[PasswordRequest | None, Body()] = None
) -> Response:
    """Give a person another password, open and unlock the account, and sign them out everywhere."""
    given = body.password if body else None
    password = _password(given)

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        await users.reset_user(tx, actor, username, password, now)
        return await _answer(tx, 200, username, None if given else password)

    return await perform(request, work)
