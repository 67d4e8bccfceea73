"""Projected availability: what will be free of a product, and when, from what is known now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Step:
    """From this instant on so many pieces are free; `document` is what changed it, empty for the beginning."""

    at: datetime
    document: str
    change: Decimal
    available: Decimal


def projected(changes: Iterable[tuple[datetime, str, Decimal]]) -> list[Step]:
    """The changes in the order of their times, each with what is free after it; negative: so many are missing.

    Of the same instant demand goes before supply, so that the worst moment shows.
    """
    total = Decimal(0)
    steps = []
    for at, document, change in sorted(changes, key=lambda each: (each[0], each[1] != "", each[2] > 0, each[1])):
        total += change
        steps.append(Step(at, document, change, total))
    return steps
