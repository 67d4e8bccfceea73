"""Supply orders over HTTP: what was ordered or is being made, and what arrived of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from db.queries import views_documents, views_replenishment
from domain.actor import Actor
from domain.errors import said
from domain.facts import ReceiptReport
from domain.requests import Acknowledgement, SupplyRequest
from intake import promising, replenishment, supplying
from starter.api.contract import Number, answers, location, page_of, stage_router
from starter.api.idempotency import Answer, perform
from starter.api.language import speech
from starter.api.paging import Filter, PageQuery, Search, listed, one_of
from starter.api.reading import shown
from starter.api.schemas.replenishment import ReceivedSupply, SupplyOrder, SupplyRow

router = stage_router("supply orders")


@router.get("/supply-orders", responses=page_of(SupplyRow, "supply orders, newest first"))
async def list_supply_orders(
    page: PageQuery,
    state: Annotated[Filter, one_of(views_replenishment.SUPPLIES, "state")] = None,
    supplier: Filter = None,
    sku: Filter = None,
    kind: Annotated[Filter, one_of(views_replenishment.SUPPLIES, "kind")] = None,
    overdue: Annotated[Filter, one_of(views_replenishment.SUPPLIES, "overdue")] = None,
    q: Search = None,
) -> Response:
    """List purchase and production orders, for instance those that should be there: ?overdue=true; `q` is a number of
    theirs or of an order that waits for them.
    """
    filters = {"state": state, "supplier": supplier, "sku": sku, "kind": kind, "overdue": overdue, "q": q}
    return await listed(views_documents.supply_list, page, **filters)


@router.post(
    "/supply-orders", status_code=201, responses=answers(SupplyOrder, created="The supply order exists and is sent off")
)
async def create_supply_order(request: Request, body: SupplyRequest) -> Response:
    """Order supply by hand: it goes to those who wait and have none on order, the oldest first."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        number = await supplying.create_supply_order(tx, actor, body, now)
        return Answer(201, await views_documents.supply_view(tx, number), location("supply-orders", number))

    return await perform(request, work)


@router.post("/supply-orders/{number}/acknowledge", responses=answers(SupplyOrder, ok="The supply order"))
async def acknowledge_supply(request: Request, number: Number, body: Acknowledgement) -> Response:
    """Keep the date that the supplier or the shop floor named: the waiting lines are promised anew."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        await promising.acknowledge_supply(tx, actor, number, body, now)
        return Answer(200, await views_documents.supply_view(tx, number))

    return await perform(request, work)


@router.get("/supply-orders/{number}", responses=answers(SupplyOrder, ok="The supply order"))
async def read_supply_order(number: Number) -> Response:
    """One supply order with its lines and the orders that wait for it."""
    return await shown(views_documents.supply_view, "supply order", number)


@router.post("/supply-orders/{number}/receipts", responses=answers(ReceivedSupply, ok="The supply order"))
async def record_receipt(request: Request, number: Number, body: ReceiptReport) -> Response:
    """Report a purchase receipt or a production completion, also a part of it."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        warnings = await replenishment.record_receipt(tx, actor, number, body, now)
        view = await views_documents.supply_view(tx, number) or {}
        return Answer(200, {**view, "warnings": [said(each, speech(request)) for each in warnings]})

    return await perform(request, work)
