"""Invoices at the terminal: which are open, one in full, and its PDF."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated

import typer

from starter.cli import options
from starter.cli.files import write_out
from starter.cli.groups import group
from starter.cli.pictures import moment
from starter.cli.screen import Block, Column, Document, Facts, Rows
from starter.cli.session import Session, talks
from starter.cli.speech import _

invoices = group("See invoices and save them as PDF.")
InvoiceNumber = Annotated[str, typer.Argument(metavar="NUMBER", help="The invoice's number.")]


@talks(invoices, "list", "orderkeep invoice list --state POSTED")
def list_invoices(
    session: Session,
    *,
    state: Annotated[str | None, typer.Option(help="Only invoices in this state, for example POSTED.")] = None,
    customer: Annotated[str | None, typer.Option(help="Only invoices of this customer.")] = None,
    order: Annotated[str | None, typer.Option(help="Only invoices of this order.")] = None,
    q: options.Search = None,
    limit: options.Limit = 50,
    after: options.After = None,
) -> None:
    """List invoices, newest first."""
    query = {"state": state, "customer": customer, "order": order, "q": q, "limit": limit, "after": after}
    columns = (
        Column(_("Number"), "number"),
        Column(_("Order"), "order"),
        Column(_("Customer"), "customer"),
        Column(_("State"), "state"),
        Column(_("Total"), "total", figure=True),
        Column(_("Outstanding"), "outstanding", figure=True),
        Column(_("Currency"), "currency"),
        Column(_("Due"), "due_date"),
    )
    session.show_list(session.server.get("invoices", query=query), columns)


@talks(invoices, "reminders", "orderkeep invoice reminders --customer ACME", "orderkeep invoice reminders --overdue")
def list_reminders(
    session: Session,
    *,
    customer: Annotated[str | None, typer.Option(help="Only what this customer owes.")] = None,
    order: Annotated[str | None, typer.Option(help="Only invoices of this order.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what should have been paid by now.")] = False,
    limit: options.Limit = 50,
    after: options.After = None,
) -> None:
    """List what is not paid, the longest due first: the reminder sent last, which comes next, what holds it back."""
    late = "true" if overdue else None
    query = {"customer": customer, "order": order, "overdue": late, "limit": limit, "after": after}
    columns = (
        Column(_("Invoice"), "invoice"),
        Column(_("Customer"), "customer"),
        Column(_("Due"), "due_date"),
        Column(_("Outstanding"), "outstanding", figure=True),
        Column(_("Disputed"), "disputed", figure=True, seldom=True),
        Column(_("Currency"), "currency"),
        Column(_("Reminder level"), "reminder_level", figure=True),
        *_next_reminder(),
    )
    session.show_list(session.server.get("reminders", query=query), columns)


@talks(invoices, "show", "orderkeep invoice show INV-000001")
def show_invoice(session: Session, number: InvoiceNumber) -> None:
    """Show an invoice with its lines, its instalments and what was paid."""
    session.show(session.server.get("invoices", number), _picture)


def _next_reminder() -> tuple[Column, ...]:
    """What is planned next for an instalment, and what holds it back."""
    planned: Callable[[Document], Document] = lambda row: row.get("next_reminder") or {}  # noqa: E731
    return (
        Column(_("Next level"), lambda row: planned(row).get("level"), figure=True, seldom=True),
        Column(_("Planned"), lambda row: moment(planned(row).get("at")), seldom=True),
        Column(_("Held back"), lambda row: planned(row).get("held_back"), seldom=True),
    )


def _picture(invoice: Document) -> Iterable[Block]:
    yield Facts(
        f"{invoice.get('number')}  {invoice.get('state')}",
        tuple(
            (label, invoice.get(field))
            for label, field in (
                (_("Order"), "order"),
                (_("Shipment"), "shipment"),
                (_("Customer"), "customer"),
                (_("Date"), "invoice_date"),
                (_("Due"), "due_date"),
                (_("Net"), "net"),
                (_("Tax"), "tax"),
                (_("Total"), "total"),
                (_("Outstanding"), "outstanding"),
                (_("Currency"), "currency"),
            )
        ),
    )
    yield from _parts(invoice)


def _parts(invoice: Document) -> Iterable[Block]:
    yield Rows(
        _("Lines"),
        (
            Column(_("Product"), "sku"),
            Column(_("Quantity"), "quantity", figure=True),
            Column(_("Price"), "unit_price", figure=True),
            Column(_("Net"), "net", figure=True),
        ),
        invoice.get("lines") or (),
    )
    yield Rows(
        _("Instalments"),
        (
            Column(_("Due"), "due_date"),
            Column(_("Amount"), "amount", figure=True),
            Column(_("Outstanding"), "outstanding", figure=True),
            Column(_("Reminder level"), "reminder_level", figure=True, seldom=True),
            *_next_reminder(),
        ),
        invoice.get("instalments") or (),
    )
    paid = (Column(_("Payment"), "payment"), Column(_("Amount"), "amount", figure=True))
    yield Rows(_("Payments"), paid, invoice.get("applications") or ())


@talks(invoices, "pdf", "orderkeep invoice pdf INV-000001 --out invoice.pdf")
def save_invoice(session: Session, number: InvoiceNumber, *, out: options.Out) -> None:
    """Save an invoice as PDF, in the customer's language."""
    write_out(session, session.server.get_file("invoices", f"{number}.pdf"), out)
