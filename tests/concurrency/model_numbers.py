"""Invoice numbers: gapless, each once, in the order in which invoices are committed; a shipment has one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.concurrency.history import Operation

THING = ("numbers", "invoice")


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many invoices there are, and which shipment has which number."""

    count: int = 0
    of: frozenset[tuple[str, int]] = frozenset()

    def number(self, shipment: str) -> int | None:
        """The number of a shipment's invoice."""
        return next((number for name, number in self.of if name == shipment), None)


def after(state: Numbers, op: Operation) -> Iterator[Numbers]:
    """`post` takes the next number, or finds the one of its shipment; `read` sees all numbers from 1 to the last."""
    match op.kind:
        case "post":
            known = state.number(op.asked["shipment"])
            number = known or state.count + 1
            if op.lost or op.saw == number:
                yield state if known else Numbers(number, state.of | {(op.asked["shipment"], number)})
        case "read numbers":
            if sorted(op.saw) == list(range(1, state.count + 1)):
                yield state
        case _:
            raise ValueError(op.kind)
