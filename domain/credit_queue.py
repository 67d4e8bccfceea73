"""Who of one customer's orders that are held for want of money is served first when credit comes free.

Source: order-to-cash, stage Review: a CREDIT hold releases itself, highest priority and oldest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from domain.review import Reason

MONEY = frozenset((Reason.CREDIT.value, Reason.OVERDUE.value, Reason.PREPAYMENT.value))
"""Holds that money can clear."""


@dataclass(frozen=True, slots=True)
class Held:
    """An order held for want of money: its open holds, and the credit that is free without it (None: no limit)."""

    number: str
    total: Decimal
    free: Decimal | None
    reasons: frozenset[str]


def may_look_again(held: Sequence[Held]) -> list[str]:
    """Which of the orders of one customer, most urgent first, are reviewed again now that there is more credit.

    Together they fit into the free credit, so that it does not matter which review comes first; one that does not fit
    leaves its place to those behind it. Held for overdue items or prepayment alone, an order needs no credit. Who is
    chosen for credit passes that rule when nothing else has changed: so orders that tell one another come to an end.
    """
    taken = Decimal(0)
    chosen: list[str] = []
    for order in held:
        if Reason.CREDIT in order.reasons and order.free is not None:
            if taken + order.total > order.free:
                continue
            taken += order.total if order.reasons <= MONEY else 0
        chosen.append(order.number)
    return chosen


def left_to_more_urgent(held: Sequence[Held], number: str) -> Decimal:
    """What the orders before this one, most urgent first, will take of the free credit once they are looked at.

    Only those count that money alone holds: who waits for something else, too, does not keep others waiting.
    """
    names = [order.number for order in held]
    before = held[: names.index(number)] if number in names else ()
    ahead = [order for order in before if Reason.CREDIT in order.reasons and order.reasons <= MONEY]
    fits = set(may_look_again(ahead))
    return sum((order.total for order in ahead if order.number in fits), Decimal(0))
