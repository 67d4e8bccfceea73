"""Work queues over HTTP: what waits for the role of the key, and the rows of each kind."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from db.queries import queues
from domain.actor import Role
from domain.errors import NotFound, told
from domain.queues import Queue
from starter.api.answers import in_database, json_response
from starter.api.contract import Number, page_of, stage_router
from starter.api.language import speech
from starter.api.paging import PageQuery
from starter.api.schemas.queues import QueueCount, QueueRow

router = stage_router("queues")
RoleQuery = Annotated[Role | None, Query(description="for this role; the key's own when absent")]


@router.get("/queues", responses=page_of(QueueCount, "the kinds of work that wait for a role, all of them"))
async def list_queues(request: Request, role: RoleQuery = None) -> Response:
    """Count what waits for the role of the key, or for another role; a kind of which nothing waits is left out."""

    async def look(tx: AsyncConnection) -> Response:
        found = await queues.counts(tx, [role or request.state.actor.role], datetime.now(UTC))
        return json_response({"items": [each for each in found if each["count"]], "next": None})

    return await in_database(look)


@router.get("/queues/{kind}", responses=page_of(QueueRow, "what waits, the most urgent first"))
async def read_queue(request: Request, kind: Number, page: PageQuery, role: RoleQuery = None) -> Response:
    """What waits of one kind, the most urgent first; of holds those that the role of the key, or another, decides."""
    if kind not in set(Queue):
        raise NotFound(told("There is no queue {kind}; there are {kinds}.", kind=repr(kind), kinds=", ".join(Queue)))

    async def look(tx: AsyncConnection) -> Response:
        items, following = await queues.page(
            tx, Queue(kind), [role or request.state.actor.role], datetime.now(UTC),
            limit=page.limit, after=page.after, translate=speech(request),
        )  # fmt: skip
        return json_response({"items": items, "next": following})

    return await in_database(look)
