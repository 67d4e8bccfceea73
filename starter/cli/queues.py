"""Work queues at the terminal: what waits for a role, and the rows of each kind."""

from __future__ import annotations

from typing import Annotated

import typer

from domain.queues import Queue
from starter.cli import options
from starter.cli.groups import single
from starter.cli.pictures import moment
from starter.cli.screen import Column, Document, text_of
from starter.cli.session import Session, talks
from starter.cli.speech import _

queue_alone = single()


@talks(queue_alone, "queue", "orderkeep queue", "orderkeep queue holds --role credit")
def show_queue(
    session: Session,
    *,
    kind: Annotated[Queue | None, typer.Argument(help="What to list; without it, how much of each waits.")] = None,
    role: Annotated[str | None, typer.Option(help="For this role; the key's own when absent.")] = None,
    limit: options.Limit = 50,
    after: options.After = None,
) -> None:
    """Show what waits for you, the most urgent first."""
    if kind is None:
        counted = (
            Column(_("Kind"), "kind"),
            Column(_("Waiting"), "count", figure=True),
            Column(_("Overdue"), "overdue", figure=True, seldom=True),
        )
        session.show_list(session.server.get("queues", query={"role": role}), counted)
        return
    columns = (
        Column(_("Document"), "document"),
        Column(_("Order"), "order"),
        Column(_("Customer"), "customer_name"),
        Column(_("Amount"), "amount", figure=True, seldom=True),
        Column(_("Currency"), "currency"),
        Column(_("Since"), lambda row: moment(row.get("since"))),
        Column(_("Deadline"), lambda row: moment(row.get("deadline"))),
        Column(_("About"), _about),
    )
    query = {"role": role, "limit": limit, "after": after}
    session.show_list(session.server.get("queues", kind.value, query=query), columns)


def _about(row: Document) -> str:
    figures = row.get("figures") or {}
    if figures.get("message"):
        return text_of(figures["message"])
    named = ("reference", "invoice", "reason", "quantity", "sku", "supplier", "warehouse", "subject", "state")
    return " ".join(text_of(figures[name]) for name in named if figures.get(name))
