"""Shipments over HTTP: the pick's confirmation, and the delivery note to print."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated

from fastapi import Body
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from db.queries import views_documents, views_shipping
from domain.actor import Actor
from domain.facts import PickReport
from gateways.documents.delivery_note import delivery_note_pdf
from intake import shipping
from starter.api.answers import in_database
from starter.api.contract import PDF, Number, answers, page_of, pdf_response, stage_router
from starter.api.idempotency import Answer, perform
from starter.api.language import wished_language
from starter.api.paging import Filter, PageQuery, Search, listed, one_of
from starter.api.reading import found, shown
from starter.api.schemas.shipping import Shipment, ShipmentRow
from starter.languages import ENGLISH

router = stage_router("shipments")


@router.get("/shipments", responses=page_of(ShipmentRow, "shipments, newest first"))
async def list_shipments(
    page: PageQuery,
    state: Annotated[Filter, one_of(views_shipping.SHIPMENTS, "state")] = None,
    order: Filter = None,
    warehouse: Filter = None,
    q: Search = None,
) -> Response:
    """List shipments; `q` is a number (shipment, order) or the carrier's tracking number."""
    return await listed(views_documents.shipment_list, page, state=state, order=order, warehouse=warehouse, q=q)


@router.get("/shipments/{number}", responses=answers(Shipment, ok="The shipment"))
async def read_shipment(number: Number) -> Response:
    """One shipment with its lines and its way."""
    return await shown(views_documents.shipment_view, "shipment", number)


@router.post("/shipments/{number}/pick", responses=answers(Shipment, ok="The shipment"))
async def confirm_pick(request: Request, number: Number, body: Annotated[PickReport | None, Body()] = None) -> Response:
    """Confirm the pick; lines that are left out were picked in full, less than asked is a short pick."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        await shipping.confirm_pick(tx, actor, number, body or PickReport(), now)
        return Answer(200, await views_documents.shipment_view(tx, number))

    return await perform(request, work)


@router.get("/delivery-notes/{number}.pdf", responses=PDF)
async def print_delivery_note(request: Request, number: Number) -> Response:
    """The delivery note of a shipment, in the customer's language unless `lang` says otherwise."""

    async def look(tx: AsyncConnection) -> dict[str, object]:
        return found(await views_documents.shipment_view(tx, number), "shipment", number)

    view = await in_database(look)
    language = wished_language(request) or str(view.get("language") or ENGLISH)
    return pdf_response(await asyncio.to_thread(delivery_note_pdf, view, language), number)
