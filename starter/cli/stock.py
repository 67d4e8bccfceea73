"""Stock at the terminal: what is there, and what moves it."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from starter.cli import options
from starter.cli.groups import group
from starter.cli.screen import Column, Document, say
from starter.cli.session import Session, talks
from starter.cli.speech import _

stock = group("See and move stock.")


@talks(stock, "list", "orderkeep stock list", "orderkeep stock list --sku TEA-100 --json")
def list_stock(
    session: Session,
    *,
    sku: Annotated[str | None, typer.Option(help="Only this product.")] = None,
    limit: options.Limit = 50,
    after: options.After = None,
) -> None:
    """Show what is on hand, reserved and available, by product and warehouse."""
    answer = session.server.get("stock", query={"sku": sku, "limit": limit, "after": after})
    session.show_list(answer, _columns())


def _columns() -> tuple[Column, ...]:
    return (
        Column(_("Product"), "sku"),
        Column(_("Warehouse"), "warehouse"),
        Column(_("On hand"), "on_hand", figure=True),
        Column(_("Reserved"), "reserved", figure=True),
        Column(_("Available"), "available", figure=True),
    )


@talks(
    stock,
    "move",
    "orderkeep stock move --sku TEA-100 --warehouse MAIN --quantity 100 --reason opening",
    "orderkeep stock move --sku TEA-100 --warehouse MAIN --quantity=-2 --reason adjustment --reference damaged",
    changes=True,
)
def move_stock(
    session: Session,
    *,
    sku: Annotated[str, typer.Option(help="The product.")],
    warehouse: Annotated[str, typer.Option(help="The warehouse.")],
    quantity: Annotated[str, typer.Option(help="How many; what was counted for `count`.")],
    reason: Annotated[
        Literal["opening", "receipt", "adjustment", "count"],
        typer.Option(help="`count` sets what is on hand, the others add; an adjustment may be negative."),
    ],
    reference: Annotated[str | None, typer.Option(help="A document of your own, or why.")] = None,
) -> None:
    """Add, correct or count stock; orders that wait are served when there is more."""
    body: Document = {"sku": sku, "warehouse": warehouse, "quantity": quantity, "reason": reason}
    answer = session.server.post("stock", "movements", body=body | ({"reference": reference} if reference else {}))
    session.done(answer, _("The stock of {sku} in {warehouse} is moved.").format(sku=sku, warehouse=warehouse))
    for warning in answer.get("warnings") or ():
        say(warning)
