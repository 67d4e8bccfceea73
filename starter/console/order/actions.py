"""What people do on the order's page: each button is the API's operation, and is answered at its own form."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from db.queries import views_order
from domain.errors import IllegalMove, NotFound, OrderkeepError, told
from starter.api.answers import in_database
from starter.console import doings
from starter.console.acting import OF_HOLDS, texts
from starter.console.doings import Doing, press
from starter.console.door import pages
from starter.console.refusals import refusal_page
from starter.console.words import LABELS

router = pages()
_FORM = re.compile(r"press-[\w-]{1,100}")
DOINGS: dict[str, Doing] = {
    doing.__name__: doing
    for doing in (
        doings.release_hold,
        doings.reject_hold,
        doings.resume_order,
        doings.pause_order,
        doings.retry_order,
        doings.cancel_order,
        doings.confirm_pick,
        doings.record_receipt,
        doings.record_payment,
        doings.record_feedback,
        doings.open_case,
        doings.comment_on_order,
    )
}
"""Operation to what it does with a form."""


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
    try:
        await press(request, operation, DOINGS[operation], form, order=number, document=target, once=form.get("once"))
    except IllegalMove as error:
        raise (await _told_who(number, target, error) if operation in OF_HOLDS else error) from None
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
