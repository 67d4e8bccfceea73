"""Stock of one product: levels per warehouse, and the order lines that hold or await its pieces.

Every order here has one line, so that what happens to a product can be told without the others. How many pieces there
are is counted here anew; which warehouse gives them is the business's choice, and asked of the rule (domain/stock.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain, combinations
from typing import Any

from domain.stock import Demand, source
from tests.concurrency.history import Operation

NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Line:
    """An order's line: pieces open, of these backordered, held per warehouse, gone; what was done to its shipments."""

    order: str
    age: Any
    open: int
    waits: int = 0
    held: tuple[tuple[str, int], ...] = ()
    gone: int = 0
    known_at: float = NEVER
    cancelling: bool = False
    did: frozenset[str] = frozenset()

    @property
    def allocated(self) -> int:
        """Pieces held in all warehouses."""
        return sum(pieces for _, pieces in self.held)

    def holds(self, warehouse: str, more: int) -> Line:
        """The line with more (or fewer) pieces held in a warehouse."""
        held = dict(self.held)
        held[warehouse] = held.get(warehouse, 0) + more
        return replace(self, held=tuple(sorted((name, pieces) for name, pieces in held.items() if pieces)))


@dataclass(frozen=True, slots=True)
class Stock:
    """What is on hand and reserved in each warehouse, the lines, and answers kept under a key."""

    levels: tuple[tuple[str, int, int], ...]
    lines: tuple[Line, ...] = ()
    answers: frozenset[tuple[str, tuple[int, int]]] = frozenset()

    def level(self, warehouse: str) -> tuple[int, int]:
        """On hand and reserved."""
        return next(((there, taken) for name, there, taken in self.levels if name == warehouse), (0, 0))

    def free(self, sku: str) -> dict[tuple[str, str], Decimal]:
        """Available pieces, as the rule of allocation takes them."""
        return {(sku, name): Decimal(there - taken) for name, there, taken in self.levels}

    def moved(self, warehouse: str, on_hand: int, reserved: int) -> Stock:
        """Levels changed by so much; on hand is never negative, and never less than what is reserved of it."""
        there, taken = self.level(warehouse)
        there, taken = there + on_hand, taken + reserved
        assert 0 <= taken <= there, f"{warehouse}: {taken} reserved of {there}"
        rest = [level for level in self.levels if level[0] != warehouse]
        return replace(self, levels=tuple(sorted([*rest, (warehouse, there, taken)])))

    def line(self, order: str) -> Line | None:
        """The line of an order that asked for pieces."""
        return next((line for line in self.lines if line.order == order), None)

    def put(self, line: Line) -> Stock:
        """The line as it is now."""
        rest = [other for other in self.lines if other.order != line.order]
        return replace(self, lines=tuple(sorted([*rest, line], key=lambda other: other.order)))


class StockModel:
    """What may happen to one product."""

    def __init__(self, sku: str, levels: Mapping[str, int]) -> None:
        self.sku = sku
        self.start = Stock(tuple(sorted((name, there, 0) for name, there in levels.items())))

    def after(self, state: Stock, op: Operation) -> Iterator[Stock]:
        """The states that are possible after an operation, if what was seen can be explained."""
        try:
            yield from getattr(self, "_" + op.kind.replace(" ", "_"))(state, op)
        except AssertionError:
            return

    def _read_stock(self, state: Stock, op: Operation) -> Iterator[Stock]:
        if op.saw == {name: (there, taken, there - taken) for name, there, taken in state.levels}:
            yield state

    def _read_line(self, state: Stock, op: Operation) -> Iterator[Stock]:
        line = state.line(op.asked["order"])
        if line is not None and op.saw == (line.open, line.allocated, line.waits, line.gone):
            yield state

    def _move(self, state: Stock, op: Operation) -> Iterator[Stock]:
        key, warehouse = op.asked.get("key"), op.asked["warehouse"]
        known = dict(state.answers).get(key) if key else None
        if known is not None:
            if op.lost or op.saw == known:
                yield state
            return
        there, taken = state.level(warehouse)
        change = op.asked["quantity"] - (there if op.asked["reason"] == "count" else 0)
        if there + change < taken:
            if op.refused or op.lost:
                yield state
            return
        if op.refused:
            return
        moved = state.moved(warehouse, change, 0)
        for served in self._handed_out(moved, op) if change > 0 else [moved]:
            answer = served.level(warehouse)
            if op.lost or op.saw == answer:
                yield replace(served, answers=served.answers | {(key, answer)}) if key else served

    def _allocate(self, state: Stock, op: Operation) -> Iterator[Stock]:
        order = op.asked["order"]
        line = state.line(order) or Line(order, op.asked["age"], op.asked["quantity"])
        if line.cancelling:
            if op.lost or op.saw is False:
                yield state
            return
        since = line.known_at if line.waits else NEVER
        taken, line = self._served(state, line)
        line = replace(line, waits=line.open, known_at=min(since, NEVER if op.completed is None else op.completed))
        if op.lost or op.saw == (line.waits > 0):
            yield taken.put(line)

    def _hand_out(self, state: Stock, op: Operation) -> Iterator[Stock]:
        yield from self._handed_out(state, op)

    def _handed_out(self, state: Stock, op: Operation) -> Iterator[Stock]:
        """Free pieces go to those who wait, by age.

        Who began to wait while this operation was under way may have been overlooked (it is woken and looks again); who
        was known to wait before it was asked must not be.
        """
        waiting = sorted((line for line in state.lines if line.waits and not line.cancelling), key=lambda at: at.age)
        certain = [line for line in waiting if line.known_at < op.invoked]
        perhaps = [line for line in waiting if line.known_at >= op.invoked]
        for some in chain.from_iterable(combinations(perhaps, n) for n in range(len(perhaps), -1, -1)):
            served = state
            for line in sorted([*certain, *some], key=lambda at: at.age):
                served, after = self._served(served, line, line.waits)
                served = served.put(after)
            yield served

    def _served(self, state: Stock, line: Line, at_most: int | None = None) -> tuple[Stock, Line]:
        wanted = line.open if at_most is None else at_most
        for piece in source([Demand(line.order, self.sku, Decimal(wanted))], state.free(self.sku)):
            got = int(piece.quantity)
            state = state.moved(piece.warehouse, 0, got)
            line = replace(line, open=line.open - got, waits=max(line.waits - got, 0)).holds(piece.warehouse, got)
        return state, line

    def _pick(self, state: Stock, op: Operation) -> Iterator[Stock]:
        """A full pick moves nothing; of a short one the missing pieces are off the shelf and open again."""
        line = self._known(state, op)
        if line.cancelling or self._effect(op) in line.did:
            if op.refused or op.lost:
                yield state
        elif not op.refused:
            missing, warehouse = op.asked["missing"], op.asked["warehouse"]
            line = replace(line, open=line.open + missing).holds(warehouse, -missing)
            yield state.moved(warehouse, -missing, -missing).put(self._done(line, op))

    def _issue(self, state: Stock, op: Operation) -> Iterator[Stock]:
        """The parcel left the house: its pieces are neither on hand nor reserved any more; a second scan is none."""
        line, pieces, warehouse = self._known(state, op), op.asked["quantity"], op.asked["warehouse"]
        if self._effect(op) in line.did:
            yield state
        else:
            line = replace(line, gone=line.gone + pieces).holds(warehouse, -pieces)
            yield state.moved(warehouse, -pieces, -pieces).put(self._done(line, op))

    def _cancel(self, state: Stock, op: Operation) -> Iterator[Stock]:
        line = self._known(state, op)
        yield state.put(replace(line, cancelling=True))

    def _void(self, state: Stock, op: Operation) -> Iterator[Stock]:
        """Packed pieces are put away, once."""
        line, pieces, warehouse = self._known(state, op), op.asked["quantity"], op.asked["warehouse"]
        if self._effect(op) in line.did:
            yield state
        else:
            line = replace(line, open=line.open + pieces).holds(warehouse, -pieces)
            yield state.moved(warehouse, 0, -pieces).put(self._done(line, op))

    def _undo(self, state: Stock, op: Operation) -> Iterator[Stock]:
        """What a cancelled order held is free, and it asks for nothing any more."""
        line = self._known(state, op)
        assert line.cancelling
        for warehouse, pieces in line.held:
            state = state.moved(warehouse, 0, -pieces)
        yield state.put(replace(line, open=0, waits=0, held=()))

    @staticmethod
    def _effect(op: Operation) -> str:
        return f"{op.kind}/{op.asked['shipment']}"

    def _done(self, line: Line, op: Operation) -> Line:
        return replace(line, did=line.did | {self._effect(op)})

    def _known(self, state: Stock, op: Operation) -> Line:
        line = state.line(op.asked["order"])
        assert line is not None, "nobody allocated to it yet"
        return line
