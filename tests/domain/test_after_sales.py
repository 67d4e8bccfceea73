"""After-sales: clocks and the moves of a case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.after_sales import RESPONDS, STATE_AFTER, case_moves, resolve_by, respond_by
from domain.order_life import LEGAL_MOVES, is_legal
from domain.policy import CaseClock, Policy

OPENED = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("priority", "response", "resolution"),
    [("low", 2, 10), ("normal", 1, 5), ("high", 0.33, 2), ("urgent", 0.17, 1)],
)
def test_the_clocks_follow_the_priority(priority: str, response: float, resolution: float):
    policy = Policy()
    assert respond_by(OPENED, priority, policy) == OPENED + timedelta(days=response)
    assert resolve_by(OPENED, priority, policy) == OPENED + timedelta(days=resolution)


def test_the_clocks_follow_the_policy_and_the_length_of_its_days():
    policy = Policy(day_seconds=2, case_clocks={"normal": CaseClock(response_days=3, resolution_days=4)})
    assert respond_by(OPENED, "normal", policy) == OPENED + timedelta(seconds=6)
    assert resolve_by(OPENED, "normal", policy) == OPENED + timedelta(seconds=8)


@pytest.mark.parametrize(
    ("state", "moves"),
    [
        ("NEW", ("assign", "start", "resolve")),
        ("ASSIGNED", ("assign", "start", "resolve")),
        ("IN_PROGRESS", ("assign", "wait", "resolve")),
        ("WAITING_CUSTOMER", ("assign", "resume", "resolve")),
        ("RESOLVED", ("close", "reopen")),
        ("CLOSED", ()),
    ],
)
def test_what_can_be_done_on_a_case(state: str, moves: tuple[str, ...]):
    assert case_moves(state) == moves


def test_every_move_leads_where_the_table_of_moves_allows():
    for state in (*LEGAL_MOVES["case"], "CLOSED"):
        for move in case_moves(state):
            assert move == "assign" or is_legal("case", state, STATE_AFTER[move])


def test_assigning_alone_is_no_answer_to_the_customer():
    assert set(RESPONDS) == {"start", "wait", "resolve"}
