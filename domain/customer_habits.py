"""How a customer pays and orders, and what they owe, from what they did: rules without a clock of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from statistics import median
from typing import Any

FEWEST_INTERVALS = 2


def average_days_late(settled: Sequence[tuple[datetime, datetime]], day: timedelta) -> Decimal | None:
    """Mean of settled minus due over instalments, in policy days with one decimal; early payment counts as negative.

    None when nothing was paid yet. Source: SAP's "average days in arrears", unweighted.
    """
    if not settled:
        return None
    late = sum(((paid - due) / day for due, paid in settled), 0.0) / len(settled)
    return Decimal(late).quantize(Decimal("0.1"), ROUND_HALF_UP)


def next_order_due(days: Sequence[date]) -> date | None:
    """The day of the last order plus the median interval between order days; None with fewer than two intervals.

    The median is not moved by one long pause. `days` are distinct, in any order.
    """
    ordered = sorted(days)
    intervals = [(later - earlier).days for earlier, later in pairwise(ordered)]
    if len(intervals) < FEWEST_INTERVALS:
        return None
    return ordered[-1] + timedelta(days=round(median(intervals)))


def balance(movements: Sequence[Mapping[str, Any]], now_owed: Decimal, currency: str) -> list[dict[str, Any]]:
    """A statement with the balance after each line, counted back from what is owed now, so that the last line is that.

    `movements` are in the order of their times; `amount` is positive when the customer owes more. Money that came in
    another currency than the customer's account is told, and moves no balance: it has None.
    """
    total = now_owed
    lines: list[dict[str, Any]] = []
    for movement in reversed(movements):
        ours = movement["currency"] == currency
        lines.append({**movement, "balance": total if ours else None})
        total -= movement["amount"] if ours else 0
    return lines[::-1]
