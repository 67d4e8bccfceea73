"""Invoices as people read them, and as the PDF prints them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import policies, reminders, search, shown
from db.queries.keyset import Key, Listing, states

_HEADER = """v.number, v.shipment, v.order_number AS order, v.customer, c.name AS customer_name, o.customer_po, v.state,
  v.currency, v.net, v.tax, v.total, v.paid, v.outstanding, v.posted_at,
  CAST(v.posted_at AT TIME ZONE c.time_zone AS date) AS invoice_date, v.due_date"""
_FROM = """
FROM invoice v JOIN sales_order o ON o.number = v.order_number JOIN customer c ON c.code = v.customer"""
_LINES = """
SELECT l.line, l.sku, p.name, p.unit, l.quantity, d.unit_price, d.discount_percent, d.tax_rate, l.net, l.tax
FROM invoice_line l JOIN order_line d ON d.order_number = v.order_number AND d.line = l.line
JOIN product p ON p.sku = l.sku WHERE l.invoice = v.number ORDER BY l.line"""
_INSTALMENTS = """
SELECT i.instalment, i.amount, i.paid, i.amount - i.paid AS outstanding, i.due_date, i.due_at, i.settled_at,
  (SELECT max(r.level) FROM reminder r WHERE r.invoice = i.invoice AND r.instalment = i.instalment) AS reminder_level
FROM instalment i WHERE i.invoice = v.number ORDER BY i.instalment"""
_APPLICATIONS = """
SELECT payment, instalment, amount, at FROM payment_application WHERE invoice = v.number ORDER BY id"""
_REMINDERS = """
SELECT instalment, level, outstanding, fee, interest, sent_at FROM reminder
WHERE invoice = v.number ORDER BY sent_at, instalment, level"""
_DISPUTES = """
SELECT id, amount, disputed, reason, status, opened_by, opened_at, decided_by, decided_at, comment FROM dispute
WHERE invoice = v.number ORDER BY id"""
_INVOICE = text(f"""
SELECT {_HEADER}, {policies.SELLER.format(at="v.posted_at")}, o.payment_terms, o.ship_to, c.shipping_address,
  c.language, {shown.many(_LINES)} AS lines,
  {shown.many(_INSTALMENTS)} AS instalments, {shown.many(_APPLICATIONS)} AS applications,
  {shown.many(_REMINDERS)} AS reminders, {shown.many(_DISPUTES)} AS disputes
{_FROM} WHERE v.number = :number""")
INVOICES = Listing(
    f"SELECT {_HEADER} {_FROM}",
    (Key("v.posted_at", "posted_at", "timestamptz"), Key("v.number", "number", "text")),
    {
        "state": states("v.state", "invoice"),
        "customer": "v.customer = :customer",
        "order": "v.order_number = :order",
        "q": search.invoices("v.number"),
    },
)
_AMOUNTS = ("net", "tax", "total", "paid", "outstanding")


async def invoice_view(tx: AsyncConnection, number: str) -> dict[str, Any] | None:
    """An invoice with its lines, instalments, payments, reminders and the next of them; None when there is none.

    `seller` and `bill_to` are what the PDF prints: who sold when it was posted, and the customer with its address, or
    where the goods went when it has none.
    """
    found = (await tx.execute(_INVOICE, {"number": number})).one_or_none()
    if found is None:
        return None
    currency = found.currency
    invoice = shown.row(found._mapping, currency, amounts=_AMOUNTS)
    address = invoice.pop("shipping_address") or found.ship_to
    invoice["seller"] = policies.seller(found.seller)
    invoice["bill_to"] = {"code": found.customer, "name": found.customer_name, "address": address}
    invoice["lines"] = shown.rows(
        found.lines,
        currency,
        amounts=("unit_price", "net", "tax"),
        quantities=("quantity", "discount_percent", "tax_rate"),
    )
    planned = await reminders.next_of_invoice(tx, number) if found.outstanding else {}
    invoice["instalments"] = [
        {**each, "next_reminder": planned.get(each["instalment"])}
        for each in shown.rows(found.instalments, currency, amounts=("amount", "paid", "outstanding"))
    ]
    invoice["applications"] = shown.rows(found.applications, currency, amounts=("amount",))
    invoice["reminders"] = shown.rows(found.reminders, currency, amounts=("outstanding", "fee", "interest"))
    invoice["disputes"] = shown.rows(found.disputes, currency, amounts=("amount", "disputed"))
    return invoice


async def invoice_list(
    tx: AsyncConnection, *, limit: int, after: str | None, filters: Mapping[str, str]
) -> tuple[list[dict[str, Any]], str | None]:
    """Invoices, newest first; filters: state, customer, order, q."""
    found, following = await INVOICES.page(tx, limit, after, filters)
    return [shown.row(row._mapping, row.currency, amounts=_AMOUNTS) for row in found], following
