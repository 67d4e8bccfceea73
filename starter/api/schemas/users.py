"""People who sign in, as answers show them."""

from __future__ import annotations

from typing import Literal

from domain.actor import Role
from starter.api.schemas.common import Moment, Shown


class User(Shown):
    """An account; `locked_until` after too many wrong passwords, `language` null: what the browser prefers."""

    username: str
    name: str
    role: Role
    email: str | None
    language: str | None
    active: bool
    locked_until: Moment | None
    created_at: Moment
    has_password: bool


class AccountEvent(Shown):
    """Something that was done about an account; `before` and `after` have the fields that became different."""

    at: Moment
    actor: str
    event: Literal["opened", "changed", "reset", "closed"]
    before: dict[str, str | None]
    after: dict[str, str | None]


class UserWithChanges(User):
    """An account with what happened to it, the latest first."""

    changes: list[AccountEvent]


class UserWithPassword(User):
    """An account; `password` is one that was made, in the first answer only."""

    password: str | None


class Delegation(Shown):
    """While `away` is away, `stand_in` may do what they may."""

    id: int
    away: str
    stand_in: str
    begins_at: Moment
    ends_at: Moment
    created_by: str
    created_at: Moment
