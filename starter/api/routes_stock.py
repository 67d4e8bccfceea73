"""Stock over HTTP: what is there, and what moves it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from db.queries import views_masters
from domain.actor import Actor
from domain.errors import said
from domain.facts import StockMovement
from intake import stock
from starter.api.answers import in_database, json_response
from starter.api.contract import answers, page_of, stage_router
from starter.api.idempotency import Answer, perform
from starter.api.language import speech
from starter.api.paging import Filter, PageQuery
from starter.api.schemas.stock import MovedStock, StockRow

router = stage_router("stock")


@router.post("/stock/movements", status_code=201, responses=answers(MovedStock, created="The stock after the movement"))
async def move_stock(request: Request, body: StockMovement) -> Response:
    """Add, correct or count stock; waiting orders are served when there is more."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        moved = await stock.move_stock(tx, actor, body, now)
        return Answer(201, {**moved, "warnings": [said(each, speech(request)) for each in moved["warnings"]]})

    return await perform(request, work)


@router.get("/stock", responses=page_of(StockRow, "stock by product and warehouse"))
async def list_stock(page: PageQuery, sku: Filter = None, warehouse: Filter = None) -> Response:
    """On hand, reserved and available, by product and warehouse."""

    async def look(tx: AsyncConnection) -> Response:
        items, following = await views_masters.stock_list(
            tx, sku=sku, warehouse=warehouse, limit=page.limit, after=page.after
        )
        return json_response({"items": items, "next": following})

    return await in_database(look)
