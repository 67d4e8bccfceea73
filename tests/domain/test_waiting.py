"""Why an order waits: one answer, the most urgent first."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.waiting import ACTIONS, SENTENCES, Wait, most_urgent

EARLY, LATE = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)


def wait(cause: str, since: datetime | None = None, **figures: object) -> Wait:
    """A wait with its figures."""
    return Wait(cause, figures, since)


@pytest.mark.parametrize(
    ("causes", "expected"),
    [
        (["time", "payment", "hold"], "hold"),
        (["supply", "pick"], "pick"),
        (["carrier", "retry"], "retry"),
        (["payment", "time"], "payment"),
        (["stock", "supply"], "supply"),
    ],
)
def test_what_fails_comes_first_then_what_somebody_must_do_then_what_takes_time(causes: list[str], expected: str):
    first = most_urgent([wait(cause) for cause in causes])
    assert first is not None
    assert first.cause == expected


def test_of_two_equals_the_older_one_comes_first():
    old, new, unknown = wait("pick", EARLY), wait("pick", LATE), wait("pick")
    assert most_urgent([unknown, new, old]) is old


def test_nothing_to_wait_for_is_none():
    assert most_urgent([]) is None


@pytest.mark.parametrize(
    ("cause", "word", "owner"),
    [
        ("hold", "hold", None),
        ("engine", "retry", None),
        ("stock", "supply", "purchasing"),
        ("booking", "carrier", "warehouse"),
        ("payment", "payment", "finance"),
        ("ended", None, None),
    ],
)
def test_a_cause_has_the_word_of_the_contract_and_an_owner(cause: str, word: str | None, owner: str | None):
    assert (wait(cause).waiting_for, wait(cause).owner) == (word, owner)


def test_a_hold_belongs_to_its_own_role_and_shows_what_can_be_done():
    hold = Wait("hold", {"id": 7, "reason": "CREDIT"}, owner_role="credit")
    assert hold.owner == "credit"
    assert hold.next_actions("SO-000001") == [
        "POST /v1/orders/SO-000001/holds/7/release",
        "POST /v1/orders/SO-000001/holds/7/reject",
        "POST /v1/orders/SO-000001/cancel",
    ]


def test_every_cause_with_actions_has_a_sentence_and_its_actions_can_be_filled():
    assert ACTIONS.keys() <= SENTENCES.keys()
    for cause in SENTENCES:
        assert all("{" not in action for action in wait(cause).next_actions("SO-1"))
