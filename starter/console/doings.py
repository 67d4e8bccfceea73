"""What a button does with its form: each is one operation of the API, wherever the button stands.

A page of a document, the page of an order and a row of a queue press the same ones; they differ in the fields that they
show.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request

from db.queries import users, views_documents
from domain.actor import Actor
from domain.errors import FieldError, Invalid, NotFound, told
from domain.facts import (
    Cancellation,
    CaseMove,
    CaseRequest,
    Feedback,
    HoldRejection,
    HoldRelease,
    Pause,
    PaymentFact,
    PickReport,
    ReceiptReport,
    Remark,
)
from domain.requests import Acknowledgement, Comment, DisputeDecision, DisputeRequest, Match, SupplyRequest
from intake import (
    after_sales,
    cancellation,
    collection,
    comments,
    disputes,
    matching,
    promising,
    repair,
    replenishment,
    review,
    shipping,
    supplying,
)
from starter.api.bodies import valid
from starter.console.acting import act, decided_among, row_number
from starter.console.days import received_at
from starter.console.numbers import amount_of

BY_HAND = "console"
"""The provider of money that a person records; its number is the person's, or one of ours."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press: by whom, when, about which order and document, and what stood in the form's fields."""

    tx: AsyncConnection
    actor: Actor
    now: datetime
    order: str
    document: str
    form: dict[str, str]

    def given(self, *names: str) -> dict[str, Any]:
        """The fields that were filled in."""
        return {name: self.form[name] for name in names if name in self.form}

    def amount(self, name: str) -> dict[str, str]:
        """A number that was filled in, as a field of a body."""
        return {name: amount_of(self.form[name])} if name in self.form else {}

    @property
    def row(self) -> int:
        """The document as the number of a hold or a dispute. Errors: NotFound."""
        number = row_number(self.document)
        if number is None:
            raise NotFound("There is no such hold. Load the page again.")
        return number


Doing = Callable[[Pressed], Awaitable[Any]]


async def press(
    request: Request,
    operation: str,
    doing: Doing,
    form: dict[str, str],
    *,
    order: str = "",
    document: str = "",
    once: str | None = None,
) -> Any:
    """Do what a button does in one transaction, as whoever may; once per key. What the doing answers."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Any:
        return await doing(Pressed(tx, actor, now, order, document, form))

    among = await decided_among(operation, order, document)
    return await act(request, operation, work, once=once, among=among)


async def release_hold(it: Pressed) -> None:
    """Release a hold, for an amount and until a day where they are given."""
    body = it.given("comment", "until") | it.amount("amount")
    await review.release_hold(it.tx, it.actor, it.order, it.row, valid(HoldRelease, body), it.now)


async def reject_hold(it: Pressed) -> None:
    """Reject the order for this hold."""
    rejection = valid(HoldRejection, it.given("comment"))
    await review.reject_hold(it.tx, it.actor, it.order, it.row, rejection, it.now)


async def resume_order(it: Pressed) -> None:
    """Let a paused order go on."""
    await repair.resume_order(it.tx, it.actor, it.order, valid(Remark, it.given("comment")).comment, it.now)


async def pause_order(it: Pressed) -> None:
    """Let an order rest."""
    await repair.pause_order(it.tx, it.actor, it.order, valid(Pause, it.given("comment")), it.now)


async def retry_order(it: Pressed) -> None:
    """Have what fails tried again at once."""
    await repair.retry_order(it.tx, it.actor, it.order, valid(Remark, it.given("comment")), it.now)


async def cancel_order(it: Pressed) -> None:
    """Cancel what has not shipped."""
    await cancellation.cancel_order(it.tx, it.actor, it.order, valid(Cancellation, it.given("reason")), it.now)


async def comment_on_order(it: Pressed) -> None:
    """Say something about the order to colleagues."""
    await comments.comment_on_order(it.tx, it.actor, it.order, valid(Comment, it.given("text")), it.now)


async def record_feedback(it: Pressed) -> None:
    """Record the customer's answer."""
    await after_sales.record_feedback(it.tx, it.actor, it.order, valid(Feedback, it.given("score", "comment")), it.now)


async def open_case(it: Pressed) -> None:
    """Open a case about the order."""
    body = it.given("kind", "priority", "subject", "description") | {"order": it.order}
    await after_sales.open_case(it.tx, it.actor, valid(CaseRequest, body), it.now)


async def record_payment(it: Pressed) -> str:
    """Record money, for the invoice that the document is or the form names; the number of the payment.

    Without a number of its own the form's key is its number, so that it is recorded once.
    """
    body = it.given("customer", "reference", "currency", "invoice") | {
        "amount": amount_of(it.form.get("amount", "")),
        "provider": BY_HAND,
        "provider_payment_id": it.form.get("provider_payment_id") or it.form.get("once", "")[:32] or uuid.uuid4().hex,
        "received_at": received_at(it.form, it.now),
    }
    if it.document:
        body["invoice"] = it.document
    return (await collection.record_payment(it.tx, it.actor, valid(PaymentFact, body), it.now)).number


async def confirm_pick(it: Pressed) -> None:
    """Confirm a pick; `line-<n>` is what was picked of a line, and what is not named was picked in full."""
    lines = [
        {"line": int(name.removeprefix("line-")), "quantity": amount_of(value)}
        for name, value in it.form.items()
        if name.removeprefix("line-").isdecimal()
    ]
    report = valid(PickReport, {"lines": lines, "packages": amount_of(it.form.get("packages", "1"))})
    await shipping.confirm_pick(it.tx, it.actor, it.document, report, it.now)


async def record_receipt(it: Pressed) -> None:
    """Report what arrived of a purchase, or what production has finished."""
    supply = await views_documents.supply_view(it.tx, it.document)
    if supply is None:
        raise NotFound("There is no such supply order. Load the page again.")
    line = {"sku": supply["sku"], "quantity": amount_of(it.form.get("quantity", ""))}
    body = {"lines": [line], "warehouse": it.form.get("warehouse", ""), **it.given("reference")}
    await replenishment.record_receipt(it.tx, it.actor, it.document, valid(ReceiptReport, body), it.now)


async def acknowledge_supply(it: Pressed) -> None:
    """Keep the day by which the rest of a supply order will come."""
    said = valid(Acknowledgement, it.given("due_date", "comment"))
    await promising.acknowledge_supply(it.tx, it.actor, it.document, said, it.now)


async def order_what_lacks(it: Pressed) -> None:
    """Order supply of a product that somebody waits for; its number the document is."""
    await supplying.order_what_lacks(it.tx, it.actor, _supply(it), it.now)


async def order_up(it: Pressed) -> None:
    """Order supply of a product up to its reorder point."""
    await supplying.order_up(it.tx, it.actor, _supply(it), it.now)


def _supply(it: Pressed) -> SupplyRequest:
    wanted = {"sku": it.document, "quantity": amount_of(it.form.get("quantity", ""))}
    return valid(SupplyRequest, {**wanted, **it.given("supplier", "due_date")})


async def apply_payment(it: Pressed) -> None:
    """Match a payment to an invoice; one that was typed goes before one that was suggested."""
    match = valid(Match, {"invoice": it.form.get("other") or it.form.get("invoice", ""), **it.amount("amount")})
    await matching.apply_payment(it.tx, it.actor, it.document, match, it.now)


async def open_dispute(it: Pressed) -> None:
    """Keep what the customer does not accept of an invoice."""
    wish = {"amount": amount_of(it.form.get("amount", "")), "reason": it.form.get("reason", "")}
    await disputes.open_dispute(it.tx, it.actor, it.document, valid(DisputeRequest, wish), it.now)


def resolve_dispute(outcome: str) -> Doing:
    """Decide a dispute in this way; the form names its invoice."""

    async def doing(it: Pressed) -> None:
        decision = valid(DisputeDecision, {"outcome": outcome, **it.given("comment")})
        await disputes.resolve_dispute(it.tx, it.actor, it.form.get("invoice", ""), it.row, decision, it.now)

    return doing


async def _colleague(tx: AsyncConnection, typed: str) -> str:
    """The user name of somebody who works here. Errors: Invalid; nobody would ever take what has another's name."""
    account = await users.read_user(tx, typed.lower()) if typed.isprintable() else None
    if account is None or not account["active"]:
        wrong = FieldError("/assignee", told("There is no user {name}.", name=typed))
        raise Invalid("Assigned to whom?", errors=[wrong])
    return str(account["username"])


def move_case(move: str | None = None) -> Doing:
    """Work on a case: this move, or the one that the form names. Whoever assigns to nobody takes the case."""

    async def doing(it: Pressed) -> None:
        wanted = move or it.form.get("move", "")
        said = it.given("comment", *(("assignee",) if wanted == "assign" else ()))
        if move == "assign":
            said.setdefault("assignee", it.actor.person)
        elif "assignee" in said:
            said["assignee"] = await _colleague(it.tx, said["assignee"])
        await after_sales.move_case(it.tx, it.actor, it.document, wanted, valid(CaseMove, said), it.now)

    return doing
