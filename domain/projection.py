"""Projected availability: what will be free of a product, and when, from what is known now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

LACKING = "lacking"
"""What is said to have changed it, where all those did who lack pieces."""


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


def availability(
    now: datetime, available: Decimal, lacking: Decimal, to_come: Iterable[Mapping[str, Any]]
) -> list[Step]:
    """Steps from what is free now, what orders and production lack, and the supply that is open.

    Pieces that somebody lacks go at the moment now, for they are promised to them as soon as they are there; what is
    late comes now. So the last step is the stock that reorder points are compared with.
    """
    short = [(now, LACKING, -lacking)] if lacking else []
    coming = [(max(now, row["due_at"]), row["number"], row["quantity"]) for row in to_come]
    return projected([(now, "", available), *short, *coming])
