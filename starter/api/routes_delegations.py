"""Who stands in for whom, over HTTP, kept by administrators; people hand over their own in the console."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Path
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from db.queries import delegations as kept
from domain.actor import Actor
from domain.facts import Fact
from domain.shapes import Code, Moment
from intake import delegations
from starter.api.answers import in_database, json_response
from starter.api.contract import answers, page_of, stage_router
from starter.api.idempotency import Answer, perform
from starter.api.schemas import users as shapes

router = stage_router("users")
DelegationId = Annotated[int, Path(ge=1, le=2**31 - 1, description="the delegation's id")]


class DelegationRequest(Fact):
    """While `away` is away, `stand_in` may do what they may; it begins now when no beginning is given."""

    away: Code
    stand_in: Code
    begins_at: Moment | None = None
    ends_at: Moment


@router.get("/delegations", responses=page_of(shapes.Delegation, "delegations that go on or are to begin"))
async def list_delegations() -> Response:
    """List who stands in for whom, now or later."""

    async def look(tx: AsyncConnection) -> Response:
        return json_response({"items": await kept.delegations(tx, datetime.now(UTC)), "next": None})

    return await in_database(look)


@router.post("/delegations", status_code=201, responses=answers(shapes.Delegation, created="The delegation"))
async def create_delegation(request: Request, body: DelegationRequest) -> Response:
    """Let a colleague do what somebody who is away may. What they do is recorded under both names."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        made = await delegations.delegate(tx, actor, body.away, body.stand_in, body.begins_at, body.ends_at, now)
        return Answer(201, made)

    return await perform(request, work)


@router.post("/delegations/{delegation}/end", responses=answers(shapes.Delegation, ok="The delegation, which is over"))
async def end_delegation(request: Request, delegation: DelegationId) -> Response:
    """End a delegation early; one that has not begun is called off."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        return Answer(200, await delegations.end_delegation(tx, actor, delegation, now))

    return await perform(request, work)
