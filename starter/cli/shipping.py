"""Shipments at the terminal: what is to be picked, what was picked, and where it is now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from starter.cli import options
from starter.cli.files import write_out
from starter.cli.groups import group
from starter.cli.pictures import moment
from starter.cli.reading import named_quantities
from starter.cli.screen import Block, Column, Document, Facts, Rows
from starter.cli.session import Session, talks
from starter.cli.speech import _

shipments = group("Pick, ship and follow shipments.")
ShipmentNumber = Annotated[str, typer.Argument(metavar="NUMBER", help="The shipment's number.")]


@talks(shipments, "list", "orderkeep shipment list --state PICKING --warehouse MAIN")
def list_shipments(
    session: Session,
    *,
    state: Annotated[str | None, typer.Option(help="Only shipments in this state, for example PICKING.")] = None,
    order: Annotated[str | None, typer.Option(help="Only shipments of this order.")] = None,
    warehouse: Annotated[str | None, typer.Option(help="Only shipments from this warehouse.")] = None,
    q: options.Search = None,
    limit: options.Limit = 50,
    after: options.After = None,
) -> None:
    """List shipments, newest first."""
    query = {"state": state, "order": order, "warehouse": warehouse, "q": q, "limit": limit, "after": after}
    columns = (
        Column(_("Number"), "number"),
        Column(_("Order"), "order"),
        Column(_("State"), "state"),
        Column(_("Warehouse"), "warehouse"),
        Column(_("Carrier"), "carrier"),
        Column(_("Tracking number"), "tracking_number"),
    )
    session.show_list(session.server.get("shipments", query=query), columns)


@talks(shipments, "show", "orderkeep shipment show SH-000001")
def show_shipment(session: Session, number: ShipmentNumber) -> None:
    """Show a shipment with its lines and its way."""
    session.show(session.server.get("shipments", number), _picture)


def _picture(shipment: Document) -> Iterable[Block]:
    yield Facts(
        f"{shipment.get('number')}  {shipment.get('state')}",
        (
            (_("Order"), shipment.get("order")),
            (_("Customer"), shipment.get("customer")),
            (_("Warehouse"), shipment.get("warehouse")),
            (_("Carrier"), shipment.get("carrier")),
            (_("Tracking number"), shipment.get("tracking_number")),
            (_("Packages"), shipment.get("packages")),
        ),
    )
    yield Rows(
        _("Lines"),
        (
            Column("#", "line", figure=True),
            Column(_("Product"), "sku"),
            Column(_("Quantity"), "quantity", figure=True),
            Column(_("Picked"), lambda line: line.get("picked"), figure=True),
        ),
        shipment.get("lines") or (),
    )
    yield Rows(
        _("On the way"),
        (
            Column(_("When"), lambda scan: moment(scan.get("at"))),
            Column(_("Status"), "status"),
            Column(_("Location"), "location"),
        ),
        shipment.get("tracking") or (),
    )


@talks(
    shipments,
    "pick",
    "orderkeep shipment pick SH-000001",
    "orderkeep shipment pick SH-000001 --line 1=8 --packages 2",
    changes=True,
)
def confirm_pick(
    session: Session,
    number: ShipmentNumber,
    *,
    line: Annotated[
        list[str] | None,
        typer.Option(metavar="LINE=QTY", help="What was picked of an order line; lines left out are picked in full."),
    ] = None,
    packages: Annotated[int, typer.Option(min=1, max=1000, help="How many packages.")] = 1,
) -> None:
    """Confirm a pick: in full, or with fewer pieces of some lines."""
    lines = [
        {"line": _line_number(name), "quantity": quantity} for name, quantity in named_quantities(line or [], "--line")
    ]
    answer = session.server.post("shipments", number, "pick", body={"lines": lines, "packages": packages})
    session.show(answer, _picture)


def _line_number(name: str) -> int:
    if not (name.isascii() and name.isdigit()):
        raise typer.BadParameter(_("{name} is not a line's number").format(name=name), param_hint="--line")
    return int(name)


@talks(shipments, "note", "orderkeep shipment note SH-000001 --out note.pdf")
def save_delivery_note(session: Session, number: ShipmentNumber, *, out: options.Out) -> None:
    """Save the delivery note as PDF."""
    write_out(session, session.server.get_file("delivery-notes", f"{number}.pdf"), out)
