"""Orders at the terminal: submit one, follow it, ask why it waits, cancel it, record what the customer thought."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from starter.cli import options
from starter.cli.groups import group, single
from starter.cli.pictures import order_picture, plan_picture, timeline_picture, why_picture
from starter.cli.reading import read_document
from starter.cli.screen import Block, Column, Document, Sentence
from starter.cli.session import Session, talks
from starter.cli.speech import _

orders = group("Submit, follow and cancel orders.")
why_alone = single()
timeline_alone = single()


@talks(
    orders,
    "submit",
    "orderkeep order submit order.json",
    "cat order.json | orderkeep order submit - --json",
    changes=True,
)
def submit_order(session: Session, file: options.Document) -> None:
    """Submit an order. The same customer, PO number and content again is the same order."""
    answer = session.server.post("orders", body=read_document(file))
    session.show(answer, _submitted)


def _submitted(order: Document) -> Iterable[Block]:
    yield Sentence(
        _("{order} is taken: {state}, {total} {currency}.").format(
            order=order.get("number"),
            state=order.get("state"),
            total=order.get("total"),
            currency=order.get("currency"),
        )
    )
    yield Sentence(_("Follow it with `orderkeep why {order}`.").format(order=order.get("number")), "dim")


@talks(orders, "list", "orderkeep order list --state IN_FULFILMENT --limit 20")
def list_orders(
    session: Session,
    *,
    state: Annotated[str | None, typer.Option(help="Only orders in this state, for example IN_REVIEW.")] = None,
    customer: Annotated[str | None, typer.Option(help="Only orders of this customer.")] = None,
    customer_po: Annotated[str | None, typer.Option(help="Only orders with this PO number.")] = None,
    q: options.Search = None,
    limit: options.Limit = 50,
    after: options.After = None,
) -> None:
    """List orders, newest first."""
    query = {"state": state, "customer": customer, "customer_po": customer_po, "q": q, "limit": limit, "after": after}
    columns = (
        Column(_("Order"), "number"),
        Column(_("Customer"), "customer"),
        Column(_("PO number"), "customer_po"),
        Column(_("State"), "state"),
        Column(_("Holds"), "open_holds", seldom=True),
        Column(_("Delivery"), "delivery"),
        Column(_("Payment"), "payment"),
        Column(_("Total"), "total", figure=True),
        Column(_("Currency"), "currency"),
    )
    session.show_list(session.server.get("orders", query=query), columns)


@talks(orders, "show", "orderkeep order show SO-000001", "orderkeep order show SO-000001 --json")
def show_order(session: Session, order: options.OrderNumber) -> None:
    """Show an order with its lines, holds, shipments, invoices and payments."""
    session.show(session.server.get("orders", order), order_picture)


@talks(timeline_alone, "timeline", "orderkeep timeline SO-000001", "orderkeep timeline SO-000001 --lang zh-CN")
@talks(orders, "timeline", "orderkeep order timeline SO-000001")
def show_timeline(session: Session, order: options.OrderNumber) -> None:
    """Tell an order's story: what happened, when, and who did it."""
    session.show_whole_list(session.server.get("orders", order, "timeline"), timeline_picture)


@talks(why_alone, "why", "orderkeep why SO-000001", "orderkeep why SO-000001 --json")
@talks(orders, "why", "orderkeep order why SO-000001")
def show_why(session: Session, order: options.OrderNumber) -> None:
    """Say what an order is waiting for, since when, and who can move it on."""
    session.show(session.server.get("orders", order, "why"), why_picture)


@talks(
    orders,
    "cancel",
    "orderkeep order cancel SO-000001 --preview",
    'orderkeep order cancel SO-000001 --reason "ordered twice"',
    changes=True,
)
def cancel_order(
    session: Session,
    order: options.OrderNumber,
    *,
    reason: Annotated[str | None, typer.Option(help="Why; it is kept with your name.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show what would be undone, and do nothing.")] = False,
) -> None:
    """Cancel what has not shipped: what was done for the order is undone, step by step."""
    if not reason and not preview:
        raise typer.BadParameter(_("say why, or look at the plan first with --preview"), param_hint="--reason")
    answer = session.server.post(
        "orders",
        order,
        "cancel",
        body={"reason": reason or "preview"},
        query={"preview": "true"} if preview else None,
    )
    session.show(answer, plan_picture)


@talks(orders, "comment", 'orderkeep order comment SO-000001 "She calls back on Monday"', changes=True)
def comment_on_order(
    session: Session,
    order: options.OrderNumber,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What colleagues should know.")],
) -> None:
    """Say something about an order to colleagues: it stands in the timeline with your name."""
    answer = session.server.post("orders", order, "comments", body={"text": text})
    session.done(answer, _("The comment stands in the timeline of {order}.").format(order=order))


@talks(orders, "feedback", 'orderkeep order feedback SO-000001 --score 5 --comment "arrived early"', changes=True)
def record_feedback(
    session: Session,
    order: options.OrderNumber,
    *,
    score: Annotated[int, typer.Option(min=1, max=5, help="1 (bad) to 5 (good).")],
    comment: Annotated[str | None, typer.Option(help="What the customer said.")] = None,
) -> None:
    """Record what the customer thought of an order."""
    answer = session.server.post("orders", order, "feedback", body={"score": score, "comment": comment})
    session.done(answer, _("The feedback on {order} is recorded.").format(order=order))
