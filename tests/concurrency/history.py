"""What clients saw: each operation with the instants between which it happened, and how it ended.

The clock counts events of this one process, so that "before" is certain: an operation that was answered before another
was asked has a smaller number. An operation whose answer was lost may have happened at any time after it was asked, or
never.
"""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from domain.errors import OrderkeepError


class Lost(Exception):
    """The answer did not arrive; whether the operation happened is unknown."""


class Outcome(StrEnum):
    """How an operation ended for its client."""

    OK = "ok"
    REFUSED = "refused"
    UNKNOWN = "unknown"


Thing = tuple[str, str]
"""What an operation touches: the kind of the guarded thing, and which one."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of one client; `completed` is None when its answer was lost, and `saw` what was answered."""

    client: str
    kind: str
    asked: Mapping[str, Any]
    invoked: int
    completed: int | None
    outcome: Outcome
    saw: Any = None
    things: tuple[Thing, ...] = ()

    @property
    def lost(self) -> bool:
        """Whether it is unknown what came of it."""
        return self.outcome is Outcome.UNKNOWN

    @property
    def refused(self) -> bool:
        """Whether it was refused for a business reason."""
        return self.outcome is Outcome.REFUSED

    def __str__(self) -> str:
        span = f"{self.invoked}-{'…' if self.completed is None else self.completed}"
        asked = ", ".join(f"{name}={value}" for name, value in self.asked.items())
        return f"{span} {self.client}: {self.kind}({asked}) {self.outcome.value} {'' if self.saw is None else self.saw}"


@dataclass(slots=True)
class Recorder:
    """Writes down what clients do."""

    operations: list[Operation] = field(default_factory=list)
    _clock: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def record(
        self, client: str, kind: str, asked: Mapping[str, Any], work: Callable[[], Awaitable[Any]], *things: Thing
    ) -> Operation:
        """Run one operation and keep what came of it; an error that no business rule explains is raised."""
        invoked = next(self._clock)
        outcome, saw = Outcome.OK, None
        try:
            saw = await work()
        except OrderkeepError as refusal:
            outcome, saw = Outcome.REFUSED, type(refusal).__name__
        except Lost:
            outcome = Outcome.UNKNOWN
        except SQLAlchemyError as error:
            if not is_lost_connection(error):
                raise
            outcome = Outcome.UNKNOWN
        completed = None if outcome is Outcome.UNKNOWN else next(self._clock)
        operation = Operation(client, kind, asked, invoked, completed, outcome, saw, things)
        self.operations.append(operation)
        return operation

    def also(self, operation: Operation, kind: str, asked: Mapping[str, Any], *things: Thing) -> None:
        """A second effect of the same call, in a transaction of its own."""
        self.operations.append(
            Operation(
                operation.client, kind, asked, operation.invoked, operation.completed, operation.outcome, None, things
            )
        )

    def of(self, thing: Thing) -> list[Operation]:
        """What happened to one thing, in the order in which it was asked; reads without an answer explain nothing."""
        touched = [op for op in self.operations if thing in op.things and not (op.lost and op.kind.startswith("read"))]
        return sorted(touched, key=lambda op: op.invoked)

    def things(self, kind: str) -> list[Thing]:
        """Every guarded thing of a kind that somebody touched."""
        return sorted({thing for op in self.operations for thing in op.things if thing[0] == kind})


def is_lost_connection(error: SQLAlchemyError) -> bool:
    """Whether PostgreSQL went away in the middle, so that the outcome is unknown."""
    return bool(getattr(error, "connection_invalidated", False)) or "terminating connection" in str(error)
