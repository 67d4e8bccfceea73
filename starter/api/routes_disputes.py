"""Disputes over HTTP: a part of an invoice that the customer does not accept, and what was decided."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Path
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from db.queries import disputes as questions
from domain.actor import Actor
from domain.requests import DisputeDecision, DisputeRequest
from intake import disputes
from starter.api.contract import Number, answers, location, page_of, stage_router
from starter.api.idempotency import Answer, perform
from starter.api.paging import Filter, PageQuery, listed, one_of
from starter.api.schemas.disputes import Dispute

router = stage_router("invoices and payments")
DisputeId = Annotated[int, Path(ge=1, le=2_147_483_647)]


@router.get("/disputes", responses=page_of(Dispute, "disputes, newest first"))
async def list_disputes(
    page: PageQuery, status: Annotated[Filter, one_of(questions.DISPUTES, "status")] = None, invoice: Filter = None
) -> Response:
    """List disputes, for instance the open ones: ?status=open."""
    return await listed(questions.dispute_list, page, status=status, invoice=invoice)


@router.post("/invoices/{number}/disputes", status_code=201, responses=answers(Dispute, created="The dispute is kept"))
async def open_dispute(request: Request, number: Number, body: DisputeRequest) -> Response:
    """Dispute a part of an invoice: it stays outstanding, and reminders leave it out."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        opened = await disputes.open_dispute(tx, actor, number, body, now)
        return Answer(201, await questions.dispute_view(tx, opened), location("invoices", number))

    return await perform(request, work)


@router.post("/invoices/{number}/disputes/{dispute}/resolve", responses=answers(Dispute, ok="The dispute"))
async def resolve_dispute(request: Request, number: Number, dispute: DisputeId, body: DisputeDecision) -> Response:
    """Decide a dispute. Withdrawn: the amount is reminded of again. Upheld: it stays outstanding, without reminders,
    until it is credited; credit notes are not written in this release.
    """

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        await disputes.resolve_dispute(tx, actor, number, dispute, body, now)
        return Answer(200, await questions.dispute_view(tx, dispute))

    return await perform(request, work)
