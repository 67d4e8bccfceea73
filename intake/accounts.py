"""What an administrator changes about an account: name, role, e-mail address and language; and who did."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import accounts
from domain.actor import Actor, Role
from domain.errors import FieldError, Forbidden, IllegalMove, Invalid, NotFound, told
from domain.requests import AccountChange

NOT_FOR_PEOPLE = "integration is the role of programs; they use keys (orderkeep key create)"


async def change_user(tx: AsyncConnection, actor: Actor, username: str, wish: AccountChange, now: datetime) -> None:
    """Change what the wish names, and keep who did; what is so already changes nothing and is not noted.

    Open sessions have the new role from their next request on. Errors: NotFound; Invalid when nothing is named, or for
    the role of programs; IllegalMove for the role of the last administrator; Forbidden while standing in.
    """
    for_oneself(actor)
    given = wish.model_dump(mode="json", exclude_unset=True)
    if not given:
        raise Invalid("Name what is to be changed: name, role, email or language.")
    if wish.role is Role.INTEGRATION:
        raise Invalid("The account is not as it must be.", errors=[FieldError("/role", NOT_FOR_PEOPLE)])
    others = [each for each in await accounts.administrators(tx) if each != username]
    found = await accounts.locked(tx, username)
    if found is None:
        raise no_user(username)
    after = {field: value for field, value in given.items() if value != found[field]}
    if found["role"] == Role.ADMIN and "role" in after and not others:
        raise last_administrator(username)
    if after:
        before = {field: found[field] for field in after}
        await accounts.change(tx, username, {**found, **after})
        await accounts.note(tx, username, actor.name, "changed", now, before, after)


async def may_be_closed(tx: AsyncConnection, username: str) -> None:
    """Refuse to close the account of the last administrator: nobody could open another one in the console.

    Errors: IllegalMove.
    """
    if await accounts.administrators(tx) == [username]:
        raise last_administrator(username)


def for_oneself(actor: Actor) -> None:
    """Otherwise whoever stands in for an administrator for a day could make themselves one for ever."""
    if actor.name != actor.person:
        raise Forbidden("Accounts are kept by administrators themselves, and by nobody who stands in for one.")


def no_user(username: str) -> NotFound:
    """There is no account of this name."""
    return NotFound(told("There is no user {name}; GET /v1/users lists all.", name=username))


def last_administrator(username: str) -> IllegalMove:
    """Without this account nobody could keep accounts any more."""
    return IllegalMove(
        told("{name} is the last administrator who may sign in. Give another account that role first.", name=username)
    )
