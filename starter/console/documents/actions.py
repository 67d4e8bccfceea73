"""What people do with a document: confirm a pick, report a receipt, work on a case, record money."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from db.queries import views_documents
from domain.errors import OrderkeepError
from starter.api.answers import in_database
from starter.console import doings
from starter.console.acting import texts
from starter.console.doings import Doing, press
from starter.console.door import pages
from starter.console.page import render

router = pages()


def _button(collection: str, last: str, operation: str, doing: Doing) -> None:
    async def button(request: Request, number: str) -> Response:
        form = texts(await request.form())
        await press(request, operation, doing, form, document=number, once=form.get("once"))
        return RedirectResponse(f"/{collection}/{number}", 303)

    router.add_api_route(f"/{collection}/{{number}}/{last}", button, methods=["POST"], name=operation)


_button("shipments", "pick", "confirm_pick", doings.confirm_pick)
_button("supply-orders", "receipts", "record_receipt", doings.record_receipt)
_button("supply-orders", "acknowledge", "acknowledge_supply", doings.acknowledge_supply)
_button("cases", "move", "move_case", doings.move_case())
_button("payments", "apply", "apply_payment", doings.apply_payment)
_button("invoices", "disputes", "open_dispute", doings.open_dispute)


@router.get("/payments/new")
async def new_payment(request: Request) -> Response:
    """The form for money that a person knows of; filled in when it is about an invoice."""
    number = request.query_params.get("invoice", "")

    async def look(tx: AsyncConnection) -> dict[str, Any] | None:
        return await views_documents.invoice_view(tx, number) if number.isprintable() and number else None

    invoice = await in_database(look)
    filled: dict[str, str] = {}
    if invoice is not None:
        filled = {"invoice": number, "amount": f"{invoice['outstanding']:f}", "currency": invoice["currency"]}
    return render(request, "documents/new_payment.html", filled=filled, once=uuid.uuid4().hex, wrong=(), sentence="")


@router.post("/payments/new")
async def record_payment(request: Request) -> Response:
    """Record money that arrived; it is matched at once as far as it can be."""
    form = texts(await request.form())
    try:
        number = await press(request, "record_payment", doings.record_payment, form)
    except OrderkeepError as error:
        wrong = {each.pointer[1:]: each.detail for each in error.errors}
        status = 200 if "hx-request" in request.headers else error.status
        told: dict[str, Any] = {"filled": form, "once": form.get("once", ""), "wrong": wrong, "sentence": error.detail}
        return render(request, "documents/new_payment.html", status, **told)
    return RedirectResponse(f"/payments/{number}", 303)
