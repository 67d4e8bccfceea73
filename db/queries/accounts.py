"""What administrators change about accounts, who did, and who of them is left."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries.users import read_user

_ADMINISTRATORS = text("""
SELECT username FROM app_user WHERE role = 'admin' AND active ORDER BY username FOR UPDATE""")
_LOCKED = text("SELECT name, role, email, language FROM app_user WHERE username = :username FOR UPDATE")
_CHANGE = text("""
UPDATE app_user SET name = :name, role = :role, email = :email, language = :language WHERE username = :username""")
_NOTE = text("""
INSERT INTO account_change (username, at, actor, event, before, after)
VALUES (:username, :at, :actor, :event, CAST(:before AS jsonb), CAST(:after AS jsonb))""")
_HISTORY = text("""
SELECT at, actor, event, before, after FROM account_change WHERE username = :username ORDER BY id DESC LIMIT 100""")


async def administrators(tx: AsyncConnection) -> list[str]:
    """Whose open accounts have the role of an administrator, locked, so that two who leave see one another."""
    return [row.username for row in await tx.execute(_ADMINISTRATORS)]


async def locked(tx: AsyncConnection, username: str) -> dict[str, Any] | None:
    """What can be changed of an account, its row locked; None when there is none."""
    row = (await tx.execute(_LOCKED, {"username": username})).one_or_none()
    return None if row is None else dict(row._mapping)


async def change(tx: AsyncConnection, username: str, account: Mapping[str, Any]) -> None:
    """Write name, role, e-mail and language; open sessions have the role from their next request on."""
    await tx.execute(_CHANGE, {**account, "username": username})


async def note(
    tx: AsyncConnection,
    username: str,
    actor: str,
    event: str,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Keep who did what about an account; never a password."""
    values = {"username": username, "actor": actor, "event": event, "at": at}
    await tx.execute(_NOTE, {**values, "before": json.dumps(before or {}), "after": json.dumps(after or {})})


async def account_view(tx: AsyncConnection, username: str) -> dict[str, Any] | None:
    """An account with what happened to it, the latest first; None when there is none."""
    account = await read_user(tx, username)
    if account is None:
        return None
    changes = [dict(row._mapping) for row in await tx.execute(_HISTORY, {"username": username})]
    return {**account, "changes": changes}
