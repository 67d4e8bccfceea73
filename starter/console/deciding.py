"""What can be done to a row of a queue, each with the operation of the API that it is."""

from __future__ import annotations

from dataclasses import dataclass

from domain.queues import Queue
from starter.console import doings
from starter.console.doings import Doing

_HIDDEN = ("order", "invoice")
"""What a row knows without anybody typing it."""


@dataclass(frozen=True, slots=True)
class Action:
    """A button: of which kind of work, the name in its address, the operation, what it says, and what it does.

    `fields` are shown once for all rows that are chosen; `each` are fields in every row, named `<field>-<document>`.
    """

    kind: Queue
    name: str
    operation: str
    words: str
    done: str
    doing: Doing
    fields: tuple[str, ...] = ()
    each: tuple[str, ...] = ()
    tone: str = ""

    def form_of(self, document: str, fields: dict[str, str]) -> dict[str, str]:
        """The form of one row: what is shown once, and the row's own fields under their plain names."""
        own = {name: fields.get(f"{name}-{document}", "") for name in (*self.each, *_HIDDEN)}
        return fields | {name: value for name, value in own.items() if value}

    @property
    def address(self) -> str:
        """Where it is posted to."""
        return f"/queue/{self.kind.value}/{self.name}"


def _all(*actions: Action) -> dict[str, Action]:
    found = {action.address: action for action in actions}
    assert len(found) == len(actions), "two buttons have the same address"
    return found


ACTIONS = _all(
    Action(Queue.HOLDS, "release", "release_hold", "Release", "released", doings.release_hold, ("comment", "until"),
           tone="primary"),
    Action(Queue.HOLDS, "reject", "reject_hold", "Reject", "rejected", doings.reject_hold, ("comment",), tone="danger"),
    Action(Queue.SUPPLY_TO_ORDER, "order", "create_supply_order", "Order it", "ordered", doings.order_what_lacks,
           ("supplier", "due_date"), ("quantity",), tone="primary"),
    Action(Queue.SUPPLY_TO_CHASE, "acknowledge", "acknowledge_supply", "Keep the new date", "the new date is kept",
           doings.acknowledge_supply, ("due_date", "comment"), tone="primary"),
    Action(Queue.SUPPLY_TO_CHASE, "receive", "record_receipt", "Received", "received", doings.record_receipt,
           ("warehouse",), ("quantity",)),
    Action(Queue.PRODUCTION, "complete", "record_receipt", "Report production", "reported", doings.record_receipt,
           ("warehouse",), ("quantity",), tone="primary"),
    Action(Queue.PICKS, "confirm", "confirm_pick", "Confirm pick", "picked", doings.confirm_pick, each=("packages",),
           tone="primary"),
    Action(Queue.BOOKINGS, "retry", "retry_order", "Try again now", "is being tried again", doings.retry_order,
           ("comment",)),
    Action(Queue.CASH, "match", "apply_payment", "Match", "matched", doings.apply_payment, each=("invoice",),
           tone="primary"),
    Action(Queue.DISPUTES, "uphold", "resolve_dispute", "The customer is right", "upheld: no reminders for it",
           doings.resolve_dispute("upheld"), ("comment",)),
    Action(Queue.DISPUTES, "withdraw", "resolve_dispute", "It is to be paid", "withdrawn: reminded of again",
           doings.resolve_dispute("withdrawn"), ("comment",), tone="primary"),
    Action(Queue.CASES, "mine", "move_case", "Take it", "assigned to you", doings.move_case("assign")),
    Action(Queue.CASES, "start", "move_case", "Start work", "started", doings.move_case("start"), ("comment",),
           tone="primary"),
    Action(Queue.CASES, "resolve", "move_case", "Resolve", "resolved", doings.move_case("resolve"), ("comment",)),
)  # fmt: skip
"""Every button of the queues, by its address."""
TITLES: dict[Queue, str] = {
    Queue.HOLDS: "Holds to decide",
    Queue.SUPPLY_TO_ORDER: "Supply to order",
    Queue.SUPPLY_TO_CHASE: "Supply to chase",
    Queue.PRODUCTION: "Production to report",
    Queue.PICKS: "Picks to confirm",
    Queue.BOOKINGS: "Bookings that fail",
    Queue.CASH: "Cash to match",
    Queue.DISPUTES: "Disputes",
    Queue.CASES: "Cases near their deadline",
}
"""What people call a kind of work."""
