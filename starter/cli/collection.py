"""Payments at the terminal: money that arrived, and what it was applied to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from starter.cli import options
from starter.cli.groups import group
from starter.cli.pictures import moment
from starter.cli.reading import instant
from starter.cli.screen import Block, Column, Document, Facts, Rows
from starter.cli.session import Session, talks
from starter.cli.speech import _

payments = group("Record and follow money that arrived.")
PaymentNumber = Annotated[str, typer.Argument(metavar="NUMBER", help="The payment's number.")]


@talks(
    payments,
    "record",
    "orderkeep payment record --amount 120.00 --currency EUR --provider bank --id B-778 --invoice INV-000001",
    "orderkeep payment record --amount 50 --currency CNY --provider bank --id B-779 --customer ACME",
    changes=True,
)
def record_payment(
    session: Session,
    *,
    amount: Annotated[str, typer.Option(help='How much, for example "120.00".')],
    currency: Annotated[str, typer.Option(help="ISO 4217, for example EUR.")],
    provider: Annotated[str, typer.Option(help="Who reports it, for example bank.")],
    provider_payment_id: Annotated[
        str, typer.Option("--id", help="The provider's own id: the same id is recorded once.")
    ],
    customer: Annotated[str | None, typer.Option(help="Who paid.")] = None,
    reference: Annotated[str | None, typer.Option(help="What the payer wrote.")] = None,
    invoice: Annotated[str | None, typer.Option(help="The invoice that it pays.")] = None,
    received_at: Annotated[
        str | None, typer.Option(metavar="TIME", help="When it arrived, RFC 3339; now when absent.")
    ] = None,
) -> None:
    """Record money that arrived. What names no known invoice waits as unapplied cash and is not lost."""
    body = {
        "amount": amount,
        "currency": currency,
        "provider": provider,
        "provider_payment_id": provider_payment_id,
        "customer": customer,
        "reference": reference,
        "invoice": invoice,
        "received_at": instant(received_at),
    }
    given = {field: value for field, value in body.items() if value is not None}
    session.show(session.server.post("payments", body=given), _picture)


@talks(payments, "list", "orderkeep payment list --state UNAPPLIED")
def list_payments(
    session: Session,
    *,
    state: Annotated[str | None, typer.Option(help="Only payments in this state, for example UNAPPLIED.")] = None,
    customer: Annotated[str | None, typer.Option(help="Only payments of this customer.")] = None,
    q: options.Search = None,
    limit: options.Limit = 50,
    after: options.After = None,
) -> None:
    """List payments, newest first."""
    query = {"state": state, "customer": customer, "q": q, "limit": limit, "after": after}
    columns = (
        Column(_("Number"), "number"),
        Column(_("Customer"), "customer"),
        Column(_("State"), "state"),
        Column(_("Amount"), "amount", figure=True),
        Column(_("Unapplied"), "unapplied", figure=True),
        Column(_("Currency"), "currency"),
        Column(_("Received"), lambda payment: moment(payment.get("received_at"))),
    )
    session.show_list(session.server.get("payments", query=query), columns)


@talks(payments, "show", "orderkeep payment show PAY-000001")
def show_payment(session: Session, number: PaymentNumber) -> None:
    """Show a payment with what it was applied to."""
    session.show(session.server.get("payments", number), _picture)


@talks(payments, "suggestions", "orderkeep payment suggestions PAY-000001")
def suggest_invoices(session: Session, number: PaymentNumber) -> None:
    """Show which open invoices the rest of a payment may be for, the likeliest first, and why."""
    columns = (
        Column(_("Invoice"), "invoice"),
        Column(_("Order"), "order"),
        Column(_("Customer"), "customer"),
        Column(_("Outstanding"), "outstanding", figure=True),
        Column(_("Would settle"), "amount", figure=True),
        Column(_("Currency"), "currency"),
        Column(_("Due"), "due_date"),
        Column(_("Why"), "reason"),
    )
    session.show_list(session.server.get("payments", number, "suggestions"), columns)


@talks(
    payments,
    "apply",
    "orderkeep payment apply PAY-000001 --invoice INV-000001",
    "orderkeep payment apply PAY-000001 --invoice INV-000001 --amount 20.00",
    changes=True,
)
def apply_payment(
    session: Session,
    number: PaymentNumber,
    *,
    invoice: Annotated[str, typer.Option(help="The invoice that it is for.")],
    amount: Annotated[str | None, typer.Option(help="How much of it; all that fits when absent.")] = None,
) -> None:
    """Settle an open invoice with what is unapplied of a payment."""
    body = {"invoice": invoice} | ({"amount": amount} if amount else {})
    session.show(session.server.post("payments", number, "apply", body=body), _picture)


def _picture(payment: Document) -> Iterable[Block]:
    yield Facts(
        f"{payment.get('number')}  {payment.get('state')}",
        (
            (_("Customer"), payment.get("customer")),
            (_("Amount"), payment.get("amount")),
            (_("Unapplied"), payment.get("unapplied")),
            (_("Currency"), payment.get("currency")),
            (_("Reference"), payment.get("reference")),
            (_("Provider"), payment.get("provider")),
            (_("Provider's id"), payment.get("provider_payment_id")),
            (_("Received"), moment(payment.get("received_at"))),
        ),
    )
    yield Rows(
        _("Applied to"),
        (Column(_("Invoice"), "invoice"), Column(_("Amount"), "amount", figure=True)),
        payment.get("applications") or (),
    )
