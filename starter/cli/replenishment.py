"""Supply orders at the terminal: what is bought or made, and what arrived of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from starter.cli import options
from starter.cli.groups import group
from starter.cli.pictures import moment
from starter.cli.reading import named_quantities
from starter.cli.screen import Block, Column, Document, Facts, Rows
from starter.cli.session import Session, talks
from starter.cli.speech import _

supply = group("Follow and receive what is bought or made.")
SupplyNumber = Annotated[str, typer.Argument(metavar="NUMBER", help="The supply order's number.")]


@talks(supply, "list", "orderkeep supply list", "orderkeep supply list --state ORDERED")
def list_supply(
    session: Session,
    *,
    state: Annotated[str | None, typer.Option(help="Only supply orders in this state.")] = None,
    supplier: Annotated[str | None, typer.Option(help="Only orders to this supplier.")] = None,
    q: options.Search = None,
    limit: options.Limit = 50,
    after: options.After = None,
) -> None:
    """List purchase and production orders, newest first."""
    query = {"state": state, "supplier": supplier, "q": q, "limit": limit, "after": after}
    columns = (
        Column(_("Number"), "number"),
        Column(_("Kind"), "kind"),
        Column(_("Product"), "sku"),
        Column(_("Ordered"), "quantity", figure=True),
        Column(_("Received"), "received", figure=True),
        Column(_("Supplier"), "supplier"),
        Column(_("State"), "state"),
        Column(_("Due"), "due_date"),
    )
    session.show_list(session.server.get("supply-orders", query=query), columns)


@talks(supply, "show", "orderkeep supply show PO-000001")
def show_supply(session: Session, number: SupplyNumber) -> None:
    """Show a supply order with its lines and the orders that wait for it."""
    session.show(session.server.get("supply-orders", number), _picture)


def _picture(order: Document) -> Iterable[Block]:
    yield Facts(
        f"{order.get('number')}  {order.get('state')}",
        (
            (_("Kind"), order.get("kind")),
            (_("Supplier"), [order.get("supplier"), order.get("supplier_name")]),
            (_("Due"), order.get("due_date")),
            (_("Orders that wait"), order.get("orders")),
        ),
    )
    product, quantity = Column(_("Product"), "sku"), Column(_("Quantity"), "quantity", figure=True)
    ordered, received = Column(_("Ordered"), "quantity", figure=True), Column(_("Received"), "received", figure=True)
    yield Rows(_("Lines"), (product, ordered, received), order.get("lines") or ())
    reserved = (
        product,
        Column(_("Needed"), "required", figure=True),
        Column(_("Reserved"), "reserved", figure=True),
        Column(_("Used"), "consumed", figure=True),
    )
    yield Rows(_("Components"), reserved, order.get("components") or ())
    arrived = (
        Column(_("When"), lambda receipt: moment(receipt.get("at"))),
        quantity,
        Column(_("Warehouse"), "warehouse"),
        Column(_("Reference"), "reference"),
    )
    yield Rows(_("Receipts"), arrived, order.get("receipts") or ())


@talks(
    supply,
    "receive",
    "orderkeep supply receive PO-000001 --line TEA-100=60 --warehouse MAIN",
    "orderkeep supply receive PO-000001 --line TEA-100=60 --line CUP-1=10 --warehouse MAIN --reference DN-77",
    changes=True,
)
def receive_supply(
    session: Session,
    number: SupplyNumber,
    *,
    line: Annotated[list[str], typer.Option(metavar="SKU=QTY", help="What arrived; once per product.")],
    warehouse: Annotated[str, typer.Option(help="Where it was put.")],
    reference: Annotated[str | None, typer.Option(help="The supplier's delivery note.")] = None,
) -> None:
    """Report what arrived from a supplier or was completed by production, also a part of it."""
    lines = [{"sku": sku, "quantity": quantity} for sku, quantity in named_quantities(line, "--line")]
    body: Document = {"lines": lines, "warehouse": warehouse}
    answer = session.server.post(
        "supply-orders", number, "receipts", body=body | ({"reference": reference} if reference else {})
    )
    session.show(answer, _picture)


@talks(
    supply,
    "acknowledge",
    'orderkeep supply acknowledge PO-000001 --due-date 2030-03-08 --comment "by phone"',
    changes=True,
)
def acknowledge_supply(
    session: Session,
    number: SupplyNumber,
    *,
    due_date: Annotated[str, typer.Option(metavar="DAY", help="When the rest comes, for example 2030-03-08.")],
    comment: options.Comment = None,
) -> None:
    """Keep the day that the supplier or the shop floor named: the orders that wait are promised anew."""
    body = {"due_date": due_date} | ({"comment": comment} if comment else {})
    session.show(session.server.post("supply-orders", number, "acknowledge", body=body), _picture)


@talks(
    supply,
    "order",
    "orderkeep supply order --sku TEA-100 --quantity 40",
    "orderkeep supply order --sku TEA-100 --quantity 40 --supplier LEAF --due-date 2030-03-08",
    changes=True,
)
def create_supply_order(
    session: Session,
    *,
    sku: Annotated[str, typer.Option(help="The product.")],
    quantity: Annotated[str, typer.Option(help="How many.")],
    kind: Annotated[str | None, typer.Option(help="purchase or production; as its card says when absent.")] = None,
    supplier: Annotated[str | None, typer.Option(help="From whom; as its card says when absent.")] = None,
    due_date: Annotated[str | None, typer.Option(metavar="DAY", help="When it is to come.")] = None,
) -> None:
    """Order supply by hand; it goes to the orders that wait longest."""
    given = {"sku": sku, "quantity": quantity, "kind": kind, "supplier": supplier, "due_date": due_date}
    body = {field: value for field, value in given.items() if value is not None}
    session.show(session.server.post("supply-orders", body=body), _picture)
