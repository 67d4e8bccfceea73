"""One account per role for whoever tries the console out: made at the first start, with passwords that are kept.

The passwords lie in the data directory's private files. An account whose password somebody has changed since is left
alone, and says so.
"""

from __future__ import annotations

from datetime import UTC, datetime

from db.engine import transaction
from domain.actor import SYSTEM, Role
from intake import users
from starter.embedded.data_dir import DataDir

CHANGED = "(changed since)"


async def open_accounts(directory: DataDir) -> tuple[dict[str, str], ...]:
    """[{role, username, password}] of every role that a person can have; the username is the role's name."""
    return tuple([await _account(role, directory) for role in Role if role is not Role.INTEGRATION])


async def _account(role: Role, directory: DataDir) -> dict[str, str]:
    password, now = directory.secret(f"account_{role.value}"), datetime.now(UTC)
    async with transaction() as tx:
        if not await users.exists(tx, role.value):
            await users.create_user(tx, SYSTEM, role.value, role.value.title(), role, password, now)
        elif not await users.has_password(tx, role.value, password):
            password = CHANGED
    return {"role": role.value, "username": role.value, "password": password}
