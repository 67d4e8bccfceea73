"""Invoices, payments and the ledger over HTTP."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from db.queries import matching as matching_queries
from db.queries import reminders, views_collection, views_documents, views_invoicing, views_ledger
from domain.actor import Actor
from domain.facts import PaymentFact
from domain.requests import Match
from domain.shapes import Day
from gateways.documents.invoice import invoice_pdf
from intake import collection, matching
from starter.api.answers import in_database, json_response
from starter.api.contract import PDF, Number, answers, location, page_of, pdf_response, stage_router
from starter.api.idempotency import Answer, perform
from starter.api.language import speech, wished_language
from starter.api.paging import Filter, PageQuery, Search, listed, one_of
from starter.api.reading import found, shown
from starter.api.schemas import collection as payments
from starter.api.schemas import invoicing
from starter.languages import ENGLISH

router = stage_router("invoices and payments")
ledger = stage_router("ledger")


@router.get("/invoices", responses=page_of(invoicing.InvoiceRow, "invoices, newest first"))
async def list_invoices(
    page: PageQuery,
    state: Annotated[Filter, one_of(views_invoicing.INVOICES, "state")] = None,
    customer: Filter = None,
    order: Filter = None,
    q: Search = None,
) -> Response:
    """List invoices; `q` is a number (invoice, order, shipment) or the beginning of a purchase number."""
    return await listed(views_documents.invoice_list, page, state=state, customer=customer, order=order, q=q)


@router.get("/invoices/{number}.pdf", responses=PDF)
async def print_invoice(request: Request, number: Number) -> Response:
    """The invoice to print, in the customer's language unless `lang` says otherwise."""

    async def look(tx: AsyncConnection) -> dict[str, object]:
        return found(await views_documents.invoice_view(tx, number), "invoice", number)

    view = await in_database(look)
    language = wished_language(request) or str(view.get("language") or ENGLISH)
    return pdf_response(await asyncio.to_thread(invoice_pdf, view, language), number)


@router.get("/invoices/{number}", responses=answers(invoicing.Invoice, ok="The invoice"))
async def read_invoice(number: Number) -> Response:
    """One invoice with its instalments and what was paid."""
    return await shown(views_documents.invoice_view, "invoice", number)


@router.get("/reminders", responses=page_of(invoicing.OpenInstalment, "unpaid instalments, the longest due first"))
async def list_reminders(
    page: PageQuery,
    customer: Filter = None,
    order: Filter = None,
    overdue: Annotated[Filter, one_of(reminders.REMINDERS, "overdue")] = None,
) -> Response:
    """What is still owed: the reminder that was sent last, which comes next and when, and what holds it back."""
    return await listed(reminders.reminder_list, page, customer=customer, order=order, overdue=overdue)


@router.post(
    "/payments",
    status_code=201,
    responses=answers(payments.Payment, created="The payment was recorded", ok="It was recorded before: this is it"),
)
async def record_payment(request: Request, body: PaymentFact) -> Response:
    """Record money that arrived. A payment that names no known invoice waits as unapplied cash."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        recorded = await collection.record_payment(tx, actor, body, now)
        document = await views_documents.payment_view(tx, recorded.number)
        return Answer(201 if recorded.created else 200, document, location("payments", recorded.number))

    return await perform(request, work)


@router.get("/payments", responses=page_of(payments.PaymentRow, "payments, newest first"))
async def list_payments(
    page: PageQuery,
    state: Annotated[Filter, one_of(views_collection.PAYMENTS, "state")] = None,
    customer: Filter = None,
    unapplied: Annotated[Filter, one_of(views_collection.PAYMENTS, "unapplied")] = None,
    q: Search = None,
) -> Response:
    """List payments; `q` is a number (payment, order, invoice) or the provider's id."""
    filters = {"state": state, "customer": customer, "unapplied": unapplied, "q": q}
    return await listed(views_documents.payment_list, page, **filters)


@router.get("/payments/{number}", responses=answers(payments.Payment, ok="The payment"))
async def read_payment(number: Number) -> Response:
    """One payment with what it was applied to."""
    return await shown(views_documents.payment_view, "payment", number)


@router.get(
    "/payments/{number}/suggestions",
    responses=page_of(payments.Suggestion, "open invoices that the payment may be for, ten at most, likeliest first"),
)
async def suggest_invoices(number: Number) -> Response:
    """Which open invoices a payment may be for: what it names, then the exact amount, then the customer's oldest."""
    return await shown(matching_queries.suggestions, "payment", number)


@router.post("/payments/{number}/apply", responses=answers(payments.Payment, ok="The payment"))
async def apply_payment(request: Request, number: Number, body: Match) -> Response:
    """Settle an open invoice with what is unapplied of a payment: all that fits, unless an amount is given."""

    async def work(tx: AsyncConnection, actor: Actor, now: datetime) -> Answer:
        await matching.apply_payment(tx, actor, number, body, now)
        return Answer(200, await views_documents.payment_view(tx, number))

    return await perform(request, work)


@ledger.get("/journal", responses=page_of(invoicing.Voucher, "journal entries, newest first"))
async def list_journal(
    request: Request,
    page: PageQuery,
    order: Filter = None,
    document: Filter = None,
    account: Annotated[Filter, one_of(views_ledger.JOURNAL, "account")] = None,
    day: Annotated[Day | None, Query(description="the vouchers of one day, in UTC")] = None,
) -> Response:
    """The journal: every voucher with its lines."""
    entries = partial(views_ledger.journal, translate=speech(request))
    on = None if day is None else day.isoformat()
    return await listed(entries, page, order=order, document=document, account=account, day=on)


@ledger.get(
    "/trial-balance",
    responses=answers(invoicing.TrialBalance, ok="Per currency: accounts, sums, and whether they balance"),
)
async def read_trial_balance(request: Request) -> Response:
    """The trial balance per currency."""

    async def look(tx: AsyncConnection) -> Response:
        return json_response(await views_ledger.trial_balance(tx, speech(request)))

    return await in_database(look)
