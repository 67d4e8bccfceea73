"""The lists: what each shows, by which filters, and where its rows lead. One template shows all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from db.queries import reminders, views_documents, views_masters, views_order
from domain.order_life import LEGAL_MOVES
from starter.api.answers import in_database
from starter.console.door import pages
from starter.console.listing import Choice, Column, List, address_of, filters_of, link, value_of
from starter.console.page import render

ROWS = 50


def _states(document: str) -> Choice:
    return Choice("state", "State", tuple(str(state) for state in LEGAL_MOVES[document]))


_AXIS = ("none", "partial", "full")
_CUSTOMER = Column("Customer", "customer_name", leads_to="customers", by="customer")
_ORDER = Column("Order", "order", leads_to="orders")
LISTS: tuple[List, ...] = (
    List(
        "/orders",
        "Orders",
        views_order.order_list,
        (
            Column("Order", "number", leads_to="orders"),
            _CUSTOMER,
            Column("Purchase number", "customer_po"),
            Column("State", "state", "state"),
            Column("Holds", "open_holds", "states"),
            Column("Delivery", "delivery", "word"),
            Column("Billing", "billing", "word"),
            Column("Payment", "payment", "word"),
            Column("Requested", "requested_date", "day"),
            Column("Total", "total", "amount"),
        ),
        (
            _states("order"),
            Choice("delivery", "Delivery", _AXIS),
            Choice("billing", "Billing", _AXIS),
            Choice("payment", "Payment", ("none", "partial", "paid", "over")),
        ),
        "Number, purchase number, customer",
        ("customer", "customer_po"),
        ("submit_order", "/orders/new", "New order"),
    ),
    List(
        "/customers",
        "Customers",
        views_masters.customer_list,
        (
            Column("Customer", "name", leads_to="customers", by="code"),
            Column("Code", "code"),
            Column("Terms", "payment_terms"),
            Column("Exposure", "account.exposure", "amount"),
            Column("Credit limit", "credit_limit", "amount"),
            Column("E-mail", "email"),
        ),
        search="Name or code",
    ),
    List(
        "/products",
        "Products",
        views_masters.product_list,
        (
            Column("Product", "name", leads_to="products", by="sku"),
            Column("Number", "sku"),
            Column("Unit", "unit"),
            Column("Supply", "supply.route", "word"),
            Column("Supplier", "supply.supplier", leads_to="suppliers"),
        ),
        search="Name or number",
        beside=("/reorder", "What is to be reordered"),
    ),
    List(
        "/suppliers",
        "Suppliers",
        views_masters.supplier_list,
        (
            Column("Supplier", "name", leads_to="suppliers", by="code"),
            Column("Code", "code"),
            Column("Lead time in days", "lead_time_days", "quantity"),
            Column("E-mail", "email"),
        ),
        search="Name or code",
    ),
    List(
        "/supply-orders",
        "Supply orders",
        views_documents.supply_list,
        (
            Column("Supply order", "number", leads_to="supply-orders"),
            Column("Kind", "kind", "word"),
            Column("Product", "name", leads_to="products", by="sku"),
            Column("Supplier", "supplier_name", leads_to="suppliers", by="supplier"),
            Column("State", "state", "state"),
            Column("Due", "due_date", "day"),
            Column("Quantity", "quantity", "quantity"),
            Column("Received", "received", "quantity"),
        ),
        (_states("supply_order"), Choice("kind", "Kind", ("purchase", "production"))),
        "Supply order, order that waits",
        more=("sku", "supplier"),
    ),
    List(
        "/shipments",
        "Shipments",
        views_documents.shipment_list,
        (
            Column("Shipment", "number", leads_to="shipments"),
            _ORDER,
            _CUSTOMER,
            Column("Warehouse", "warehouse"),
            Column("State", "state", "state"),
            Column("Carrier", "carrier"),
            Column("Tracking number", "tracking_number"),
            Column("Created", "created_at", "moment"),
        ),
        (_states("shipment"),),
        "Shipment, order, tracking number",
        ("order", "warehouse"),
    ),
    List(
        "/invoices",
        "Invoices",
        views_documents.invoice_list,
        (
            Column("Invoice", "number", leads_to="invoices"),
            _ORDER,
            _CUSTOMER,
            Column("State", "state", "state"),
            Column("Invoice date", "invoice_date", "day"),
            Column("Due", "due_date", "day"),
            Column("Total", "total", "amount"),
            Column("Outstanding", "outstanding", "amount"),
        ),
        (_states("invoice"),),
        "Invoice, order, shipment, purchase number",
        ("customer", "order"),
        beside=("/reminders", "Reminders"),
    ),
    List(
        "/reminders",
        "Reminders",
        reminders.reminder_list,
        (
            Column("Invoice", "invoice", leads_to="invoices"),
            _ORDER,
            _CUSTOMER,
            Column("Due", "due_date", "day"),
            Column("Outstanding", "outstanding", "amount"),
            Column("Disputed", "disputed", "amount"),
            Column("Last reminder, level", "reminder_level"),
            Column("Sent", "reminded_at", "moment"),
            Column("Next reminder", "next_reminder", "planned"),
        ),
        (Choice("overdue", "Overdue", ("true", "false")),),
        more=("customer", "order"),
    ),
    List(
        "/payments",
        "Payments",
        views_documents.payment_list,
        (
            Column("Payment", "number", leads_to="payments"),
            Column("Customer", "customer", leads_to="customers"),
            Column("Reference", "reference"),
            Column("State", "state", "state"),
            Column("Received", "received_at", "moment"),
            Column("Amount", "amount", "amount"),
            Column("Unapplied", "unapplied", "amount"),
        ),
        (_states("payment"),),
        "Payment, order, invoice, reference, the bank's number",
        ("customer",),
        ("record_payment", "/payments/new", "Record a payment"),
    ),
    List(
        "/cases",
        "Cases",
        views_documents.case_list,
        (
            Column("Case", "number", leads_to="cases"),
            Column("Subject", "subject"),
            _ORDER,
            _CUSTOMER,
            Column("Kind", "kind", "word"),
            Column("Priority", "priority", "word"),
            Column("State", "state", "state"),
            Column("Assigned to", "assignee"),
            Column("Answer by", "respond_by", "moment"),
        ),
        (_states("case"), Choice("priority", "Priority", ("low", "normal", "high", "urgent"))),
        "Case, order",
        more=("order",),
    ),
)


def _page_of(shown: List) -> Any:
    async def page(request: Request) -> Response:
        chosen, after = filters_of(request, shown.filters)

        async def look(tx: AsyncConnection) -> tuple[Sequence[Any], str | None]:
            return await shown.query(tx, limit=ROWS, after=after, filters=chosen)

        rows, following = await in_database(look)
        more = link(shown.path, {**chosen, "after": following}) if following else None
        told: dict[str, Any] = {"value_of": value_of, "address_of": address_of, "now_shown": shown}
        return render(request, "list.html", rows=rows, chosen=chosen, more=more, **told)

    return page


def router_of(lists: tuple[List, ...]) -> APIRouter:
    """A router with a page for each list."""
    router = pages()
    for shown in lists:
        name = f"list_of_{shown.path[1:].replace('-', '_')}"
        router.add_api_route(shown.path, _page_of(shown), methods=["GET"], name=name)
    return router


router = router_of(LISTS)
