"""Collection: which reminder comes when, what it costs, and which open items a payment settles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from domain.money import rounded
from domain.policy import Policy, ReminderLevel


@dataclass(frozen=True, slots=True)
class PlannedReminder:
    """A reminder and the earliest instant at which it may be sent; level 0 is the courtesy before the due date."""

    level: int
    at: datetime


def reminder_plan(posted_at: datetime, due_at: datetime, policy: Policy) -> list[PlannedReminder]:
    """The ladder of an instalment; a courtesy that would fall before the invoice itself is left out."""
    courtesy = due_at - policy.days(policy.courtesy_days_before_due)
    plan = [PlannedReminder(0, courtesy)] if courtesy > posted_at else []
    plan += [PlannedReminder(step.level, due_at + policy.days(step.days_after_due)) for step in policy.reminders]
    return plan


def next_reminder(
    plan: Sequence[PlannedReminder], level: int | None, reminded_at: datetime | None
) -> PlannedReminder | None:
    """The rung after the last one sent: at its planned date, but after an outage no sooner than its distance to that.

    No level is skipped; None when the ladder has ended.
    """
    if level is None or reminded_at is None:
        return next(iter(plan), None)
    last = next((rung for rung in plan if rung.level == level), None)
    following = next((rung for rung in plan if rung.level > level), None)
    if following is None or last is None:
        return following
    return PlannedReminder(following.level, max(following.at, reminded_at + (following.at - last.at)))


def worth_reminding(outstanding: Decimal, policy: Policy) -> bool:
    """Below the minimum nobody is reminded."""
    return outstanding >= policy.reminder_minimum


class HeldBack(StrEnum):
    """Why nobody is reminded although a reminder is planned."""

    DISPUTED = "disputed"
    BELOW_MINIMUM = "below_minimum"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Upcoming:
    """The reminder that comes next, None when the ladder has ended; and why it will not be sent, as things stand."""

    reminder: PlannedReminder | None
    held_back: HeldBack | None


@dataclass(frozen=True, slots=True)
class Reminded:
    """An instalment as the ladder of its reminders sees it; `level` is the highest sent, None for none."""

    posted_at: datetime
    due_at: datetime
    level: int | None
    reminded_at: datetime | None
    outstanding: Decimal
    disputed: Decimal
    paused: bool = False

    @property
    def undisputed(self) -> Decimal:
        """What the customer is reminded of."""
        return self.outstanding - self.disputed


def upcoming(item: Reminded, policy: Policy) -> Upcoming:
    """What comes next for an instalment that is not settled.

    All of it disputed: the ladder stands still. A paused order: its reminder waits. Below the minimum the level passes
    without a letter.
    """
    planned = next_reminder(reminder_plan(item.posted_at, item.due_at, policy), item.level, item.reminded_at)
    if planned is None:
        return Upcoming(None, None)
    if item.undisputed <= 0:
        return Upcoming(planned, HeldBack.DISPUTED)
    if item.paused:
        return Upcoming(planned, HeldBack.PAUSED)
    return Upcoming(planned, None if worth_reminding(item.undisputed, policy) else HeldBack.BELOW_MINIMUM)


def charges(outstanding: Decimal, days_late: Decimal, step: ReminderLevel, currency: str) -> tuple[Decimal, Decimal]:
    """Fee and interest of a level; interest = outstanding x rate / 365 x days, rounded to the currency."""
    interest = outstanding * step.interest_percent / 100 / 365 * max(days_late, Decimal(0))
    return step.fee, rounded(interest, currency)


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An instalment that is not fully paid."""

    invoice: str
    instalment: int
    order: str
    customer: str
    customer_po: str | None
    shipment: str
    due_at: datetime
    outstanding: Decimal
    invoice_outstanding: Decimal


@dataclass(frozen=True, slots=True)
class Application:
    """How much of a payment settles an instalment."""

    invoice: str
    instalment: int
    order: str
    customer: str
    amount: Decimal


def names_in(reference: str) -> list[str]:
    """What a payer's reference may name, in capitals: the whole of it, its words, and these without punctuation.

    The whole is read as it is written and with single spaces.
    "Invoice inv-7, thanks." names INV-7 among others; a purchase order number may contain spaces, dots and strokes.
    """
    written = reference.upper().strip()
    text = " ".join(written.split())
    return list(dict.fromkeys([text, written, *re.split(r"[\s,;]+", text), *re.findall(r"[\w-]+", text)]))


def _names(item: OpenItem, reference: str) -> bool:
    named = set(names_in(reference))
    names = (item.invoice, item.order, item.shipment, item.customer_po)
    return any(name is not None and name.upper() in named for name in names)


def ranked(items: Sequence[OpenItem], amount: Decimal, references: Sequence[str]) -> list[OpenItem]:
    """Which items a payment means: those its reference names, else one whose amount is exact, else the oldest first.

    A reference that names nothing open leaves the money unapplied when `amount` matches nothing either: the caller
    passes only items that the payment may touch.
    """
    ordered = sorted(items, key=lambda item: (item.due_at, item.invoice, item.instalment))
    named = [item for item in ordered if any(_names(item, reference) for reference in references)]
    if named or references:
        return named
    exact = [item for item in ordered if item.outstanding == amount]
    exact += [item for item in ordered if item.invoice_outstanding == amount and item not in exact]
    return [*exact, *(item for item in ordered if item not in exact)]


def applications(items: Sequence[OpenItem], amount: Decimal) -> list[Application]:
    """Spread money over items in the order given; what is left stays unapplied."""
    left = amount
    taken: list[Application] = []
    for item in items:
        piece = min(left, item.outstanding)
        if piece > 0:
            left -= piece
            taken.append(Application(item.invoice, item.instalment, item.order, item.customer, piece))
    return taken


def payment_state(amount: Decimal, applied: Decimal) -> str:
    """The state that follows from how much is applied."""
    if applied == 0:
        return "UNAPPLIED"
    return "APPLIED" if applied >= amount else "PARTIALLY_APPLIED"


def invoice_state(total: Decimal, paid: Decimal) -> str:
    """The state that follows from how much is paid."""
    if paid == 0 and total > 0:
        return "POSTED"
    return "PAID" if paid >= total else "PARTIALLY_PAID"
