"""Random interleavings of everything that orders live through keep every invariant after every step.

The machine knows every step that the engine may run and every operation behind a route that changes something: what is
added to them must become a rule, or say below why it is none.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from starter.api.app import create_app
from starter.console.door import OpenPage, Page
from starter.plugin import ACTIVITIES
from starter.settings import Settings
from tests.interleavings.ground import Ground, ground
from tests.interleavings.machine import Machine, machine_on, rules_of

FIXED = settings(
    max_examples=8, stateful_step_count=20, deadline=None, derandomize=True, database=None, print_blob=True,
    phases=[Phase.generate], suppress_health_check=list(HealthCheck),
)  # fmt: skip
NO_RULE: dict[str, str] = {
    "create_delegation": "who stands in for whom is no part of an order's life",
    "end_delegation": "who stands in for whom is no part of an order's life",
    "create_user": "an account is no part of an order's life",
    "change_user": "an account is no part of an order's life",
    "disable_user": "an account is no part of an order's life",
    "reset_user": "an account is no part of an order's life",
    "create_key": "a key is no part of an order's life",
    "revoke_key": "a key is no part of an order's life",
    "encode_payloads": "what the engine keeps is sealed and opened; no document changes",
    "decode_payloads": "what the engine keeps is sealed and opened; no document changes",
    "set_reorder_point": "a figure of the product's card that only reports and people read; no document changes",
    "comment_on_order": "a line of the timeline; no document changes",
    "pause_order": "asks the engine, which does not run here; tests/starter/repair has it on real servers",
    "resume_order": "asks the engine, which does not run here; tests/starter/repair has it on real servers",
    "retry_order": "asks the engine, which does not run here; tests/starter/repair has it on real servers",
    "reset_order": "asks the engine, which does not run here; tests/starter/repair has it on real servers",
}
"""Routes that change something and are no rule of the machine, each with the reason."""


def routes() -> Iterator[APIRoute]:
    """Every route of the API that changes something; the console's buttons call the same functions."""
    app = create_app(Settings(_env_file=None, database_url="postgresql://nobody@127.0.0.1/nothing"))
    for route in app.routes:
        if isinstance(route, Page | OpenPage):
            continue
        if isinstance(route, APIRoute) and (route.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}:
            yield route


def operations_of(endpoint: Callable[..., Any]) -> set[Callable[..., Any]]:
    """The operations of the intake that a handler calls."""
    known = inspect.unwrap(endpoint).__globals__
    found = set()
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(endpoint)))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = known.get(node.value.id)
            if isinstance(module, ModuleType) and module.__name__.startswith("intake."):
                found.add(getattr(module, node.attr))
    return found


RULES = rules_of(Machine)
RULED = {operation for operations in RULES.values() for operation in operations}


@pytest.mark.parametrize("step", ACTIVITIES, ids=[step.__name__ for step in ACTIVITIES])
def test_every_step_that_the_engine_may_run_is_a_rule_of_the_machine(step: Callable[..., Any]):
    assert step in RULED, f"write a rule that runs {step.__name__}, in tests/interleavings/rules_*.py"


def test_every_route_that_changes_something_is_a_rule_of_the_machine_or_says_why_not():
    named = {route.name: operations_of(route.endpoint) for route in routes()}
    assert len(named) >= 18
    assert {name for name in NO_RULE if name not in named} == set(), "these routes are gone"
    missing = {name: found for name, found in named.items() if name not in NO_RULE and not (found and found & RULED)}
    assert missing == {}, "write a rule in tests/interleavings/rules_*.py, or say in NO_RULE why there is none"


def test_no_rule_is_about_what_does_not_exist():
    intake = {operation for route in routes() for operation in operations_of(route.endpoint)}
    assert RULED - set(ACTIVITIES) - intake == set()


def test_every_interleaving_keeps_every_invariant(database_server: str):
    with ground(database_server) as laid:
        machine, done = machine_on(laid)
        run_state_machine_as_test(machine, settings=FIXED)
    assert sum(done.values()) > 200


def test_every_rule_does_what_it_says_and_the_books_stay_sound(database_server: str):
    with ground(database_server) as laid:
        machine, done = machine_on(laid)
        tour(machine)
        assert {operation.__name__ for operation in RULED} - set(done) == set(), "the tour leaves them out"


def tour(machine: type[Machine]) -> None:
    """One life after the other, so that each operation is carried out at least once."""
    m = machine()
    m.open_the_company([([("BOLT", 2)], True, 0), ([("KIT", 2), ("GEM", 6)], False, 0)])
    for act in (
        lambda: m.an_order_comes([("BOLT", 6), ("NUT", 4)], "net30", "ship_partial", rich=False, discount=7),
        lambda: m.an_order_is_reviewed(0, "at once"),
        lambda: m.a_hold_is_released(0, 0),
        lambda: m.an_order_is_reviewed(0, "again"),
        lambda: m.an_order_comes([("GEM", 6)], "net30", "ship_complete", rich=True, discount=7),
        lambda: m.an_order_is_reviewed(0, "once"),
        lambda: m.a_hold_is_rejected(0, seldom=7),
        lambda: m.time_passes_over_a_review(2, 3, "at once"),
        *(lambda pick=pick: m.an_order_looks_for_pieces(pick, "at once") for pick in range(4)),
        *(lambda pick=pick: m.an_order_is_reviewed(pick, "once") for pick in range(4)),
        *(lambda pick=pick: m.an_order_looks_for_pieces(pick, "at once") for pick in range(4)),
        *(lambda pick=pick: m.delivery_notes_are_made(pick, "at once") for pick in range(4)),
        *(lambda pick=pick: m.a_shortage_is_covered(pick, "at once") for pick in range(4)),
        lambda: m.a_late_supplier_is_chased(0, 6, "at once"),
        lambda: m.goods_move("GEM", "EAST", "count", 9),
        lambda: m.supply_arrives(0, "MAIN", 2),
        lambda: m.supply_arrives(0, "MAIN", 0),
        lambda: m.a_pick_is_confirmed(0, 1),
        lambda: m.a_pick_is_confirmed(1, 0),
        lambda: m.a_carrier_is_booked(0, "at once"),
        lambda: m.a_carrier_is_booked(1, "at once"),
        lambda: m.the_carrier_is_asked(0, "again"),
        lambda: m.the_carrier_reports(0, "out_for_delivery", 2),
        lambda: m.the_carrier_reports(0, "in_transit", 1),
        lambda: m.a_parcel_arrives_while_its_order_is_looked_at(0),
        lambda: m.a_shipment_is_billed(0, "at once"),
        lambda: m.money_comes(0, "invoice", "0.01", signal=True),
        lambda: m.money_comes(0, "nobody", "500.00", signal=False),
        lambda: m.supply_is_ordered_by_hand("GEM", 3, made=False),
        lambda: m.a_shortage_is_covered(0, "once"),
        lambda: m.a_supplier_names_a_date(0, 3),
        lambda: m.a_reminder_is_due(0, 31, "at once"),
        *(lambda pick=pick: m.a_bill_is_disputed(pick, "1.00") for pick in range(3)),
        lambda: m.a_dispute_is_decided(0, "withdrawn"),
        *(lambda pick=pick: m.money_comes(pick, "nobody", "12.00", signal=False) for pick in range(3)),
        *(
            lambda pick=pick, other=other: m.cash_is_matched_by_hand(pick, other, None)
            for pick in range(4)
            for other in range(3)
        ),
        *(lambda pick=pick: m.an_order_is_cancelled(pick, done=True, times="at once") for pick in range(4)),
        lambda: m.an_undo_goes_on(0, "again"),
        lambda: m.a_customer_answers(0, 5),
        lambda: m.a_case_is_opened(0),
        lambda: m.the_clock_of_a_case_runs(0, 2, "at once"),
        lambda: m.a_case_moves(0, "resolve"),
        lambda: m.the_clock_of_a_case_runs(0, 8, "at once"),
        *(lambda what=what: m.master_data_changes(what, 3) for what in ("customer", "supplier", "product", "tax code")),
        *(lambda: m.an_order_goes_on_as_it_should(2, 4) for _ in range(3)),
        *(lambda pick=pick: m.a_customer_is_asked(pick, "at once") for pick in range(4)),
        *(lambda pick=pick: m.an_order_is_closed(pick, "at once") for pick in range(4)),
        lambda: m.an_illegal_move_is_refused_by_the_database_itself("order", 0, 0),
    ):
        act()
        m.everything_holds()
    m.teardown()


def test_the_ground_is_put_back_to_where_it_was(database_server: str):
    with ground(database_server) as laid:
        machine, _ = machine_on(laid)
        m = machine()
        numbers = []
        for _ in range(2):
            m.open_the_company([([("BOLT", 2)], False, 7), ([("GEM", 2)], True, 7)])
            m.books_only()
            numbers.append(
                sorted(row["number"] for table in ("sales_order", "shipment", "invoice") for row in m.books[table])
            )
        assert numbers[0] == numbers[1] and "SO-000001" in numbers[0]


def test_a_breach_is_seen(database_server: str):
    """The machine's own eyes: a row that is changed past the program is named by both sets of invariants."""
    with ground(database_server) as laid:
        breach(laid)


def breach(laid: Ground) -> None:
    """Stock from nowhere."""
    machine, _ = machine_on(laid)
    m = machine()
    m.open_the_company([([("BOLT", 2)], False, 1), ([("GEM", 2)], True, 1)])
    m.everything_holds()
    m.rows("UPDATE stock_level SET on_hand = on_hand + 1 WHERE sku = 'GEM' RETURNING sku")
    m.books_only()
    assert [line.partition(":")[0] for line in m.books.broken()] == ["stock_is_what_moved_and_holds_what_is_reserved"]
    assert [line.partition(":")[0] for line in laid.run(laid.breaches())] == ["stock_on_hand"]
    with pytest.raises(AssertionError):
        m.look()
