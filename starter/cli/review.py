"""Holds at the terminal: what review has stopped, released by name or rejected."""

from __future__ import annotations

from typing import Annotated

import typer

from starter.cli import options
from starter.cli.groups import group
from starter.cli.pictures import moment
from starter.cli.screen import Column
from starter.cli.session import Session, talks
from starter.cli.speech import _

holds = group("Release or reject what review has stopped.")
HoldId = Annotated[int, typer.Argument(metavar="ID", help="The hold's id, as `orderkeep hold list` shows it.")]


@talks(holds, "list", "orderkeep hold list", "orderkeep hold list --order SO-000001 --status all")
def list_holds(
    session: Session,
    *,
    order: Annotated[str | None, typer.Option(help="Only holds of this order.")] = None,
    status: Annotated[str, typer.Option(help="Only holds in this status; all shows every one.")] = "open",
    reason: Annotated[str | None, typer.Option(help="Only holds for this reason, for example CREDIT.")] = None,
    owner_role: Annotated[str | None, typer.Option(help="Only holds that this role decides.")] = None,
    limit: options.Limit = 50,
    after: options.After = None,
) -> None:
    """List holds, the open ones unless told otherwise."""
    query = {
        "order": order,
        "status": None if status == "all" else status,
        "reason": reason,
        "owner_role": owner_role,
        "limit": limit,
        "after": after,
    }
    columns = (
        Column(_("Order"), "order"),
        Column(_("Id"), "id", figure=True),
        Column(_("Reason"), "reason"),
        Column(_("Status"), "status"),
        Column(_("Owner"), "owner_role"),
        Column(_("Deadline"), lambda hold: moment(hold.get("deadline"))),
        Column(_("Message"), "message"),
    )
    session.show_list(session.server.get("holds", query=query), columns)


@talks(holds, "documents", "orderkeep hold documents", "orderkeep hold documents --order SO-000001")
def list_held_documents(
    session: Session,
    *,
    order: Annotated[str | None, typer.Option(help="Only documents linked to this order.")] = None,
    limit: options.Limit = 50,
    after: options.After = None,
) -> None:
    """List what an imported file held for a person: credit notes, fees, orders that could not be taken."""
    columns = (
        Column(_("Id"), "id", figure=True),
        Column(_("Document"), "source"),
        Column(_("Kind"), "kind"),
        Column(_("Order"), "linked_order"),
        Column(_("Rows"), lambda document: str(len(document.get("rows") or ())), figure=True),
        Column(_("Reason"), "reason"),
    )
    query = {"order": order, "limit": limit, "after": after}
    session.show_list(session.server.get("held-documents", query=query), columns)


@talks(
    holds,
    "release",
    'orderkeep hold release SO-000001 7 --comment "deposit promised by phone"',
    'orderkeep hold release SO-000001 7 --comment "once" --amount 1200.00 --until 2030-01-31',
    changes=True,
)
def release_hold(
    session: Session,
    order: options.OrderNumber,
    hold: HoldId,
    *,
    comment: options.NeededComment,
    amount: Annotated[str | None, typer.Option(help="Up to this amount; the order's total when absent.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Until this date, YYYY-MM-DD.")] = None,
) -> None:
    """Release a hold by your name: the order goes on."""
    body = {"comment": comment, "amount": amount, "until": until}
    given = {field: value for field, value in body.items() if value is not None}
    answer = session.server.post("orders", order, "holds", str(hold), "release", body=given)
    session.done(answer, _("Hold {hold} of {order} is released.").format(hold=hold, order=order))


@talks(holds, "reject", 'orderkeep hold reject SO-000001 7 --comment "discount not agreed"', changes=True)
def reject_hold(session: Session, order: options.OrderNumber, hold: HoldId, *, comment: options.NeededComment) -> None:
    """Reject the order for the reason of this hold."""
    answer = session.server.post("orders", order, "holds", str(hold), "reject", body={"comment": comment})
    session.done(answer, _("{order} is rejected.").format(order=order))
