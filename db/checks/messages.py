"""Checks of what leaves the database: a notice goes out once."""

from __future__ import annotations

from db.checks.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "one_notice_per_event",
        "A person is told of an event once.",
        "{notices} notices under the key {key}",
        "SELECT key, count(*) AS notices FROM notice GROUP BY key HAVING count(*) > 1",
    ),
)
