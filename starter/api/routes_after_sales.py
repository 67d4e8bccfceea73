"""After-sales over HTTP: the customer's feedback, and cases with their response clock."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Body
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from db.queries import views_after_sales, views_documents
from domain.actor import Actor
from domain.facts import CaseMove, CaseRequest, Feedback
from intake import after_sales
from starter.api.contract import Number, answers, location, page_of, stage_router
from starter.api.idempotency import Answer, perform
from starter.api.paging import Filter, PageQuery, Search, listed, one_of
from starter.api.reading import shown
from starter.api.schemas import after_sales as shapes

router = stage_router("after-sales")
Move = Literal["assign", "start", "wait", "resume", "resolve", "close", "reopen"]


@router.post(
    "/orders/{number}/feedback",
    status_code=201,
    responses=answers(shapes.RecordedFeedback, created="The feedback as recorded"),
)
async def record_feedback(request: Request, number: Number, body: Feedback) -> Response:
    """Record the customer's answer to the follow-up: 1 (bad) to 5 (good)."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        await after_sales.record_feedback(tx, actor, number, body, now)
        return Answer(201, {"order": number, **body.model_dump()})

    return await perform(request, work)


@router.post("/cases", status_code=201, responses=answers(shapes.Case, created="The case"))
async def open_case(request: Request, body: CaseRequest) -> Response:
    """Open a case about an order; its clock starts now."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        number = await after_sales.open_case(tx, actor, body, now)
        return Answer(201, await views_documents.case_view(tx, number), location("cases", number))

    return await perform(request, work)


@router.get("/cases", responses=page_of(shapes.CaseRow, "cases, newest first"))
async def list_cases(
    page: PageQuery,
    state: Annotated[Filter, one_of(views_after_sales.CASES, "state")] = None,
    order: Filter = None,
    priority: Annotated[Filter, one_of(views_after_sales.CASES, "priority")] = None,
    q: Search = None,
) -> Response:
    """List cases; `q` is a number of theirs or of their order."""
    return await listed(views_documents.case_list, page, state=state, order=order, priority=priority, q=q)


@router.get("/cases/{number}", responses=answers(shapes.Case, ok="The case"))
async def read_case(number: Number) -> Response:
    """One case with what was said."""
    return await shown(views_documents.case_view, "case", number)


@router.post("/cases/{number}/{move}", responses=answers(shapes.Case, ok="The case"))
async def move_case(
    request: Request, number: Number, move: Move, body: Annotated[CaseMove | None, Body()] = None
) -> Response:
    """Move a case on: assign, start, wait, resume, resolve, close or reopen."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        await after_sales.move_case(tx, actor, number, move, body or CaseMove(), now)
        return Answer(200, await views_documents.case_view(tx, number))

    return await perform(request, work)
