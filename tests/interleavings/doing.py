"""How the machine does things: a step once, again, or beside its own twin; requests are told, refusals examined."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any, TypeVar

from hypothesis import strategies as st

from db.engine import settled, transaction
from domain.actor import Actor, Role
from domain.errors import Forbidden, IllegalMove, Invalid, NotFound, OrderkeepError
from domain.steps import CaseStep, OrderStep, ShipmentStep, SupplyStep
from tests.builders import NOW, rows
from tests.interleavings.books import Books, illegal_moves
from tests.interleavings.ground import Ground

Rule = TypeVar("Rule", bound=Callable[..., Any])
CLERK = Actor("clerk", Role.SALES)
BOSS = Actor("boss", Role.ADMIN)
TIMES = st.sampled_from(["once", "once", "again", "at once"])
"""A step is run once, a second time after the first, or twice at the same instant: all three come to the same."""
PICK = st.integers(0, 7)
"""Which of the documents that there are."""


def does(*operations: Callable[..., Any]) -> Callable[[Rule], Rule]:
    """Say which steps and which operations of the intake a rule is about."""

    def mark(rule: Rule) -> Rule:
        rule.does = operations  # type: ignore[attr-defined]
        return rule

    return mark


class Doing:
    """The life of one example: its clock, what was done, and what is predicted."""

    ground: Ground
    done: Counter[str]

    def begin(self) -> None:
        """A fresh company."""
        self.ground.put_back()
        self.now = NOW
        self.numbers = 0
        self.cash: dict[str, Decimal] = {}
        self.books: Books = self.read()
        self.pieces: defaultdict[str, Decimal] = defaultdict(Decimal, self.books.sums("stock_level", "on_hand", "sku"))

    def read(self) -> Books:
        """The books as they are."""

        async def look() -> Books:
            async with transaction() as tx:
                return await Books.read(tx)

        return self.ground.run(look())

    def tick(self, **delta: float) -> None:
        """Time moves on."""
        self.now += timedelta(**delta)

    def step(self, activity: Callable[[Any], Awaitable[Any]], asked: Any, times: str = "once") -> Any:
        """Run a step as the engine does, which may run it again at any time, also beside its own twin."""

        async def twins() -> Any:
            first, second = await asyncio.gather(activity(asked), activity(asked))
            assert first == second
            return first

        answer = self.ground.run(twins() if times == "at once" else _once(activity, asked))
        if times == "again":
            assert self.ground.run(_once(activity, asked)) == answer
        self.done[activity.__name__] += 1
        return answer

    def tell(self, operation: Callable[..., Awaitable[Any]], *asked: Any, by: Actor = BOSS) -> Any:
        """A request or a fact from outside; what it answers, or the refusal, which must say what to do."""
        try:
            answer = self.ground.run(settled(lambda tx: operation(tx, by, *asked, self.now)))
        except IllegalMove as refusal:
            assert refusal.legal_moves is not None and refusal.detail
            return refusal
        except (Invalid, NotFound, Forbidden) as refusal:
            assert refusal.detail and (refusal.errors or not isinstance(refusal, Invalid))
            return refusal
        self.done[operation.__name__] += 1
        return answer

    def new(self, prefix: str) -> str:
        """A name that nobody has yet."""
        self.numbers += 1
        return f"{prefix}-{self.numbers}"

    def one(self, table: str, pick: int, *states: str) -> dict[str, Any] | None:
        """One of the documents there are (in these states), the newest first; None when there is none."""
        found = [row for row in self.books[table] if not states or row["state"] in states]
        found.sort(key=lambda row: str(row.get("number") or row.get("id")), reverse=True)
        return dict(found[pick % len(found)]) if found else None

    def order_step(self, number: str) -> OrderStep:
        """A step of an order, now."""
        return OrderStep(number=number, now=self.now)

    def shipment_step(self, shipment: dict[str, Any]) -> ShipmentStep:
        """A step of a shipment, now."""
        return ShipmentStep(number=shipment["number"], order=shipment["order_number"], now=self.now)

    def supply_step(self, number: str) -> SupplyStep:
        """A step of a supply order, now."""
        return SupplyStep(number=number, now=self.now)

    def case_step(self, number: str) -> CaseStep:
        """A step of a case, now."""
        return CaseStep(number=number, now=self.now)

    def rows(self, sql: str, **values: Any) -> list[Any]:
        """What a query says."""
        return list(self.ground.run(_rows(sql, values)))

    def parcels(self) -> dict[str, str]:
        """What the carrier has booked: tracking number by key."""
        return {row["number"]: row["tracking_number"] for row in self.books["shipment"] if row["tracking_number"]}

    def look(self) -> None:
        """Everything holds: the checks, the books, the moves, and what was predicted."""
        before, self.books = self.books, self.read()
        assert self.books.broken() == []
        assert list(illegal_moves(before.states(), self.books.states())) == []
        assert self.ground.run(self.ground.breaches()) == []
        on_hand = self.books.sums("stock_level", "on_hand", "sku")
        assert {sku: on_hand[sku] for sku in self.pieces} == dict(self.pieces)
        told = {row["provider_payment_id"]: row["amount"] for row in self.books["payment"]}
        assert told == self.cash, "money that was told is there, once"


def refused(answer: Any) -> bool:
    """Whether a request was refused."""
    return isinstance(answer, OrderkeepError)


async def _once(activity: Callable[[Any], Awaitable[Any]], asked: Any) -> Any:
    return await activity(asked)


async def _rows(sql: str, values: dict[str, Any]) -> Any:
    return await rows(sql, **values)
