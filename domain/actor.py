"""Who does something: a person or a system behind a key, with one role."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_STANDING = " (for "


class Role(StrEnum):
    """What a key or a person may do; `admin` may do everything, `integration` reports facts."""

    ADMIN = "admin"
    SALES = "sales"
    CREDIT = "credit"
    PURCHASING = "purchasing"
    PRODUCTION = "production"
    WAREHOUSE = "warehouse"
    FINANCE = "finance"
    SUPPORT = "support"
    MANAGER = "manager"
    INTEGRATION = "integration"


@dataclass(frozen=True, slots=True)
class Actor:
    """The name goes into every timeline row; `key` is the public part of the key that was shown, if one was."""

    name: str
    role: Role
    key: str = ""

    @property
    def person(self) -> str:
        """Who it is, also while standing in for somebody who is away."""
        return person_of(self.name)


def standing_in(username: str, away: str, role: Role) -> Actor:
    """A person who does what one who is away may do; both names are recorded."""
    return Actor(f"{username}{_STANDING}{away})", role)


def person_of(name: str) -> str:
    """The person in a recorded name: `ann` in `ann (for bob)`."""
    return name.partition(_STANDING)[0]


SYSTEM = Actor("system", Role.ADMIN)
"""The order's own workflow: what no person decided."""
