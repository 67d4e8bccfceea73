"""The page of an order, and the parts of it that are asked for only when somebody opens them."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from db.queries import views_order
from db.queries.order_documents import order_documents
from domain.actor import Role
from domain.errors import NotFound, Translate
from domain.life import life
from domain.order_life import ENDED
from domain.presses import Press, presses
from intake import cancellation
from intake.users import Person
from starter.api.answers import in_database
from starter.console.door import pages
from starter.console.order.actions import address
from starter.console.order.graph import graph
from starter.console.page import render, tongue
from starter.console.roles import roles_that_may_open
from starter.engine_side import engine_side
from starter.languages import translator
from starter.why import waiting_for, why

router = pages()
SHOWN = 100
"""Lines and events on the page at first; all of them when asked for."""
_REPAIRS = ("retry_order", "pause_order", "resume_order")
_UNKNOWN = "There is no order with this number. Check it, or look it up with the search at the top."
Parts = tuple[dict[str, Any], list[dict[str, Any]], dict[str, list[dict[str, Any]]]]


def _known(number: str) -> str:
    if not number.isprintable() or len(number) > 64:
        raise NotFound(_UNKNOWN)
    return number


async def _parts(number: str, translate: Translate) -> Parts:
    async def look(tx: AsyncConnection) -> Parts | None:
        order = await views_order.order_view(tx, number, translate)
        happened = await views_order.timeline(tx, number, translate)
        if order is None or happened is None:
            return None
        return order, happened["items"], await order_documents(tx, number)

    found = await in_database(look)
    if found is None:
        raise NotFound(_UNKNOWN)
    return found


def allowed(person: Person, order: dict[str, Any]) -> list[Press]:
    """The legal presses that this person may make; nobody releases what they submitted themselves."""
    own = order["created_by"] == person.username and person.role is not Role.ADMIN
    return [
        press
        for press in presses(order)
        if person.may(roles_that_may_open(press.operation, reads=False) & (press.roles or frozenset(Role)))
        and not (own and press.operation == "release_hold")
    ]


def _timeline(request: Request, happened: list[dict[str, Any]]) -> dict[str, Any]:
    """The newest first, of one document when the address says so."""
    document = request.query_params.get("document")
    documents = sorted({each["document"] for each in happened if each["document"]})
    chosen = [each for each in reversed(happened) if document in (None, "", each["document"])]
    whole = request.query_params.get("timeline") == "all"
    shown = chosen if whole else chosen[:SHOWN]
    return {"events": shown, "document": document, "documents": documents, "earlier": len(chosen) - len(shown)}


@router.get("/orders/{number}")
async def page_of_order(request: Request, number: str) -> Response:
    """Everything about one order."""
    language = tongue(request)
    order, happened, documents = await _parts(_known(number), translator(language).gettext)
    lines = order["lines"] if request.query_params.get("lines") == "all" else order["lines"][:SHOWN]
    return render(
        request,
        "order/order.html",
        order=order,
        lines=lines,
        stages=life(order, happened),
        waiting=await waiting_for(number, language),
        presses=allowed(request.state.person, order),
        address=address,
        nodes=graph(order, documents),
        ended=order["state"] in ENDED,
        undo=order["undo"],
        once=uuid.uuid4().hex,
        **_timeline(request, happened),
    )


@router.get("/orders/{number}/waiting")
async def what_fails(request: Request, number: str) -> Response:
    """What the engine knows beyond the database: a step that fails, a workflow that is gone. Nothing if all is well."""
    told = await why(_known(number), tongue(request))
    if told is None:
        raise NotFound(_UNKNOWN)
    known = await waiting_for(number, tongue(request))
    if told["waiting_for"] != "retry" or (known is not None and known["sentence"] == told["sentence"]):
        return Response(status_code=204)
    return render(request, "order/fails.html", waiting=told, number=number)


@router.get("/orders/{number}/engine")
async def side_of_engine(request: Request, number: str) -> Response:
    """The workflow and its steps, for staff."""
    order, _, _ = await _parts(_known(number), translator(tongue(request)).gettext)
    shown = [press for press in allowed(request.state.person, order) if press.operation in _REPAIRS]
    side = await engine_side(number)
    told: dict[str, Any] = {"order": order, "side": side, "presses": shown, "address": address}
    return render(request, "order/engine.html", **told, once=uuid.uuid4().hex)


@router.get("/orders/{number}/undo")
async def what_would_be_undone(request: Request, number: str) -> Response:
    """What a cancellation would undo; changes nothing."""

    async def look(tx: AsyncConnection) -> dict[str, Any]:
        return await cancellation.preview_cancellation(tx, _known(number), translator(tongue(request)).gettext)

    plan = await in_database(look)
    return render(request, "order/undo.html", undo=plan["undo"])
