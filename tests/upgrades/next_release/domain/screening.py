"""Export control of the release after this one: who is asked, and what the answer means for the order."""

from __future__ import annotations

from datetime import datetime

from domain.policy import Policy
from domain.steps import Value

LISTED = "EXPORT"
"""Customers whose code begins like this are listed: the authority is asked, and answers within two days."""


class ScreeningOutcome(Value):
    """Whether the order may go on; else when to look again."""

    cleared: bool
    ask_again_at: datetime | None = None


def answer_due(customer: str, asked_at: datetime, policy: Policy) -> datetime | None:
    """When the authority will have answered; None when nobody has to be asked."""
    return asked_at + policy.days(2) if customer.startswith(LISTED) else None
