"""The machine: every order of steps, facts and requests that hypothesis thinks of; all holds after each of them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy.exc import DBAPIError

from domain.order_life import LEGAL_MOVES
from tests.builders import run
from tests.interleavings.books import STATES
from tests.interleavings.doing import PICK
from tests.interleavings.ground import Ground
from tests.interleavings.rules_orders import LINES
from tests.interleavings.story import Story


class Machine(Story, RuleBasedStateMachine):
    """Several orders at once; steps out of turn, twice and at once; facts late, early, doubled and wrong."""

    @initialize(orders=st.lists(st.tuples(LINES, st.booleans(), st.integers(0, 7)), min_size=2, max_size=3))
    def open_the_company(self, orders: list[tuple[list[tuple[str, int]], bool, int]]) -> None:
        """Little in stock, a limit that is soon reached, and orders of which each is somewhere in its life."""
        self.begin()
        for lines, rich, steps in orders:
            self.an_order_comes(lines, "net30", "ship_partial", rich, discount=0)
            self.books_only()
            self.an_order_goes_on_as_it_should(pick=0, steps=steps)

    @rule(pick=PICK, steps=st.integers(1, 4))
    def an_order_goes_on_as_it_should(self, pick: int, steps: int) -> None:
        """So that lives get far, also when chance would not have it."""
        for _ in range(steps):
            if order := self.one("sales_order", pick):
                self.advance(order)
                self.books_only()

    @rule()
    def all_supply_arrives(self) -> None:
        """The world does its part."""
        self.supply()

    @rule(kind=st.sampled_from(sorted(STATES)), pick=PICK, goal=PICK)
    def an_illegal_move_is_refused_by_the_database_itself(self, kind: str, pick: int, goal: int) -> None:
        """Whoever writes past the program."""
        table, key, column = STATES[kind]
        found = self.one(table, pick)
        if found is None:
            return
        states = {*LEGAL_MOVES[kind], *(to for moves in LEGAL_MOVES[kind].values() for to in moves)}
        illegal = sorted(states - {found[column], *LEGAL_MOVES[kind].get(found[column], ())})
        if not illegal:
            return
        sql = f"UPDATE {table} SET {column} = :target WHERE CAST({key} AS text) = :key"
        with pytest.raises(DBAPIError):
            self.ground.run(run(sql, target=illegal[goal % len(illegal)], key=str(found[key])))

    def books_only(self) -> None:
        """Read anew what there is."""
        self.books = self.read()

    @invariant()
    def everything_holds(self) -> None:
        """After every step."""
        if hasattr(self, "books"):
            self.tick(minutes=1)
            self.look()

    def teardown(self) -> None:
        """In the end every order ends."""
        if hasattr(self, "books"):
            self.rest()
            self.look()


def machine_on(laid: Ground) -> tuple[type[Machine], Counter[str]]:
    """The machine on a ground, and what it has done."""
    done: Counter[str] = Counter()

    class Laid(Machine):
        ground = laid

    Laid.done = done
    return Laid, done


def rules_of(machine: type[Any]) -> dict[str, tuple[Any, ...]]:
    """What each rule says that it is about."""
    return {name: does for name in dir(machine) if (does := getattr(getattr(machine, name, None), "does", None))}
