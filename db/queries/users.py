"""People who sign in: their accounts, the browsers where they are signed in, and who stands in for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_COLUMNS = """username, name, role, email, language, active, locked_until, created_at,
  password_hash IS NOT NULL AS has_password"""
_LIST = text(f"SELECT {_COLUMNS} FROM app_user ORDER BY username")
_READ = text(f"SELECT {_COLUMNS} FROM app_user WHERE username = :username")
_HASH = text("SELECT password_hash FROM app_user WHERE username = :username AND active")
_INSERT = text("""
INSERT INTO app_user (username, name, role, email, language, password_hash, subject, created_at)
VALUES (:username, :name, :role, :email, :language, :password_hash, :subject, :now)
ON CONFLICT DO NOTHING RETURNING username""")
_SET_PASSWORD = text("""
UPDATE app_user SET password_hash = :password_hash, failed_sign_ins = 0, locked_until = NULL, active = true
WHERE username = :username RETURNING username""")
_SET_LANGUAGE = text("UPDATE app_user SET language = :language WHERE username = :username")
_DISABLE = text("UPDATE app_user SET active = false WHERE username = :username RETURNING username")
_LOCKED = text("""
SELECT username, name, role, language, password_hash, active, failed_sign_ins, locked_until FROM app_user
WHERE username = :username FOR UPDATE""")
_OF_SUBJECT = text("SELECT username FROM app_user WHERE subject = :subject AND active")
_BIND = text("""
UPDATE app_user SET subject = :subject
WHERE username = :username AND active AND subject IS NULL AND password_hash IS NULL
  AND NOT EXISTS (SELECT 1 FROM app_user WHERE subject = :subject) RETURNING username""")
_TRIED = text("""
UPDATE app_user SET failed_sign_ins = :failed, locked_until = :until WHERE username = :username""")
_OPEN_SESSION = text("""
INSERT INTO user_session (token_hash, username, created_at, seen_at, expires_at)
VALUES (:token_hash, :username, :now, :now, :expires_at)""")
_SESSION = text("""
SELECT u.username, u.name, u.role, u.language, s.seen_at,
  (SELECT json_agg(json_build_array(a.username, a.role) ORDER BY a.username) FROM delegation d
    JOIN app_user a ON a.username = d.away
    WHERE d.stand_in = u.username AND a.active AND d.begins_at <= :now AND d.ends_at > :now) AS stands_in_for
FROM user_session s JOIN app_user u ON u.username = s.username
WHERE s.token_hash = :token_hash AND u.active AND s.expires_at > :now AND s.seen_at > :idle_since""")
_SEEN = text("UPDATE user_session SET seen_at = :now WHERE token_hash = :token_hash")
_CLOSE_SESSION = text("DELETE FROM user_session WHERE token_hash = :token_hash")
_CLOSE_SESSIONS = text("DELETE FROM user_session WHERE username = :username AND token_hash <> :but")
_SESSIONS = text("""
SELECT created_at, seen_at, expires_at, token_hash = :here AS here FROM user_session
WHERE username = :username AND expires_at > :now AND seen_at > :idle_since ORDER BY seen_at DESC""")
_FORGET_OLD = text("DELETE FROM user_session WHERE username = :username AND expires_at <= :now")


@dataclass(frozen=True, slots=True)
class Account:
    """What signing in needs to know of a person."""

    username: str
    name: str
    role: str
    language: str | None
    password_hash: str | None
    active: bool
    failed_sign_ins: int
    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whose browser this is, and for whom they stand in: (username, role) of each."""

    username: str
    name: str
    role: str
    language: str | None
    seen_at: datetime
    stands_in_for: tuple[tuple[str, str], ...]


async def all_users(tx: AsyncConnection) -> list[dict[str, Any]]:
    """Every account by its name: username, name, role, email, language, active and so on."""
    return [dict(row._mapping) for row in await tx.execute(_LIST)]


async def read_user(tx: AsyncConnection, username: str) -> dict[str, Any] | None:
    """One account as the list shows it; None when there is none."""
    row = (await tx.execute(_READ, {"username": username})).one_or_none()
    return None if row is None else dict(row._mapping)


async def password_hash(tx: AsyncConnection, username: str) -> str | None:
    """The hash of an open account's password; None when there is no such account, or no password."""
    found: str | None = (await tx.execute(_HASH, {"username": username})).scalar_one_or_none()
    return found


async def insert_user(
    tx: AsyncConnection,
    username: str,
    name: str,
    role: str,
    email: str | None,
    language: str | None,
    password_hash: str | None,
    subject: str | None,
    now: datetime,
) -> bool:
    """Add an account; False when the username is taken, or the subject."""
    values = {
        "username": username,
        "name": name,
        "role": role,
        "email": email,
        "language": language,
        "password_hash": password_hash,
        "subject": subject,
        "now": now,
    }
    return (await tx.execute(_INSERT, values)).scalar_one_or_none() is not None


async def set_password(tx: AsyncConnection, username: str, password_hash: str) -> bool:
    """Give a person another password, and open the account again; False when there is none."""
    values = {"username": username, "password_hash": password_hash}
    return (await tx.execute(_SET_PASSWORD, values)).scalar_one_or_none() is not None


async def set_language(tx: AsyncConnection, username: str, language: str) -> None:
    """Speak to a person in this language from now on."""
    await tx.execute(_SET_LANGUAGE, {"username": username, "language": language})


async def disable(tx: AsyncConnection, username: str) -> bool:
    """Close an account; False when there is none."""
    return (await tx.execute(_DISABLE, {"username": username})).scalar_one_or_none() is not None


async def locked_account(tx: AsyncConnection, username: str) -> Account | None:
    """An account, under its row's lock, so that tries are counted one after the other."""
    row = (await tx.execute(_LOCKED, {"username": username})).one_or_none()
    return None if row is None else Account(*row)


async def of_subject(tx: AsyncConnection, subject: str) -> str | None:
    """The username of whom the identity provider calls so."""
    found: str | None = (await tx.execute(_OF_SUBJECT, {"subject": subject})).scalar_one_or_none()
    return found


async def bind_subject(tx: AsyncConnection, username: str, subject: str) -> str | None:
    """Let an open account without password and subject be the one whom the provider calls so; None when there is none.

    One whose subject is known already, of a closed account for instance, gets no second account.
    """
    found: str | None = (await tx.execute(_BIND, {"username": username, "subject": subject})).scalar_one_or_none()
    return found


async def note_try(tx: AsyncConnection, username: str, failed: int, until: datetime | None) -> None:
    """Keep how many tries have failed in a row, and until when no other is looked at."""
    await tx.execute(_TRIED, {"username": username, "failed": failed, "until": until})


async def open_session(
    tx: AsyncConnection, token_hash: str, username: str, now: datetime, expires_at: datetime
) -> None:
    """A browser is signed in; sessions of the same person that have ended are forgotten."""
    await tx.execute(_FORGET_OLD, {"username": username, "now": now})
    values = {"token_hash": token_hash, "username": username, "now": now, "expires_at": expires_at}
    await tx.execute(_OPEN_SESSION, values)


async def session(tx: AsyncConnection, token_hash: str, now: datetime, idle_since: datetime) -> SignedIn | None:
    """Whose session this is; None when it is unknown, has ended, was idle for too long, or the account is closed."""
    values = {"token_hash": token_hash, "now": now, "idle_since": idle_since}
    row = (await tx.execute(_SESSION, values)).one_or_none()
    if row is None:
        return None
    stands_in_for = tuple((away, role) for away, role in row.stands_in_for or ())
    return SignedIn(row.username, row.name, row.role, row.language, row.seen_at, stands_in_for)


async def seen(tx: AsyncConnection, token_hash: str, now: datetime) -> None:
    """The browser was heard of."""
    await tx.execute(_SEEN, {"token_hash": token_hash, "now": now})


async def close_session(tx: AsyncConnection, token_hash: str) -> None:
    """Sign one browser out."""
    await tx.execute(_CLOSE_SESSION, {"token_hash": token_hash})


async def close_sessions(tx: AsyncConnection, username: str, *, but: str = "") -> None:
    """Sign a person out everywhere, `but` in the browser with this token's hash."""
    await tx.execute(_CLOSE_SESSIONS, {"username": username, "but": but})


async def sessions(
    tx: AsyncConnection, username: str, here: str, now: datetime, idle_since: datetime
) -> list[dict[str, Any]]:
    """Where a person is signed in; `here` is the hash of the token of the browser that asks."""
    values = {"username": username, "here": here, "now": now, "idle_since": idle_since}
    return [dict(row._mapping) for row in await tx.execute(_SESSIONS, values)]
