"""The documents of an order's life, each on a page: what it says, what became of it, and what can be done with it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from db.queries import matching, views_documents, views_ledger
from domain.after_sales import case_moves
from domain.errors import NotFound
from gateways.documents.delivery_note import delivery_note_pdf
from gateways.documents.invoice import invoice_pdf
from starter.api.answers import in_database
from starter.api.contract import pdf_response
from starter.console.door import pages
from starter.console.page import render
from starter.languages import ENGLISH

router = pages()
View = Callable[[AsyncConnection, str], Awaitable[dict[str, Any] | None]]
LONGEST = 64


async def document(view: View, number: str) -> dict[str, Any]:
    """The document with this number, and the vouchers that name it.

    Errors: NotFound.
    """

    async def look(tx: AsyncConnection) -> dict[str, Any] | None:
        found = await view(tx, number) if len(number) <= LONGEST and number.isprintable() else None
        if found is None:
            return None
        vouchers, _ = await views_ledger.journal(tx, limit=50, after=None, filters={"document": number})
        moves = case_moves(found["state"]) if "subject" in found else ()
        return {**found, "vouchers": vouchers, "moves": moves}

    found = await in_database(look)
    if found is None:
        raise NotFound("There is no document with this number. Check it, or look it up with the search at the top.")
    return found


async def _with_suggestions(tx: AsyncConnection, number: str) -> dict[str, Any] | None:
    """A payment, and the invoices that what is left of it may be for."""
    payment = await views_documents.payment_view(tx, number)
    if payment is None:
        return None
    found = await matching.suggestions(tx, number)
    return {**payment, "suggestions": found["items"] if found else []}


def _page(path: str, template: str, view: View) -> None:
    async def page(request: Request, number: str) -> Response:
        return render(request, template, doc=await document(view, number), once=uuid.uuid4().hex)

    router.add_api_route(path, page, methods=["GET"], name=f"page_of_{template.partition('.')[0].partition('/')[2]}")


def _printed(path: str, view: View, draw: Callable[[dict[str, Any], str], bytes], name: str) -> None:
    async def printed(request: Request, number: str) -> Response:
        found = await document(view, number)
        language = request.query_params.get("lang") or str(found.get("language") or ENGLISH)
        return pdf_response(await asyncio.to_thread(draw, found, language), number)

    router.add_api_route(path, printed, methods=["GET"], name=name)


_printed("/invoices/{number}.pdf", views_documents.invoice_view, invoice_pdf, "print_invoice")
_printed("/delivery-notes/{number}.pdf", views_documents.shipment_view, delivery_note_pdf, "print_delivery_note")
_page("/shipments/{number}", "documents/shipment.html", views_documents.shipment_view)
_page("/invoices/{number}", "documents/invoice.html", views_documents.invoice_view)
_page("/supply-orders/{number}", "documents/supply_order.html", views_documents.supply_view)
_page("/payments/{number}", "documents/payment.html", _with_suggestions)
_page("/cases/{number}", "documents/case.html", views_documents.case_view)
