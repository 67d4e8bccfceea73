"""After-sales: the clocks of a case and the moves that people make on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

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

RESPONDS = ("start", "wait", "resolve")
"""Moves that count as the first response to the customer."""


def respond_by(opened_at: datetime, priority: str, policy: Policy) -> datetime:
    """When the customer must have heard from us."""
    return opened_at + policy.days(policy.case_clocks[priority].response_days)


def resolve_by(opened_at: datetime, priority: str, policy: Policy) -> datetime:
    """When the case should be solved; time spent waiting for the customer is added when the wait ends."""
    return opened_at + policy.days(policy.case_clocks[priority].resolution_days)
