"""People who sign in: accounts, passwords, and the sessions of their browsers."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import accounts, users
from domain.actor import Actor, Role, standing_in
from domain.errors import FieldError, IllegalMove, Invalid, told
from intake.accounts import NOT_FOR_PEOPLE, for_oneself, may_be_closed, no_user

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 200
LONGEST_SUBJECT = 255
TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
SESSION_LASTS = timedelta(days=7)
IDLE = timedelta(hours=12)
_NOTED_EVERY = timedelta(minutes=1)
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_urlsafe())
"""What a password is compared with when there is no such account, so that the time tells nothing."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who uses this browser: their own role, and the roles of those for whom they stand in today."""

    username: str
    name: str
    role: Role
    language: str | None = None
    stands_in_for: tuple[tuple[str, Role], ...] = ()

    def actor_for(self, roles: frozenset[Role]) -> Actor | None:
        """As whom the person may do what these roles may: as themselves, else for one who is away; None: not at all."""
        if self.role in roles:
            return Actor(self.username, self.role)
        for away, role in self.stands_in_for:
            if role in roles:
                return standing_in(self.username, away, role)
        return None

    def may(self, roles: frozenset[Role]) -> bool:
        """Whether the person may do what these roles may."""
        return self.actor_for(roles) is not None

    @property
    def roles(self) -> frozenset[Role]:
        """The person's role and those that they stand in for."""
        return frozenset((self.role, *(role for _, role in self.stands_in_for)))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def _hashed(password: str) -> str:
    """Argon2id, apart from the event loop: it is meant to take its time."""
    return await asyncio.to_thread(_hasher.hash, password)


async def _fits(password_hash: str, password: str) -> bool:
    try:
        return await asyncio.to_thread(_hasher.verify, password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _check(username: str, password: str | None, role: Role) -> None:
    wrong = []
    if not _USERNAME.fullmatch(username):
        detail = "a username has 1 to 64 of: small letters, digits, dot, dash, underscore"
        wrong.append(FieldError("/username", detail))
    if role is Role.INTEGRATION:
        wrong.append(FieldError("/role", NOT_FOR_PEOPLE))
    if password is not None:
        wrong += _password_errors(password)
    if wrong:
        raise Invalid("The account is not as it must be.", errors=wrong)


def _password_errors(password: str) -> list[FieldError]:
    if SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return []
    bounds = {"least": SHORTEST_PASSWORD, "most": LONGEST_PASSWORD}
    return [FieldError("/password", told("a password has {least} to {most} characters", **bounds))]


async def create_user(
    tx: AsyncConnection,
    actor: Actor,
    username: str,
    name: str,
    role: Role,
    password: str | None,
    now: datetime,
    *,
    email: str | None = None,
    language: str | None = None,
    subject: str | None = None,
) -> None:
    """Open an account; without a password the person signs in through the identity provider, as `subject`.

    Errors: Invalid for a username or password that is none; IllegalMove when the username is taken.
    """
    for_oneself(actor)
    _check(username, password, role)
    password_hash = None if password is None else await _hashed(password)
    if not await users.insert_user(tx, username, name, role.value, email, language, password_hash, subject, now):
        if await users.read_user(tx, username) is None:
            error = FieldError("/subject", "another account has this subject")
            raise Invalid("The account is not as it must be.", errors=[error])
        raise IllegalMove(told("There is a user {name} already; reset gives them another password.", name=username))
    opened = {"name": name, "role": role.value, "email": email, "language": language}
    await accounts.note(tx, username, actor.name, "opened", now, after=opened)


async def exists(tx: AsyncConnection, username: str) -> bool:
    """Whether there is an account of this name, open or closed."""
    return await users.read_user(tx, username) is not None


async def has_password(tx: AsyncConnection, username: str, password: str) -> bool:
    """Whether this is the password of an open account; it counts as no try to sign in."""
    kept = await users.password_hash(tx, username)
    return kept is not None and await _fits(kept, password)


async def reset_user(tx: AsyncConnection, actor: Actor, username: str, password: str, now: datetime) -> None:
    """Give a person another password, unlock and open the account, and sign them out everywhere.

    Errors: Invalid for a password that is none; NotFound.
    """
    for_oneself(actor)
    if wrong := _password_errors(password):
        raise Invalid("The password is not as it must be.", errors=wrong)
    if not await users.set_password(tx, username, await _hashed(password)):
        raise no_user(username)
    await users.close_sessions(tx, username)
    await accounts.note(tx, username, actor.name, "reset", now)


async def disable_user(tx: AsyncConnection, actor: Actor, username: str, now: datetime) -> None:
    """Close an account and sign the person out everywhere; what they did stays under their name.

    Errors: NotFound; IllegalMove for one's own account, and for the last administrator's, so that no company
    locks itself out.
    """
    for_oneself(actor)
    if actor.name == username:
        raise IllegalMove("Nobody closes their own account. Ask another administrator.")
    await may_be_closed(tx, username)
    if not await users.disable(tx, username):
        raise no_user(username)
    await users.close_sessions(tx, username)
    await accounts.note(tx, username, actor.name, "closed", now)


async def change_password(
    tx: AsyncConnection, username: str, old: str, password: str, token: str, now: datetime
) -> bool:
    """Give oneself another password, and end one's other sessions; False when the old one is wrong.

    A wrong old password counts like one at the door, so that an open browser is no place to guess at it.
    Errors: Invalid for a password that is none.
    """
    if wrong := _password_errors(password):
        raise Invalid("The password is not as it must be.", errors=wrong)
    if not await _shown(tx, username, old, now):
        return False
    await users.set_password(tx, username, await _hashed(password))
    await sign_out_elsewhere(tx, username, token)
    return True


async def sign_out_elsewhere(tx: AsyncConnection, username: str, token: str) -> None:
    """End every session of a person but the one with this token."""
    await users.close_sessions(tx, username, but=_digest(token))


async def sessions(tx: AsyncConnection, username: str, token: str, now: datetime) -> list[dict[str, Any]]:
    """Where a person is signed in, the latest first: created_at, seen_at, expires_at, and whether it is `here`."""
    return await users.sessions(tx, username, _digest(token), now, now - IDLE)


async def sign_in(tx: AsyncConnection, username: str, password: str, now: datetime) -> str | None:
    """The token of a new session when name and password are right; None when not, or while the account is locked.

    After `TRIES` wrong passwords in a row the account is locked for `LOCKED_FOR`; the right one does not open it
    earlier. The answer is the same for an unknown name.
    """
    if not await _shown(tx, username, password, now):
        return None
    return await open_session(tx, username, now)


async def _shown(tx: AsyncConnection, username: str, password: str, now: datetime) -> bool:
    """Whether somebody has shown that they are this person; a wrong password is counted."""
    account = await users.locked_account(tx, username)
    right = await _fits((account and account.password_hash) or _NOBODY, password[:LONGEST_PASSWORD])
    if account is None or not account.active or (account.locked_until is not None and account.locked_until > now):
        return False
    if not right or account.password_hash is None:
        failed = account.failed_sign_ins + 1
        locked = failed >= TRIES
        await users.note_try(tx, username, 0 if locked else failed, now + LOCKED_FOR if locked else None)
        return False
    await users.note_try(tx, username, 0, None)
    return True


async def sign_in_by_provider(tx: AsyncConnection, subject: str, known_as: str, now: datetime) -> str | None:
    """The token of a new session of whom the identity provider calls `subject`; None without an open account.

    `known_as`, unless empty, is the username that the provider vouches for: an open account of this name that has
    neither password nor subject is that person's from now on. An account with a password is never taken over.
    """
    if not subject or len(subject) > LONGEST_SUBJECT or "\0" in subject:
        return None
    username = await users.of_subject(tx, subject)
    if username is None and _USERNAME.fullmatch(known_as.lower()):
        username = await users.bind_subject(tx, known_as.lower(), subject)
    return None if username is None else await open_session(tx, username, now)


async def open_session(tx: AsyncConnection, username: str, now: datetime) -> str:
    """The token of a new session of a person who has shown who they are."""
    token = secrets.token_urlsafe(32)
    await users.open_session(tx, _digest(token), username, now, now + SESSION_LASTS)
    return token


async def sign_out(tx: AsyncConnection, token: str) -> None:
    """End a session."""
    await users.close_session(tx, _digest(token))


async def who_is(tx: AsyncConnection, token: str, now: datetime) -> Person | None:
    """The person behind a session's token; None when it opens nothing (any more)."""
    found = await users.session(tx, _digest(token), now, now - IDLE)
    if found is None:
        return None
    if now - found.seen_at > _NOTED_EVERY:
        await users.seen(tx, _digest(token), now)
    stands_in_for = tuple((away, Role(role)) for away, role in found.stands_in_for)
    return Person(found.username, found.name, Role(found.role), found.language, stands_in_for)
