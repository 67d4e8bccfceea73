"""Work queues: what waits for a person, and for which role. Each kind stands for one thing that somebody must do."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import StrEnum

from domain.actor import Role


class Queue(StrEnum):
    """A kind of work that waits."""

    HOLDS = "holds"
    SUPPLY_TO_ORDER = "supply_to_order"
    SUPPLY_TO_CHASE = "supply_to_chase"
    PRODUCTION = "production"
    PICKS = "picks"
    BOOKINGS = "bookings"
    CASH = "cash"
    DISPUTES = "disputes"
    CASES = "cases"


OVERSEERS = frozenset((Role.MANAGER, Role.ADMIN))
"""They see the work of every role."""
OWNERS: Mapping[Queue, frozenset[Role]] = {
    # Every hold names the role that decides it; of this kind each role sees its own.
    Queue.HOLDS: frozenset(Role) - {Role.INTEGRATION},
    Queue.SUPPLY_TO_ORDER: frozenset((Role.PURCHASING, Role.PRODUCTION)),
    Queue.SUPPLY_TO_CHASE: frozenset((Role.PURCHASING,)),
    Queue.PRODUCTION: frozenset((Role.PRODUCTION,)),
    Queue.PICKS: frozenset((Role.WAREHOUSE,)),
    Queue.BOOKINGS: frozenset((Role.WAREHOUSE,)),
    Queue.CASH: frozenset((Role.FINANCE, Role.CREDIT)),
    Queue.DISPUTES: frozenset((Role.FINANCE, Role.CREDIT)),
    Queue.CASES: frozenset((Role.SUPPORT,)),
}
"""Who does what is in a queue; overseers besides."""
CHASE_AHEAD_DAYS = 2.0
"""A purchase is chased from this many policy days before it is due."""
BOOKING_PATIENCE = timedelta(minutes=5)
"""A shipment that is packed for longer than this fails to be booked."""
CASE_WARNING = 0.75
"""A case is warned of when this share of its time is over."""


def queues_of(roles: Collection[Role]) -> list[Queue]:
    """The kinds of work that these roles do, in the order of an order's life."""
    wanted = set(roles)
    return [queue for queue, owners in OWNERS.items() if wanted & (owners | OVERSEERS)]


def hold_owners(roles: Collection[Role]) -> frozenset[Role]:
    """The owner roles whose holds wait for these roles: their own, and all of them for an overseer."""
    return frozenset(Role) if OVERSEERS & set(roles) else frozenset(roles)
