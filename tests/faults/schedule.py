"""What goes wrong, when, for how long: a pure function of the seed and of what there is to break.

Kinds of faults are dealt in rounds like cards, so that every kind comes once before any comes often, and a kind's
targets (processes, connections) take turns. A process or connection that is added later gets its turns by itself.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Group = Literal["process", "connection", "database", "webhooks"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to break something of a group: how long it lasts, in seconds, and how often it comes in a round."""

    name: str
    group: Group
    shortest: float
    longest: float
    turns: int = 1


KINDS: tuple[Kind, ...] = (
    Kind("kill", "process", 0, 0, turns=3),
    Kind("stop", "process", 11, 18, turns=2),  # longer than a client, a step, a workflow task wait for an answer
    Kind("cut", "connection", 3, 9),
    Kind("reset", "connection", 0, 0),
    Kind("delay", "connection", 5, 10),
    Kind("hold", "connection", 11, 16),
    Kind("half_close", "connection", 0, 0),
    Kind("forget", "connection", 0, 0),
    Kind("duplicate", "webhooks", 5, 10),
    Kind("reorder", "webhooks", 5, 10),
    Kind("late", "webhooks", 5, 10),
    Kind("refuse", "webhooks", 4, 8),
    Kind("read_only", "database", 4, 9),
    Kind("full", "database", 4, 9),
)
PAUSE = (1.0, 3.5)
AFTER_NOTHING = 3.0
"""Seconds that a fault without a length is given to show its effect."""
TOGETHER = 0.25
"""How often a fault begins in the middle of the one before."""
ROUND_SECONDS = 200.0
"""About as long as a round takes; a shorter run is faster, not smaller."""


@dataclass(frozen=True, slots=True)
class Targets:
    """What there is to break, by name."""

    processes: tuple[str, ...]
    connections: tuple[str, ...]

    def of(self, group: Group) -> tuple[str, ...]:
        """The names that a kind of fault may strike."""
        match group:
            case "process":
                return tuple(sorted(self.processes))
            case "connection":
                return tuple(sorted(self.connections))
            case _:
                return (group,)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: when it begins, in seconds from the start, and how long it lasts. `strength` is of 0 to 1."""

    number: int
    at: float
    kind: str
    target: str
    lasts: float
    strength: float

    @property
    def ends(self) -> float:
        """When it is over."""
        return self.at + self.lasts

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def plan(seed: int, seconds: float, targets: Targets, kinds: Sequence[Kind] = KINDS) -> list[Fault]:
    """The faults of a run of so many seconds, in order of their beginning; each is over before the run is.

    The same seed, length and targets give the same plan. Every kind comes at least once, however short the run.
    """
    pace = min(1.0, seconds / ROUND_SECONDS)
    rng = random.Random(f"{seed}/faults")
    faults: list[Fault] = []
    at = PAUSE[1] * pace
    for kind, target in _dealt(rng, targets, kinds):
        lasts = round(rng.uniform(kind.shortest, kind.longest) * pace, 2)
        if at + lasts > seconds:
            break
        faults.append(Fault(len(faults) + 1, round(at, 2), kind.name, target, lasts, round(rng.random(), 3)))
        whole = (lasts or AFTER_NOTHING * pace) + rng.uniform(*PAUSE) * pace
        at += lasts / 2 if lasts and rng.random() < TOGETHER else whole
    return faults


def _dealt(rng: random.Random, targets: Targets, kinds: Sequence[Kind]) -> Iterator[tuple[Kind, str]]:
    decks: dict[str, list[str]] = {kind.name: [] for kind in kinds}
    while True:
        first = list(kinds)
        rng.shuffle(first)
        again = [kind for kind in kinds for _ in range(kind.turns - 1)]
        rng.shuffle(again)
        for kind in (*first, *again):
            deck = decks[kind.name]
            if not deck:
                deck += targets.of(kind.group)
                rng.shuffle(deck)
            yield kind, deck.pop()
