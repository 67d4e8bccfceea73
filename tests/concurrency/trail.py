"""Trails that only grow (the timeline of an order, the movements of a product): what each reader saw of them.

A weaker promise than that of the figures, and the one that is kept: rows get their place before they are committed, and
some are written without the lock of the order, so a row may appear before an older one. But whoever reads sees whole
transactions that were committed, in the order of the trail, everything that was answered before he asked, and never
less than a reader before him.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader saw, between two instants."""

    invoked: int
    completed: int
    saw: tuple[Hashable, ...]

    def __str__(self) -> str:
        return f"reading {self.invoked}-{self.completed}"


@dataclass(frozen=True, slots=True)
class Written:
    """What one transaction wrote into the trail, and when it was answered; None when its answer was lost."""

    rows: tuple[Hashable, ...]
    invoked: int
    completed: int | None

    def __str__(self) -> str:
        return f"the transaction asked at {self.invoked}"


def breaches(final: Sequence[Hashable], readings: Sequence[Reading], written: Sequence[Written]) -> Iterator[str]:
    """Each reading that the final trail and the transactions cannot explain, as a sentence."""
    place = {row: index for index, row in enumerate(final)}
    if len(place) < len(final):
        yield "the trail names a row twice"
    for reading in readings:
        strange = [row for row in reading.saw if row not in place]
        if strange:
            yield f"{reading} saw {strange}, which nobody committed"
        elif list(reading.saw) != sorted(reading.saw, key=place.__getitem__):
            yield f"{reading} saw rows in another order than the trail"
        yield from _of_transactions(reading, written)
    yield from _backwards(readings)


def _of_transactions(reading: Reading, written: Sequence[Written]) -> Iterator[str]:
    saw = set(reading.saw)
    for tx in written:
        seen = [row for row in tx.rows if row in saw]
        if seen and len(seen) < len(tx.rows):
            yield f"{reading} saw a part of {tx}: {seen}"
        if not seen and tx.rows and tx.completed is not None and tx.completed < reading.invoked:
            yield f"{reading} missed {tx}, which was answered at {tx.completed}"
        if seen and reading.completed < tx.invoked:
            yield f"{reading} saw {tx} before it was asked"


def _backwards(readings: Sequence[Reading]) -> Iterator[str]:
    for earlier in readings:
        for later in readings:
            if earlier.completed < later.invoked and not set(earlier.saw) <= set(later.saw):
                yield f"{later} saw less than {earlier}: {sorted(map(str, set(earlier.saw) - set(later.saw)))}"
