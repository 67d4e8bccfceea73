"""Master data at the terminal: customers, products and suppliers, each put from a JSON file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from starter.cli import options
from starter.cli.groups import group
from starter.cli.reading import read_document
from starter.cli.screen import Block, Column, Document, Facts
from starter.cli.session import Session, talks
from starter.cli.speech import _

customers = group("Keep the customers.")
products = group("Keep the products, their prices and how they are supplied.")
suppliers = group("Keep the suppliers.")

Code = Annotated[str, typer.Argument(metavar="CODE", help="The company's own code.")]
Sku = Annotated[str, typer.Argument(metavar="SKU", help="The product's code.")]
ByName = Annotated[str | None, typer.Option(help="Only those with this name.")]


def _card(document: Document) -> Iterable[Block]:
    """A card as it is: the fields of master data are their own labels."""
    title = str(document.get("code") or document.get("sku") or "")
    yield Facts(title, [(field, value) for field, value in document.items() if field not in {"code", "sku"}])


@talks(customers, "put", "orderkeep customer put ACME acme.json", changes=True)
def put_customer(session: Session, code: Code, file: options.Document) -> None:
    """Make or replace a customer."""
    answer = session.server.put("customers", code, body=read_document(file))
    session.done(answer, _("Customer {code} is kept.").format(code=code))


@talks(customers, "show", "orderkeep customer show ACME")
def show_customer(session: Session, code: Code) -> None:
    """Show a customer with its credit."""
    session.show(session.server.get("customers", code), _card)


@talks(customers, "list", "orderkeep customer list")
def list_customers(
    session: Session,
    *,
    name: ByName = None,
    q: options.Search = None,
    limit: options.Limit = 50,
    after: options.After = None,
) -> None:
    """List customers."""
    columns = (
        Column(_("Code"), "code"),
        Column(_("Name"), "name"),
        Column(_("Currency"), "currency"),
        Column(_("Terms"), "payment_terms"),
        Column(_("Credit limit"), "credit_limit", figure=True),
        Column(_("Language"), "language"),
    )
    session.show_list(session.server.get("customers", query=_page(name, q, limit, after)), columns)


@talks(products, "put", "orderkeep product put TEA-100 tea.json", changes=True)
def put_product(session: Session, sku: Sku, file: options.Document) -> None:
    """Make or replace a product."""
    answer = session.server.put("products", sku, body=read_document(file))
    session.done(answer, _("Product {sku} is kept.").format(sku=sku))


@talks(
    products,
    "reorder-point",
    "orderkeep product reorder-point TEA-100 --at 40 --quantity 60",
    "orderkeep product reorder-point TEA-100 --none",
    changes=True,
)
def set_reorder_point(
    session: Session,
    sku: Sku,
    *,
    at: Annotated[str | None, typer.Option(help="More is ordered when the projected stock falls to this.")] = None,
    quantity: Annotated[str | None, typer.Option(help="How much is ordered then.")] = None,
    none: Annotated[bool, typer.Option("--none", help="Order more only when an order needs it.")] = False,
) -> None:
    """Set at which stock more of a product is ordered; the report `forecast` proposes one."""
    if none is (at is not None):
        raise typer.BadParameter(_("say at which stock, or --none"), param_hint="--at")
    body: Document = {"reorder_point": at} | ({"reorder_quantity": quantity} if quantity else {})
    answer = session.server.post("products", sku, "reorder-point", body=body)
    session.done(answer, _("The reorder point of {sku} is kept.").format(sku=sku))


@talks(products, "show", "orderkeep product show TEA-100")
def show_product(session: Session, sku: Sku) -> None:
    """Show a product with its prices and its route of supply."""
    session.show(session.server.get("products", sku), _card)


@talks(products, "list", "orderkeep product list")
def list_products(
    session: Session,
    *,
    name: ByName = None,
    q: options.Search = None,
    limit: options.Limit = 50,
    after: options.After = None,
) -> None:
    """List products."""
    columns = (
        Column(_("Product"), "sku"),
        Column(_("Name"), "name"),
        Column(_("Unit"), "unit"),
        Column(_("Prices"), _prices),
        Column(_("Supply"), lambda product: (product.get("supply") or {}).get("route")),
    )
    session.show_list(session.server.get("products", query=_page(name, q, limit, after)), columns)


def _prices(product: Document) -> str:
    return ", ".join(f"{price.get('amount')} {price.get('currency')}" for price in product.get("prices") or ())


@talks(suppliers, "put", "orderkeep supplier put MILL mill.json", changes=True)
def put_supplier(session: Session, code: Code, file: options.Document) -> None:
    """Make or replace a supplier."""
    answer = session.server.put("suppliers", code, body=read_document(file))
    session.done(answer, _("Supplier {code} is kept.").format(code=code))


@talks(suppliers, "show", "orderkeep supplier show MILL")
def show_supplier(session: Session, code: Code) -> None:
    """Show a supplier."""
    session.show(session.server.get("suppliers", code), _card)


@talks(suppliers, "list", "orderkeep supplier list")
def list_suppliers(
    session: Session,
    *,
    name: ByName = None,
    q: options.Search = None,
    limit: options.Limit = 50,
    after: options.After = None,
) -> None:
    """List suppliers."""
    columns = (
        Column(_("Code"), "code"),
        Column(_("Name"), "name"),
        Column(_("E-mail"), "email"),
        Column(_("Lead time (days)"), "lead_time_days", figure=True),
    )
    session.show_list(session.server.get("suppliers", query=_page(name, q, limit, after)), columns)


def _page(name: str | None, q: str | None, limit: int, after: str | None) -> dict[str, str | int | None]:
    return {"name": name, "q": q, "limit": limit, "after": after}
