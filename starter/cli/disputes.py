"""Disputes at the terminal: what customers do not accept of their invoices, kept and decided."""

from __future__ import annotations

from typing import Annotated

import typer

from starter.cli import options
from starter.cli.groups import group
from starter.cli.pictures import moment
from starter.cli.screen import Column
from starter.cli.session import Session, talks
from starter.cli.speech import _

disputes = group("Keep and decide what customers dispute of their invoices.")
InvoiceNumber = Annotated[str, typer.Argument(metavar="INVOICE", help="The invoice's number.")]
DisputeId = Annotated[int, typer.Argument(metavar="ID", help="The dispute's id, as `orderkeep dispute list` shows it.")]


@talks(disputes, "list", "orderkeep dispute list", "orderkeep dispute list --invoice INV-000001 --status all")
def list_disputes(
    session: Session,
    *,
    invoice: Annotated[str | None, typer.Option(help="Only disputes about this invoice.")] = None,
    status: Annotated[str, typer.Option(help="Only disputes in this status; all shows every one.")] = "open",
    limit: options.Limit = 50,
    after: options.After = None,
) -> None:
    """List disputes, those to be decided unless told otherwise, newest first."""
    wanted = None if status == "all" else status
    query = {"invoice": invoice, "status": wanted, "limit": limit, "after": after}
    columns = (
        Column(_("Invoice"), "invoice"),
        Column(_("Id"), "id", figure=True),
        Column(_("Customer"), "customer"),
        Column(_("Status"), "status"),
        Column(_("Amount"), "amount", figure=True),
        Column(_("Disputed"), "disputed", figure=True),
        Column(_("Currency"), "currency"),
        Column(_("Reason"), "reason"),
        Column(_("Opened"), lambda dispute: moment(dispute.get("opened_at"))),
    )
    session.show_list(session.server.get("disputes", query=query), columns)


@talks(disputes, "open", 'orderkeep dispute open INV-000001 --amount 9.90 --reason "one tin was dented"', changes=True)
def open_dispute(
    session: Session,
    invoice: InvoiceNumber,
    *,
    amount: Annotated[str, typer.Option(help="How much of it the customer does not accept.")],
    reason: Annotated[str, typer.Option(help="What the customer said.")],
) -> None:
    """Keep what a customer disputes: it stays outstanding, and nobody is reminded of it."""
    answer = session.server.post("invoices", invoice, "disputes", body={"amount": amount, "reason": reason})
    session.done(answer, _("Dispute {id} of {invoice} is kept.").format(id=answer.get("id"), invoice=invoice))


@talks(
    disputes,
    "resolve",
    'orderkeep dispute resolve INV-000001 1 --outcome upheld --comment "the photo shows it"',
    'orderkeep dispute resolve INV-000001 1 --outcome withdrawn --comment "agreed by phone"',
    changes=True,
)
def resolve_dispute(
    session: Session,
    invoice: InvoiceNumber,
    dispute: DisputeId,
    *,
    outcome: Annotated[str, typer.Option(help="upheld: the customer is right; withdrawn: it is to be paid.")],
    comment: options.NeededComment,
) -> None:
    """Decide a dispute. What is withdrawn is reminded of again; what is upheld is not."""
    body = {"outcome": outcome, "comment": comment}
    answer = session.server.post("invoices", invoice, "disputes", str(dispute), "resolve", body=body)
    session.done(answer, _("Dispute {id} of {invoice} is decided.").format(id=dispute, invoice=invoice))
