"""Checks of cases and their clocks."""

from __future__ import annotations

from db.checks.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "case_clocks",
        "A case is WAITING_CUSTOMER since a time, RESOLVED at a time and CLOSED at a time, and only then.",
        "{number} is {state}: waiting since {waiting_since}, resolved at {resolved_at}, closed at {closed_at}",
        """SELECT number, state, waiting_since, resolved_at, closed_at FROM support_case
        WHERE (state = 'WAITING_CUSTOMER') <> (waiting_since IS NOT NULL)
          OR (state IN ('RESOLVED', 'CLOSED')) <> (resolved_at IS NOT NULL)
          OR (state = 'CLOSED') <> (closed_at IS NOT NULL)""",
    ),
)
