"""Replenishment: how much to order for a shortage, and of what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal


@dataclass(frozen=True, slots=True)
class Need:
    """Pieces that somebody waits for: a line of an order, or a production order that lacks a component."""

    quantity: Decimal
    order: str | None = None
    line: int | None = None
    for_supply: str | None = None


def supply_quantity(shortage: Decimal, minimum: Decimal, multiple: Decimal) -> Decimal:
    """At least the shortage and the minimum, rounded up to the multiple: 7 with minimum 5 in packs of 4 is 8."""
    wanted = max(shortage, minimum)
    packs = (wanted / multiple).to_integral_value(ROUND_CEILING)
    return packs * multiple


def meet(needs: Sequence[Need], there: Decimal) -> tuple[list[Need], list[Need]]:
    """Give what is there to needs in their order: (what each gets, what is still missing); 5 for 3 and 4 is 3 and 2."""
    met: list[Need] = []
    missing: list[Need] = []
    for need in needs:
        piece = min(need.quantity, there)
        there -= piece
        if piece > 0:
            met.append(replace(need, quantity=piece))
        if need.quantity > piece:
            missing.append(replace(need, quantity=need.quantity - piece))
    return met, missing
