"""An operator's repairs over HTTP: an order is paused, resumed, tried again at once, or begun again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import Body, Query
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from domain.actor import Actor
from domain.facts import Pause, Remark
from intake import repair
from starter.api.answers import json_response
from starter.api.contract import Number, answers, stage_router
from starter.api.idempotency import Answer, perform
from starter.api.schemas.operations import AskedRepair

router = stage_router("orders")
Said = Annotated[Remark | None, Body()]
Repair = Callable[[AsyncConnection, Actor, datetime], Awaitable[dict[str, Any]]]
ASKED = answers(
    AskedRepair, accepted="It is recorded, and the order's workflow is told", ok="It would be asked (preview)"
)
Preview = Annotated[bool, Query(description="say whether it would be refused, change nothing")]


class _Foreseen(Exception):
    """Carries the answer out of a transaction, which is rolled back for it."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__()
        self.answer = answer


async def _asked(request: Request, preview: bool, repair_order: Repair) -> Response:
    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        answer = await repair_order(tx, actor, now)
        if preview:
            raise _Foreseen(answer)
        return Answer(202, answer)

    try:
        return await perform(request, work)
    except _Foreseen as foreseen:
        return json_response(foreseen.answer)


@router.post("/orders/{number}/pause", status_code=202, responses=ASKED)
async def pause_order(request: Request, number: Number, body: Pause, preview: Preview = False) -> Response:
    """Let the order rest where it stands: facts are recorded, nothing is done on them until it is resumed."""
    return await _asked(request, preview, lambda tx, actor, now: repair.pause_order(tx, actor, number, body, now))


@router.post("/orders/{number}/resume", status_code=202, responses=ASKED)
async def resume_order(request: Request, number: Number, body: Said = None, preview: Preview = False) -> Response:
    """Let a paused order go on where it stood."""
    comment = body.comment if body else None
    return await _asked(request, preview, lambda tx, actor, now: repair.resume_order(tx, actor, number, comment, now))


@router.post("/orders/{number}/retry", status_code=202, responses=ASKED)
async def retry_order(request: Request, number: Number, body: Said = None, preview: Preview = False) -> Response:
    """Try at once what fails of the order, its supply and its cases; who waits looks again."""
    told = body or Remark()
    return await _asked(request, preview, lambda tx, actor, now: repair.retry_order(tx, actor, number, told, now))


@router.post("/orders/{number}/reset", status_code=202, responses=ASKED)
async def reset_order(request: Request, number: Number, body: Said = None, preview: Preview = False) -> Response:
    """Let the order's workflow begin again; it walks to where the order stands and does nothing twice."""
    told = body or Remark()
    return await _asked(request, preview, lambda tx, actor, now: repair.reset_order(tx, actor, number, told, now))
