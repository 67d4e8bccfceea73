"""Orders over HTTP: receipt, review, cancellation, and what the order's life looks like."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import Body, Query
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from db.queries import views_documents, views_held, views_order, views_review
from domain.actor import Actor
from domain.errors import FieldError, Invalid
from domain.facts import Cancellation, HoldRejection, HoldRelease, OrderRequest
from domain.requests import Comment
from intake import cancellation, comments, receipt, review
from starter.api.answers import json_response
from starter.api.contract import Number, answers, location, page_of, stage_router
from starter.api.idempotency import Answer, perform
from starter.api.language import language_of, speech
from starter.api.paging import Filter, PageQuery, Search, listed, one_of
from starter.api.reading import found, shown
from starter.api.schemas import receipt as receipts
from starter.api.schemas.cancellation import CancellationPlan
from starter.api.schemas.operations import Why
from starter.api.schemas.review import HeldDocumentRow, HoldRow
from starter.why import why

router = stage_router("orders")
holds = stage_router("holds")
HoldId = int


@router.post(
    "/orders",
    status_code=201,
    responses=answers(receipts.Order, created="The order was taken", ok="The same order was taken before: this is it"),
)
async def submit_order(request: Request, body: OrderRequest) -> Response:
    """Submit a sales order. The same customer, PO number and content again is the same order."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        taken = await receipt.submit_order(tx, actor, body, now, channel="api")
        document = await views_order.order_view(tx, taken.number, speech(request))
        return Answer(201 if taken.created else 200, document, location("orders", taken.number))

    return await perform(request, work)


@router.get("/orders", responses=page_of(receipts.OrderRow, "orders, newest first"))
async def list_orders(
    page: PageQuery,
    state: Annotated[Filter, one_of(views_order.ORDERS, "state")] = None,
    customer: Filter = None,
    customer_po: Filter = None,
    delivery: Annotated[Filter, one_of(views_order.ORDERS, "delivery")] = None,
    billing: Annotated[Filter, one_of(views_order.ORDERS, "billing")] = None,
    payment: Annotated[Filter, one_of(views_order.ORDERS, "payment")] = None,
    q: Search = None,
) -> Response:
    """List orders; `q` is a number (order, shipment, invoice, tracking), the beginning of a purchase number, or a
    customer's code.
    """
    axes = {"delivery": delivery, "billing": billing, "payment": payment, "q": q}
    return await listed(views_order.order_list, page, state=state, customer=customer, customer_po=customer_po, **axes)


@router.get("/orders/{number}", responses=answers(receipts.Order, ok="The order"))
async def read_order(request: Request, number: Number) -> Response:
    """One order with its holds, lines, shipments, invoices and payments."""
    return await shown(partial(views_order.order_view, translate=speech(request)), "order", number)


@router.get(
    "/orders/{number}/timeline", responses=page_of(receipts.TimelineEntry, "what happened, oldest first: all of it")
)
async def read_timeline(request: Request, number: Number) -> Response:
    """Who did what, when and why."""
    return await shown(partial(views_order.timeline, translate=speech(request)), "order", number)


@router.post(
    "/orders/{number}/comments",
    status_code=201,
    responses=answers(receipts.OrderComment, created="The comment stands in the order's timeline"),
)
async def comment_on_order(request: Request, number: Number, body: Comment) -> Response:
    """Say something about an order to colleagues; it stands in the timeline and moves nothing."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        await comments.comment_on_order(tx, actor, number, body, now)
        said = {"order": number, "text": body.text, "by": actor.name, "at": now}
        return Answer(201, said, location("orders", number))

    return await perform(request, work)


@router.get("/orders/{number}/why", responses=answers(Why, ok="What the order waits for"))
async def read_why(request: Request, number: Number) -> Response:
    """What the order waits for, since when, and who can move it on."""
    return json_response(found(await why(number, language_of(request)), "order", number))


@router.post(
    "/orders/{number}/cancel",
    status_code=202,
    responses=answers(
        CancellationPlan, accepted="The cancellation runs; this is its plan", ok="The plan alone (preview)"
    ),
)
async def cancel_order(
    request: Request,
    number: Number,
    body: Annotated[Cancellation | None, Body()] = None,
    preview: Annotated[bool, Query(description="plan only, change nothing")] = False,
) -> Response:
    """Cancel what has not shipped: what was done is undone, step by step."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        if preview:
            return Answer(200, await cancellation.preview_cancellation(tx, number, speech(request)))
        if body is None:
            missing = FieldError("/reason", "this field is required")
            raise Invalid('Say why: send {"reason": "..."} as the body.', errors=[missing])
        return Answer(202, await cancellation.cancel_order(tx, actor, number, body, now, speech(request)))

    return await perform(request, work)


@holds.get("/holds", responses=page_of(HoldRow, "holds, newest first"))
async def list_holds(
    request: Request,
    page: PageQuery,
    status: Annotated[Filter, one_of(views_review.HOLDS, "status")] = None,
    reason: Annotated[Filter, one_of(views_review.HOLDS, "reason")] = None,
    owner_role: Annotated[Filter, one_of(views_review.HOLDS, "owner_role")] = None,
    order: Filter = None,
) -> Response:
    """List holds, for instance the open ones: ?status=open."""
    query = partial(views_documents.hold_list, translate=speech(request))
    return await listed(query, page, status=status, reason=reason, owner_role=owner_role, order=order)


@holds.get(
    "/held-documents",
    responses=page_of(HeldDocumentRow, "documents of imported files that wait for a person, newest first"),
)
async def list_held_documents(
    request: Request,
    page: PageQuery,
    kind: Annotated[Filter, one_of(views_held.HELD, "kind")] = None,
    order: Filter = None,
    source: Filter = None,
) -> Response:
    """List what an imported file held for a person: credit notes, fees, orders that could not be taken."""
    query = partial(views_held.held_document_list, translate=speech(request))
    return await listed(query, page, kind=kind, order=order, source=source)


@holds.post("/orders/{number}/holds/{hold}/release", responses=answers(receipts.Order, ok="The order"))
async def release_hold(request: Request, number: Number, hold: HoldId, body: HoldRelease) -> Response:
    """Release a hold by name, for an amount and until a date. Nobody releases their own order."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        await review.release_hold(tx, actor, number, hold, body, now)
        return Answer(200, await views_order.order_view(tx, number, speech(request)))

    return await perform(request, work)


@holds.post("/orders/{number}/holds/{hold}/reject", responses=answers(receipts.Order, ok="The order"))
async def reject_hold(request: Request, number: Number, hold: HoldId, body: HoldRejection) -> Response:
    """Reject the order for this hold."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        await review.reject_hold(tx, actor, number, hold, body, now)
        return Answer(200, await views_order.order_view(tx, number, speech(request)))

    return await perform(request, work)
