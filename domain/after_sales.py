"""After-sales: the clocks of a case and the moves that people make on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from domain.order_life import moves_from
from domain.policy import Policy

STATE_AFTER: Mapping[str, str] = {
    "assign": "ASSIGNED",
    "start": "IN_PROGRESS",
    "wait": "WAITING_CUSTOMER",
    "resume": "IN_PROGRESS",
    "resolve": "RESOLVED",
    "close": "CLOSED",
    "reopen": "IN_PROGRESS",
}
"""What somebody does on a case, and the state it leads to."""

_FROM: Mapping[str, tuple[str, ...]] = {
    "assign": ("NEW", "ASSIGNED", "IN_PROGRESS", "WAITING_CUSTOMER"),
    "start": ("NEW", "ASSIGNED"),
    "resume": ("WAITING_CUSTOMER",),
    "reopen": ("RESOLVED",),
}

RESPONDS = ("start", "wait", "resolve")
"""Moves that count as the first response to the customer."""


def respond_by(opened_at: datetime, priority: str, policy: Policy) -> datetime:
    """When the customer must have heard from us."""
    return opened_at + policy.days(policy.case_clocks[priority].response_days)


def resolve_by(opened_at: datetime, priority: str, policy: Policy) -> datetime:
    """When the case should be solved; time spent waiting for the customer is added when the wait ends."""
    return opened_at + policy.days(policy.case_clocks[priority].resolution_days)


def case_moves(state: str) -> tuple[str, ...]:
    """What somebody can do on a case in this state: a solved one is reopened, not started."""
    return tuple(
        move
        for move, target in STATE_AFTER.items()
        if (state in _FROM[move] if move in _FROM else target in moves_from("case", state))
    )
