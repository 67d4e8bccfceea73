"""What people do with a document: confirm a pick, report a receipt, work on a case, record money."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from db.queries import views_documents
from domain.actor import Actor
from domain.errors import OrderkeepError
from domain.facts import CaseMove, PaymentFact, PickReport, ReceiptReport
from domain.requests import Acknowledgement, DisputeRequest, Match
from intake import after_sales, collection, disputes, matching, promising, replenishment, shipping
from starter.api.answers import in_database
from starter.api.bodies import valid
from starter.console.acting import act, texts
from starter.console.door import pages
from starter.console.numbers import amount_of
from starter.console.page import render

router = pages()
BY_HAND = "console"
"""The provider of money that a person records; its number is the person's, or one of ours."""


@router.post("/shipments/{number}/pick")
async def confirm_pick(request: Request, number: str) -> Response:
    """The warehouse confirms what was picked; less than asked is a short pick."""
    form = texts(await request.form())
    lines = [
        {"line": int(name.removeprefix("line-")), "quantity": amount_of(value)}
        for name, value in form.items()
        if name.removeprefix("line-").isdecimal()
    ]
    report = valid(PickReport, {"lines": lines, "packages": form.get("packages", "1")})

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> None:
        await shipping.confirm_pick(tx, actor, number, report, now)

    await act(request, "confirm_pick", work, once=form.get("once"))
    return RedirectResponse(f"/shipments/{number}", 303)


@router.post("/supply-orders/{number}/receipts")
async def record_receipt(request: Request, number: str) -> Response:
    """What arrived of a purchase, or what production has finished."""
    form = texts(await request.form())
    line = {"sku": form.get("sku", ""), "quantity": amount_of(form.get("quantity", ""))}
    body: dict[str, Any] = {"lines": [line], "warehouse": form.get("warehouse", "")}
    report = valid(ReceiptReport, body | ({"reference": form["reference"]} if "reference" in form else {}))

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> None:
        await replenishment.record_receipt(tx, actor, number, report, now)

    await act(request, "record_receipt", work, once=form.get("once"))
    return RedirectResponse(f"/supply-orders/{number}", 303)


@router.post("/cases/{number}/move")
async def move_case(request: Request, number: str) -> Response:
    """Somebody works on a case."""
    form = texts(await request.form())
    move = form.get("move", "")
    said = {name: form[name] for name in ("comment", "assignee") if name in form and (name, move) != ("assignee", "")}
    if move != "assign":
        said.pop("assignee", None)
    told = valid(CaseMove, said)

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> None:
        await after_sales.move_case(tx, actor, number, move, told, now)

    await act(request, "move_case", work, once=form.get("once"))
    return RedirectResponse(f"/cases/{number}", 303)


@router.post("/supply-orders/{number}/acknowledge")
async def acknowledge_supply(request: Request, number: str) -> Response:
    """The supplier or the shop floor said by when the rest will come."""
    form = texts(await request.form())
    said = valid(Acknowledgement, {name: form[name] for name in ("due_date", "comment") if name in form})

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> None:
        await promising.acknowledge_supply(tx, actor, number, said, now)

    await act(request, "acknowledge_supply", work, once=form.get("once"))
    return RedirectResponse(f"/supply-orders/{number}", 303)


@router.post("/payments/{number}/apply")
async def apply_payment(request: Request, number: str) -> Response:
    """A person says which invoice the money is for."""
    form = texts(await request.form())
    invoice = form.get("other") or form.get("invoice", "")
    match = valid(Match, {"invoice": invoice} | ({"amount": amount_of(form["amount"])} if "amount" in form else {}))

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> None:
        await matching.apply_payment(tx, actor, number, match, now)

    await act(request, "apply_payment", work, once=form.get("once"))
    return RedirectResponse(f"/payments/{number}", 303)


@router.post("/invoices/{number}/disputes")
async def open_dispute(request: Request, number: str) -> Response:
    """What the customer does not accept of an invoice is left out of reminders until it is decided."""
    form = texts(await request.form())
    wish = valid(DisputeRequest, {"amount": amount_of(form.get("amount", "")), "reason": form.get("reason", "")})

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> None:
        await disputes.open_dispute(tx, actor, number, wish, now)

    await act(request, "open_dispute", work, once=form.get("once"))
    return RedirectResponse(f"/invoices/{number}", 303)


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
    once = form.get("once", "")
    body: dict[str, Any] = {
        **{name: form[name] for name in ("customer", "reference", "invoice", "currency") if name in form},
        "amount": amount_of(form.get("amount", "")),
        "provider": BY_HAND,
        "provider_payment_id": form.get("provider_payment_id") or once[:32] or uuid.uuid4().hex,
        "received_at": form.get("received_on", f"{datetime.now(UTC):%Y-%m-%d}") + "T12:00:00Z",
    }

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> str:
        return (await collection.record_payment(tx, actor, valid(PaymentFact, body), now)).number

    try:
        number = await act(request, "record_payment", work)
    except OrderkeepError as error:
        wrong = {each.pointer[1:]: each.detail for each in error.errors}
        status = 200 if "hx-request" in request.headers else error.status
        told: dict[str, Any] = {"filled": form, "once": once, "wrong": wrong, "sentence": error.detail}
        return render(request, "documents/new_payment.html", status, **told)
    return RedirectResponse(f"/payments/{number}", 303)
