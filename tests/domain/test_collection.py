"""Collection: the ladder of reminders, what it charges, and which open items a payment settles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.collection import (
    Application,
    HeldBack,
    OpenItem,
    PlannedReminder,
    Reminded,
    Upcoming,
    applications,
    charges,
    invoice_state,
    next_reminder,
    payment_state,
    ranked,
    reminder_plan,
    upcoming,
    worth_reminding,
)
from domain.policy import Policy, ReminderLevel

D = Decimal
POSTED = datetime(2026, 3, 2, 9, tzinfo=UTC)
DUE = POSTED + timedelta(days=30)
PLAN = reminder_plan(POSTED, DUE, Policy())


def day(number: float) -> datetime:
    """So many days after the due date."""
    return DUE + timedelta(days=number)


def test_the_ladder_begins_with_a_courtesy_before_the_due_date():
    assert [(rung.level, rung.at) for rung in PLAN] == [(0, day(-3)), (1, day(7)), (2, day(14)), (3, day(28))]


def test_a_courtesy_before_the_invoice_itself_is_left_out():
    assert [rung.level for rung in reminder_plan(POSTED, POSTED, Policy())] == [1, 2, 3]


def test_the_ladder_follows_the_policy_and_the_length_of_its_days():
    policy = Policy(day_seconds=0.5, reminders=(ReminderLevel(level=1, days_after_due=4),), courtesy_days_before_due=2)
    plan = reminder_plan(POSTED, POSTED + timedelta(seconds=15), policy)
    assert [(rung.level, rung.at - POSTED) for rung in plan] == [
        (0, timedelta(seconds=14)), (1, timedelta(seconds=17)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("level", "reminded_at", "expected"),
    [
        (None, None, (0, day(-3))),
        (0, day(-3), (1, day(7))),
        (1, day(7), (2, day(14))),
        (2, day(14), (3, day(28))),
        (3, day(28), None),
        (1, day(12), (2, day(19))),  # an outage of five days: the next is no sooner than a week later
        (2, day(100), (3, day(114))),
    ],
)
def test_the_next_reminder_keeps_its_distance_to_the_last(
    level: int | None, reminded_at: datetime | None, expected: tuple[int, datetime] | None
):
    rung = next_reminder(PLAN, level, reminded_at)
    assert (None if rung is None else (rung.level, rung.at)) == expected


def test_an_empty_ladder_has_no_next_reminder():
    assert next_reminder([], None, None) is None


@given(st.lists(st.integers(0, 60), min_size=8, max_size=8))
def test_the_ladder_skips_no_level_and_never_hurries(delays: list[int]):
    level, reminded_at = None, None
    sent: list[tuple[int, datetime]] = []
    for delay in delays:
        rung = next_reminder(PLAN, level, reminded_at)
        if rung is None:
            break
        level, reminded_at = rung.level, rung.at + timedelta(days=delay)
        sent.append((level, reminded_at))
    assert [number for number, _ in sent] == [0, 1, 2, 3]
    planned = {rung.level: rung.at for rung in PLAN}
    for (before, earlier), (after, later) in pairwise(sent):
        assert later - earlier >= planned[after] - planned[before]
        assert later >= planned[after]


@pytest.mark.parametrize(("outstanding", "worth"), [("4.99", False), ("5.00", True), ("0", False), ("100", True)])
def test_below_the_minimum_nobody_is_reminded(outstanding: str, worth: bool):
    assert worth_reminding(D(outstanding), Policy()) is worth


@pytest.mark.parametrize(
    ("outstanding", "days", "fee", "rate", "currency", "expected"),
    [
        ("1000.00", "28", "10", "8", "EUR", ("10", "6.14")),
        ("1000.00", "365", "0", "8", "EUR", ("0", "80.00")),
        ("1000", "28", "10", "8", "JPY", ("10", "6")),
        ("1000.00", "-3", "0", "8", "EUR", ("0", "0.00")),
        ("1000.00", "28", "5", "0", "EUR", ("5", "0.00")),
    ],
)
def test_charges(outstanding: str, days: str, fee: str, rate: str, currency: str, expected: tuple[str, str]):
    step = ReminderLevel(level=3, days_after_due=28, fee=D(fee), interest_percent=D(rate))
    cost, interest = charges(D(outstanding), D(days), step, currency)
    assert (str(cost), str(interest)) == expected


def item(number: int, outstanding: str, *, due: int = 0, of: str | None = None, instalment: int = 1) -> OpenItem:
    """An open instalment of INV-n, order SO-n, shipment SH-n, purchase order PO-n; `of`: open of the invoice."""
    return OpenItem(
        f"INV-{number}", instalment, f"SO-{number}", "ACME", f"PO-{number}", f"SH-{number}", day(due), D(outstanding),
        D(of or outstanding),
    )  # fmt: skip


OLD, NEW, NEWEST = item(1, "50.00"), item(2, "80.00", due=10), item(3, "30.00", due=20)


@pytest.mark.parametrize(
    ("amount", "references", "expected"),
    [
        ("80.00", ["INV-2"], [2]),
        ("80.00", ["inv-2"], [2]),
        ("80.00", ["SO-2"], [2]),
        ("80.00", ["SH-2"], [2]),
        ("80.00", ["po-2"], [2]),
        ("80.00", ["Payment for INV-3, INV-1; thanks"], [1, 3]),
        ("80.00", ["Invoice (inv-2)."], [2]),
        ("80.00", ["Re: 4711/INV-2"], [2]),
        ("80.00", ["nothing that we know"], []),
        ("10.00", ["INV-22"], []),
        ("30.00", [], [3, 1, 2]),
        ("80.00", [], [2, 1, 3]),
        ("81.00", [], [1, 2, 3]),
    ],
)
def test_a_payment_means_what_it_names_then_its_amount_then_the_oldest(
    amount: str, references: list[str], expected: list[int]
):
    found = ranked([NEWEST, NEW, OLD], D(amount), references)
    assert [f"INV-{number}" for number in expected] == [each.invoice for each in found]


def test_the_amount_of_a_whole_invoice_means_all_its_instalments():
    first = item(5, "30.00", due=40, of="100.00")
    second = item(5, "70.00", due=70, of="100.00", instalment=2)
    assert ranked([OLD, second, first], D("100.00"), []) == [first, second, OLD]


def test_money_is_spread_in_the_order_given():
    spread = applications([OLD, NEW, NEWEST], D("100.00"))
    assert spread == [
        Application("INV-1", 1, "SO-1", "ACME", D("50.00")), Application("INV-2", 1, "SO-2", "ACME", D("50.00")),
    ]  # fmt: skip


def test_what_is_settled_takes_nothing():
    assert applications([item(1, "0.00"), item(2, "5.00")], D("9.00"))[0].invoice == "INV-2"
    assert applications([OLD], D("0")) == []


@given(st.lists(st.decimals(0, 1000, places=2), max_size=8), st.decimals(0, 5000, places=2))
def test_applications_never_exceed_the_money_nor_an_item(open_amounts: list[Decimal], amount: Decimal):
    items = [item(number, str(outstanding)) for number, outstanding in enumerate(open_amounts)]
    pieces = applications(items, amount)
    outstanding = {each.invoice: each.outstanding for each in items}
    assert all(D(0) < piece.amount <= outstanding[piece.invoice] for piece in pieces)
    assert sum((piece.amount for piece in pieces), D(0)) == min(amount, sum(open_amounts, D(0)))


@pytest.mark.parametrize(
    ("amount", "applied", "state"),
    [("10", "0", "UNAPPLIED"), ("10", "9.99", "PARTIALLY_APPLIED"), ("10", "10", "APPLIED")],
)
def test_the_state_of_a_payment_follows_what_is_applied(amount: str, applied: str, state: str):
    assert payment_state(D(amount), D(applied)) == state


@pytest.mark.parametrize(
    ("total", "paid", "state"),
    [("10", "0", "POSTED"), ("10", "0.01", "PARTIALLY_PAID"), ("10", "10", "PAID"), ("0", "0", "PAID")],
)
def test_the_state_of_an_invoice_follows_what_is_paid(total: str, paid: str, state: str):
    assert invoice_state(D(total), D(paid)) == state


def owed(outstanding: str, disputed: str = "0", *, level: int | None = 0, paused: bool = False) -> Reminded:
    """An instalment of which the courtesy, or more, was sent in time."""
    at = {None: None, 0: day(-3), 3: day(28)}[level]
    return Reminded(POSTED, DUE, level, at, D(outstanding), D(disputed), paused)


@pytest.mark.parametrize(
    ("item", "held_back"),
    [
        (owed("36"), None),
        (owed("36", "31"), None),
        (owed("36", "31.01"), HeldBack.BELOW_MINIMUM),
        (owed("4.99"), HeldBack.BELOW_MINIMUM),
        (owed("36", "36"), HeldBack.DISPUTED),
        (owed("36", paused=True), HeldBack.PAUSED),
        (owed("36", "36", paused=True), HeldBack.DISPUTED),
    ],
)
def test_what_is_planned_next_is_named_with_what_holds_it_back(item: Reminded, held_back: HeldBack | None):
    assert upcoming(item, Policy()) == Upcoming(PlannedReminder(1, day(7)), held_back)


def test_after_the_last_level_nothing_is_planned_and_nothing_holds_it_back():
    assert upcoming(owed("36", "36", level=3), Policy()) == Upcoming(None, None)
    assert upcoming(owed("36", level=None), Policy()) == Upcoming(PlannedReminder(0, day(-3)), None)
