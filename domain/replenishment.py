"""Replenishment: how much to order for a shortage, and of what."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal


def supply_quantity(shortage: Decimal, minimum: Decimal, multiple: Decimal) -> Decimal:
    """At least the shortage and the minimum, rounded up to the multiple: 7 with minimum 5 in packs of 4 is 8."""
    wanted = max(shortage, minimum)
    packs = (wanted / multiple).to_integral_value(ROUND_CEILING)
    return packs * multiple
