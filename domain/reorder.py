"""When to order more of a product, and how much: reorder points from forecasts, and what is due beside them.

Goods that are ordered at the next look must last until those of the look after it arrive: the lead time and the time
between two looks. What may come in it is the forecast and, for 95 % of such times, its error in the backtest.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal

from domain.forecast import HORIZON
from domain.replenishment import supply_quantity

REVIEW_DAYS = 7
"""Somebody looks at what is due once a week."""
COVER_WEEKS = Decimal(4)
"""A proposed order lasts so many weeks, more where minimum and multiple want more."""
SERVICE_FACTOR = Decimal("1.645")
"""So many standard errors suffice in 95 of 100 cases (normal distribution)."""
_ONE = Decimal(1)


def covered_weeks(lead_time_days: Decimal) -> Decimal:
    """The weeks that stock must last from one look to the goods of the next: lead time and review; 7 days are 2."""
    return (lead_time_days + REVIEW_DAYS) / 7


def expected(ahead: Sequence[Decimal], weeks: Decimal) -> Decimal:
    """Demand over the next weeks; a part of a week counts as that part, and beyond the forecast its last week goes on.

    1.5 weeks of (10, 20) are 20.
    """
    whole = int(weeks)
    known = [ahead[min(number, len(ahead) - 1)] for number in range(whole + 1)]
    return sum(known[:whole], Decimal(0)) + known[whole] * (weeks - whole)


def safety(over_horizon: Decimal, weeks: Decimal, own: Decimal = Decimal(0)) -> Decimal:
    """Stock against the error of the forecast: that over the backtest's horizon grows with the root of the time.

    Never less than the product's own safety stock.
    """
    return max(own, SERVICE_FACTOR * over_horizon * (weeks / HORIZON).sqrt())


def reorder_point(
    ahead: Sequence[Decimal], over_horizon: Decimal, lead_time_days: Decimal, own_safety: Decimal = Decimal(0)
) -> Decimal:
    """Demand until the goods of the next look are there, and safety; whole pieces, rounded up."""
    weeks = covered_weeks(lead_time_days)
    wanted = expected(ahead, weeks) + safety(over_horizon, weeks, own_safety)
    return wanted.quantize(_ONE, ROUND_CEILING)


def reorder_quantity(ahead: Sequence[Decimal], minimum: Decimal, multiple: Decimal) -> Decimal:
    """Four weeks of demand, at least the minimum, in whole multiples."""
    return supply_quantity(expected(ahead, COVER_WEEKS), minimum, multiple)


def to_order(
    projected: Decimal, point: Decimal | None, quantity: Decimal | None, minimum: Decimal, multiple: Decimal
) -> Decimal | None:
    """What to order now: nothing above the reorder point, else the reorder quantity or all that lacks to the point.

    The larger of the two, at least the minimum and in whole multiples; None for nothing.
    """
    if point is None or projected > point:
        return None
    return supply_quantity(max(quantity or Decimal(0), point - projected), minimum, multiple) or None
