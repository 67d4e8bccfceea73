"""What can be done to a row of a queue, each with the operation of the API that it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import views_documents
from domain.actor import Actor
from domain.errors import NotFound
from domain.facts import CaseMove, HoldRejection, HoldRelease, PickReport, ReceiptReport, Remark
from domain.queues import Queue
from domain.requests import Acknowledgement, DisputeDecision, Match, SupplyRequest
from intake import after_sales, disputes, matching, promising, repair, replenishment, review, shipping, supplying
from starter.api.bodies import valid
from starter.console.acting import Work
from starter.console.numbers import amount_of

Form = dict[str, str]


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
    work: Callable[[str, str, Form], Work]
    fields: tuple[str, ...] = ()
    each: tuple[str, ...] = ()
    tone: str = ""

    @property
    def address(self) -> str:
        """Where it is posted to."""
        return f"/queue/{self.kind.value}/{self.name}"


def _given(form: Form, *names: str) -> dict[str, Any]:
    return {name: form[name] for name in names if name in form}


def _number(document: str) -> int:
    if not document.isdecimal():
        raise NotFound("There is no such hold. Load the page again.")
    return int(document)


def _release(document: str, order: str, form: Form) -> Work:
    release = valid(HoldRelease, _given(form, "comment", "until"))

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> None:
        await review.release_hold(tx, actor, order, _number(document), release, now)

    return work


def _reject(document: str, order: str, form: Form) -> Work:
    rejection = valid(HoldRejection, _given(form, "comment"))

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> None:
        await review.reject_hold(tx, actor, order, _number(document), rejection, now)

    return work


def _pick(document: str, order: str, form: Form) -> Work:
    report = valid(PickReport, {"packages": form.get(f"packages-{document}", "1")})

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> None:
        await shipping.confirm_pick(tx, actor, document, report, now)

    return work


def _receive(document: str, order: str, form: Form) -> Work:
    quantity, warehouse = amount_of(form.get(f"quantity-{document}", "")), form.get("warehouse", "")

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> None:
        supply = await views_documents.supply_view(tx, document)
        if supply is None:
            raise NotFound("There is no such supply order. Load the page again.")
        lines = [{"sku": supply["sku"], "quantity": quantity}]
        report = valid(ReceiptReport, {"lines": lines, "warehouse": warehouse})
        await replenishment.record_receipt(tx, actor, document, report, now)

    return work


def _acknowledge(document: str, order: str, form: Form) -> Work:
    said = valid(Acknowledgement, _given(form, "due_date", "comment"))

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> None:
        await promising.acknowledge_supply(tx, actor, document, said, now)

    return work


def _order_supply(document: str, order: str, form: Form) -> Work:
    quantity = {"sku": document, "quantity": amount_of(form.get(f"quantity-{document}", ""))}
    wish = valid(SupplyRequest, {**quantity, **_given(form, "supplier", "due_date")})

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> None:
        await supplying.create_supply_order(tx, actor, wish, now)

    return work


def _match(document: str, order: str, form: Form) -> Work:
    match = valid(Match, {"invoice": form.get(f"invoice-{document}", "")})

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> None:
        await matching.apply_payment(tx, actor, document, match, now)

    return work


def _decide(outcome: str) -> Callable[[str, str, Form], Work]:
    def made(document: str, order: str, form: Form) -> Work:
        decision = valid(DisputeDecision, {"outcome": outcome, **_given(form, "comment")})

        async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> None:
            invoice = form.get(f"invoice-{document}", "")
            await disputes.resolve_dispute(tx, actor, invoice, _number(document), decision, now)

        return work

    return made


def _retry(document: str, order: str, form: Form) -> Work:
    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> None:
        await repair.retry_order(tx, actor, order, valid(Remark, _given(form, "comment")), now)

    return work


def _move_case(move: str) -> Callable[[str, str, Form], Work]:
    def made(document: str, order: str, form: Form) -> Work:
        told = valid(CaseMove, _given(form, "comment", *(("assignee",) if move == "assign" else ())))

        async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> None:
            person = {"assignee": actor.person} if move == "assign" and told.assignee is None else {}
            await after_sales.move_case(tx, actor, document, move, told.model_copy(update=person), now)

        return work

    return made


def _all(*actions: Action) -> dict[str, Action]:
    found = {action.address: action for action in actions}
    assert len(found) == len(actions), "two buttons have the same address"
    return found


ACTIONS = _all(
    Action(Queue.HOLDS, "release", "release_hold", "Release", "released", _release, ("comment", "until"),
           tone="primary"),
    Action(Queue.HOLDS, "reject", "reject_hold", "Reject", "rejected", _reject, ("comment",), tone="danger"),
    Action(Queue.SUPPLY_TO_ORDER, "order", "create_supply_order", "Order it", "ordered", _order_supply,
           ("supplier", "due_date"), ("quantity",), tone="primary"),
    Action(Queue.SUPPLY_TO_CHASE, "acknowledge", "acknowledge_supply", "Keep the new date", "the new date is kept",
           _acknowledge, ("due_date", "comment"), tone="primary"),
    Action(Queue.SUPPLY_TO_CHASE, "receive", "record_receipt", "Received", "received", _receive, ("warehouse",),
           ("quantity",)),
    Action(Queue.PRODUCTION, "complete", "record_receipt", "Report production", "reported", _receive, ("warehouse",),
           ("quantity",), tone="primary"),
    Action(Queue.PICKS, "confirm", "confirm_pick", "Confirm pick", "picked", _pick, each=("packages",), tone="primary"),
    Action(Queue.BOOKINGS, "retry", "retry_order", "Try again now", "is being tried again", _retry, ("comment",)),
    Action(Queue.CASH, "match", "apply_payment", "Match", "matched", _match, each=("invoice",), tone="primary"),
    Action(Queue.DISPUTES, "uphold", "resolve_dispute", "The customer is right", "upheld: no reminders for it",
           _decide("upheld"), ("comment",)),
    Action(Queue.DISPUTES, "withdraw", "resolve_dispute", "It is to be paid", "withdrawn: reminded of again",
           _decide("withdrawn"), ("comment",), tone="primary"),
    Action(Queue.CASES, "mine", "move_case", "Take it", "assigned to you", _move_case("assign")),
    Action(Queue.CASES, "start", "move_case", "Start work", "started", _move_case("start"), ("comment",),
           tone="primary"),
    Action(Queue.CASES, "resolve", "move_case", "Resolve", "resolved", _move_case("resolve"), ("comment",)),
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
