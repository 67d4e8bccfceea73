"""The policy: a value that survives its storage, with days of any length."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from pydantic import ValidationError

from domain.policy import Policy, ReminderLevel

D = Decimal
POLICY = Policy(default_credit_limit=D("1000"), group_credit_limits={"gold": D("5000")})


@pytest.mark.parametrize(
    ("own", "group", "expected"),
    [
        (D("7"), "gold", D("7")),
        (D("0"), "gold", D("0")),
        (None, "gold", D("5000")),
        (None, "tin", D("1000")),
        (None, None, D("1000")),
    ],
)
def test_a_limit_is_the_customers_else_the_groups_else_the_companys(
    own: Decimal | None, group: str | None, expected: Decimal
):
    assert POLICY.credit_limit(own, group) == expected


def test_without_any_limit_there_is_none():
    assert Policy().credit_limit(None, None) is None


def test_a_policy_survives_its_storage():
    policy = Policy(
        day_seconds=0.25, margin_floor_percent=D("12.5"), reminders=(ReminderLevel(level=1, days_after_due=2),)
    )
    assert Policy.model_validate(json.loads(json.dumps(policy.model_dump(mode="json")))) == policy


def test_days_have_the_length_of_the_policy():
    assert Policy().days(1.5) == timedelta(hours=36)
    assert Policy(day_seconds=0.5).days(30) == timedelta(seconds=15)
    assert Policy(day_seconds=0.5).day == timedelta(seconds=0.5)


def test_a_role_has_a_mailbox():
    assert Policy(staff_mail_domain="example.com").mailbox("credit") == "credit@example.com"


def test_a_policy_cannot_be_changed():
    with pytest.raises(ValidationError):
        POLICY.handling_days = 3  # type: ignore[misc]


def test_reminders_climb():
    levels = [(step.level, step.days_after_due) for step in Policy().reminders]
    assert levels == sorted(levels)
    assert levels[0][0] == 1
