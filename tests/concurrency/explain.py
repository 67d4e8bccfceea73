"""Whether some order of operations explains everything that clients saw: linearizability, one guarded thing at a time.

After Wing and Gong, with Lowe's memory of configurations: operations are put in a line one by one; next may come each
one that was asked before any other one left was answered. A model says which states are possible after an operation, or
that what its client saw cannot be. Operations without an answer may be put anywhere after they were asked, or left out.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tests.concurrency.history import Operation

State = TypeVar("State", bound=Hashable)
After = Callable[[State, Operation], Iterable[State]]
"""The states that are possible after an operation in a state; none when what was seen cannot be there."""

LIMIT = 2_000_000
"""So many configurations are looked at; a history that needs more is too crowded to be decided, and fails."""


class Undecided(AssertionError):
    """The search was given up: the history says nothing either way."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the history is explained; if not, how far the best line came and what could not follow it."""

    explained: bool
    line: tuple[Operation, ...]
    state: object
    stuck: tuple[Operation, ...]
    looked_at: int

    def __str__(self) -> str:
        if self.explained:
            return f"explained by a line of {len(self.line)} operations"
        last = "\n  ".join(str(op) for op in self.line[-12:])
        stuck = "\n  ".join(str(op) for op in self.stuck)
        return (
            f"no order of the operations explains what was seen.\nThe longest line ({len(self.line)}) ends with\n"
            f"  {last}\nand leads to\n  {self.state}\nwhere none of these fits:\n  {stuck}"
        )


def explain(operations: Sequence[Operation], start: State, after: After[State], limit: int = LIMIT) -> Verdict:
    """Look for an order of the operations, within their intervals, in which each saw what it saw."""
    history = sorted(operations, key=lambda op: op.invoked)
    wanted = sum(1 << place for place, op in enumerate(history) if not op.lost)
    seen: set[tuple[int, State]] = set()
    best: tuple[int, tuple[int, ...], State] = (0, (), start)
    # Each level: what is in the line, the state there, and what is left to try from there.
    line: list[int] = []
    levels: list[tuple[int, State, Iterator[tuple[int, State]]]] = [(0, start, _next(history, 0, start, after))]
    while levels:
        done, state, choices = levels[-1]
        if done & wanted == wanted:
            return Verdict(True, tuple(history[place] for place in line), state, (), len(seen))
        known = (done & wanted).bit_count()
        if known > best[0]:
            best = (known, tuple(line), state)
        for place, following in choices:
            configuration = (done | 1 << place, following)
            if configuration in seen:
                continue
            seen.add(configuration)
            if len(seen) > limit:
                raise Undecided(f"more than {limit} configurations of {len(history)} operations")
            line.append(place)
            levels.append((*configuration, _next(history, configuration[0], following, after)))
            break
        else:
            levels.pop()
            if line:
                line.pop()
    _, longest, state = best
    done = sum(1 << place for place in longest)
    stuck = tuple(history[place] for place in _candidates(history, done))
    return Verdict(False, tuple(history[place] for place in longest), state, stuck, len(seen))


def _next(history: Sequence[Operation], done: int, state: State, after: After[State]) -> Iterator[tuple[int, State]]:
    for place in _candidates(history, done):
        for following in after(state, history[place]):
            yield place, following


def _candidates(history: Sequence[Operation], done: int) -> list[int]:
    """What may come next, the soonest answered first: the true line is then mostly found at once."""
    found: list[int] = []
    first_answer: float = float("inf")
    for place, op in enumerate(history):
        if op.invoked > first_answer:
            break
        if not done >> place & 1:
            found.append(place)
            first_answer = min(first_answer, _answered(op))
    return sorted(found, key=lambda place: _answered(history[place]))


def _answered(op: Operation) -> float:
    return float("inf") if op.completed is None else op.completed
