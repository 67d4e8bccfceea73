"""Who does something: a person or a system behind a key, with one role."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a key may do; `admin` may do everything, `integration` reports facts."""

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


SYSTEM = Actor("system", Role.ADMIN)
"""The order's own workflow: what no person decided."""
