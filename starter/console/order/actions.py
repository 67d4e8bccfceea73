"""What people do on the order's page: each button is the API's operation, and is answered at its own form."""

from __future__ import annotations

import re
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from db.queries import views_documents, views_order
from domain.actor import Actor
from domain.errors import IllegalMove, NotFound, OrderkeepError, told
from domain.facts import (
    Cancellation,
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
from domain.requests import Comment
from domain.review import deciders
from intake import after_sales, cancellation, collection, comments, repair, replenishment, review, shipping
from starter.api.answers import in_database
from starter.api.bodies import valid
from starter.console.acting import act, texts
from starter.console.documents.actions import BY_HAND
from starter.console.door import pages
from starter.console.numbers import amount_of
from starter.console.refusals import refusal_page
from starter.console.words import LABELS

router = pages()
Form = dict[str, str]
Doing = Callable[[AsyncConnection, Actor, datetime, str, str, Form], Awaitable[Any]]
_FORM = re.compile(r"press-[\w-]{1,100}")


def _given(form: Form, *names: str) -> Form:
    return {name: form[name] for name in names if name in form}


async def _release(tx: AsyncConnection, actor: Actor, now: datetime, number: str, target: str, form: Form) -> None:
    body = _given(form, "comment", "until") | ({"amount": amount_of(form["amount"])} if "amount" in form else {})
    await review.release_hold(tx, actor, number, _hold(target), valid(HoldRelease, body), now)


async def _reject(tx: AsyncConnection, actor: Actor, now: datetime, number: str, target: str, form: Form) -> None:
    rejection = valid(HoldRejection, _given(form, "comment"))
    await review.reject_hold(tx, actor, number, _hold(target), rejection, now)


def _hold(target: str) -> int:
    if not target.isdecimal() or len(target) > 18:
        raise NotFound("There is no such hold. Load the page again.")
    return int(target)


async def _resume(tx: AsyncConnection, actor: Actor, now: datetime, number: str, target: str, form: Form) -> None:
    await repair.resume_order(tx, actor, number, valid(Remark, _given(form, "comment")).comment, now)


async def _pause(tx: AsyncConnection, actor: Actor, now: datetime, number: str, target: str, form: Form) -> None:
    await repair.pause_order(tx, actor, number, valid(Pause, _given(form, "comment")), now)


async def _retry(tx: AsyncConnection, actor: Actor, now: datetime, number: str, target: str, form: Form) -> None:
    await repair.retry_order(tx, actor, number, valid(Remark, _given(form, "comment")), now)


async def _cancel(tx: AsyncConnection, actor: Actor, now: datetime, number: str, target: str, form: Form) -> None:
    await cancellation.cancel_order(tx, actor, number, valid(Cancellation, _given(form, "reason")), now)


async def _pick(tx: AsyncConnection, actor: Actor, now: datetime, number: str, target: str, form: Form) -> None:
    report = valid(PickReport, {"packages": form.get("packages", "1")})
    await shipping.confirm_pick(tx, actor, target, report, now)


async def _receive(tx: AsyncConnection, actor: Actor, now: datetime, number: str, target: str, form: Form) -> None:
    supply = await views_documents.supply_view(tx, target)
    if supply is None:
        raise NotFound("There is no such supply order. Load the page again.")
    lines = [{"sku": supply["sku"], "quantity": amount_of(form.get("quantity", ""))}]
    report = valid(ReceiptReport, {"lines": lines, "warehouse": form.get("warehouse", "")})
    await replenishment.record_receipt(tx, actor, target, report, now)


async def _pay(tx: AsyncConnection, actor: Actor, now: datetime, number: str, target: str, form: Form) -> None:
    body = _given(form, "reference", "currency") | {
        "amount": amount_of(form.get("amount", "")),
        "invoice": target,
        "provider": BY_HAND,
        "provider_payment_id": form.get("once", "")[:32] or uuid.uuid4().hex,
        "received_at": f"{form.get('received_on', f'{now:%Y-%m-%d}')}T12:00:00Z",
    }
    await collection.record_payment(tx, actor, valid(PaymentFact, body), now)


async def _feedback(tx: AsyncConnection, actor: Actor, now: datetime, number: str, target: str, form: Form) -> None:
    await after_sales.record_feedback(tx, actor, number, valid(Feedback, _given(form, "score", "comment")), now)


async def _case(tx: AsyncConnection, actor: Actor, now: datetime, number: str, target: str, form: Form) -> None:
    body = _given(form, "kind", "priority", "subject", "description") | {"order": number}
    await after_sales.open_case(tx, actor, valid(CaseRequest, body), now)


async def _comment(tx: AsyncConnection, actor: Actor, now: datetime, number: str, target: str, form: Form) -> None:
    await comments.comment_on_order(tx, actor, number, valid(Comment, _given(form, "text")), now)


DOINGS: dict[str, Doing] = {
    "release_hold": _release,
    "reject_hold": _reject,
    "resume_order": _resume,
    "pause_order": _pause,
    "retry_order": _retry,
    "cancel_order": _cancel,
    "confirm_pick": _pick,
    "record_receipt": _receive,
    "record_payment": _pay,
    "record_feedback": _feedback,
    "open_case": _case,
    "comment_on_order": _comment,
}
"""Operation to what it does with a form."""
_OF_HOLDS = ("release_hold", "reject_hold")


def address(number: str, operation: str, target: str = "") -> str:
    """Where a button of the page is posted to."""
    return f"/orders/{number}/do/{operation}" + (f"/{target}" if target else "")


async def _order(number: str) -> dict[str, Any]:
    async def look(tx: AsyncConnection) -> dict[str, Any] | None:
        return await views_order.order_view(tx, number) if number.isprintable() and len(number) <= 64 else None

    order = await in_database(look)
    if order is None:
        raise NotFound("There is no order with this number. Check it, or look it up with the search at the top.")
    return order


def _ago(at: datetime) -> str:
    seconds = max(0, int((datetime.now(UTC) - at).total_seconds()))
    for size, unit in ((86400, "{n} d"), (3600, "{n} h"), (60, "{n} min")):
        if seconds >= size:
            return told(unit, n=seconds // size)
    return told("{n} s", n=seconds)


async def _told_who(number: str, target: str, error: IllegalMove) -> IllegalMove:
    """A hold that somebody else decided meanwhile: who, when and how."""
    holds = (await _order(number))["holds"]
    hold = next((each for each in holds if str(each["id"]) == target and each["status"] != "OPEN"), None)
    if hold is None or not hold["decided_by"]:
        return error
    pattern = "{name} decided this {ago} ago: {status}. Nothing is left to decide."
    status = told(LABELS[hold["status"]])
    return IllegalMove(told(pattern, name=hold["decided_by"], ago=_ago(hold["decided_at"]), status=status))


async def _press(operation: str, request: Request, number: str, target: str) -> Response:
    form = texts(await request.form())
    among = None
    if operation in _OF_HOLDS:
        holds = (await _order(number))["holds"]
        hold = next((each for each in holds if str(each["id"]) == target), None)
        among = deciders(hold["owner_role"]) if hold else None

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> None:
        await DOINGS[operation](tx, actor, now, number, target, form)

    try:
        await act(request, operation, work, once=form.get("once"), among=among)
    except IllegalMove as error:
        raise (await _told_who(number, target, error) if operation in _OF_HOLDS else error) from None
    return RedirectResponse(f"/orders/{number}", 303)


async def _answered(operation: str, request: Request, number: str, target: str = "") -> Response:
    """A refusal is shown at the form that was sent, so that what was typed stays."""
    try:
        return await _press(operation, request, number, target)
    except OrderkeepError as error:
        form = request.headers.get("hx-trigger", "")
        if "hx-request" not in request.headers or not _FORM.fullmatch(form):
            raise
        response = await refusal_page(request, error)
        response.headers["HX-Retarget"] = f"#{form} .refused"
        return response


def _button(operation: str) -> None:
    async def about_order(request: Request, number: str) -> Response:
        return await _answered(operation, request, number)

    async def about_document(request: Request, number: str, target: str) -> Response:
        return await _answered(operation, request, number, target)

    path = f"/orders/{{number}}/do/{operation}"
    router.add_api_route(path, about_order, methods=["POST"], name=operation)
    router.add_api_route(path + "/{target}", about_document, methods=["POST"], name=operation)


for _operation in DOINGS:
    _button(_operation)
