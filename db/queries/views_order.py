"""An order as people and programs read it: with everything that belongs to it, in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import search, shown
from db.queries.keyset import Key, Listing, OneOf, states
from db.queries.spoken import as_written, hold_message, steps_said, summary
from domain.errors import Translate

_HEADER = """o.number, o.customer, c.name AS customer_name, o.customer_po, o.state, o.delivery, o.billing, o.payment,
  o.returns, o.currency, o.net, o.tax, o.total, o.payable, o.billed, o.received, o.requested_date, o.submitted_at,
  o.payment_terms, o.shipping_policy, o.ship_by, o.priority, o.channel, o.created_by"""
_LINES = """
SELECT l.line, l.sku, p.name, p.unit, l.quantity, l.list_price, l.unit_price, l.discount_percent, l.net, l.tax, l.open,
  l.allocated, l.backordered, l.shipped, l.delivered, l.cancelled, l.promise_date
FROM order_line l JOIN product p ON p.sku = l.sku WHERE l.order_number = :number ORDER BY l.line"""
_HOLDS = """
SELECT id, reason, owner_role, deadline, status, figures, opened_at, escalated_at, decided_by, decided_at, comment,
  amount, until
FROM hold WHERE order_number = :number ORDER BY id"""
_SUPPLY = """
WITH RECURSIVE chain(number) AS (
  SELECT supply_order FROM supply_peg WHERE order_number = :number
  UNION SELECT g.supply_order FROM supply_peg g JOIN chain c ON g.for_supply = c.number)
SELECT s.number, s.kind, s.sku, s.quantity, s.received, s.state, CAST(s.due_at AS date) AS due_date, s.due_at,
  s.supplier
FROM supply_order s JOIN chain USING (number) ORDER BY s.number"""
_SHIPMENTS = """
SELECT s.number, s.state, s.carrier, s.tracking_number, s.warehouse, s.packages, s.created_at, s.delivered_at,
  (SELECT json_agg(l ORDER BY l.line) FROM (
    SELECT line, sku, quantity FROM shipment_line WHERE shipment = s.number) l) AS lines
FROM shipment s WHERE s.order_number = :number ORDER BY s.created_at, s.number"""
_INVOICES = """
SELECT number, shipment, state, net, tax, total, paid, outstanding, currency, posted_at, due_date
FROM invoice WHERE order_number = :number ORDER BY posted_at, number"""
_PAYMENTS = """
SELECT number, provider, reference, amount, applied, refunded, unapplied, currency, received_at, state FROM payment
WHERE number IN (SELECT number FROM payment WHERE order_number = :number
  UNION SELECT a.payment FROM payment_application a JOIN invoice v ON v.number = a.invoice
  WHERE v.order_number = :number)
ORDER BY received_at, number"""
_CASES = """
SELECT number, kind, priority, state, subject, assignee, opened_at, respond_by FROM support_case
WHERE order_number = :number ORDER BY opened_at, number"""
_FEEDBACK = "SELECT score, comment, recorded_by, at FROM feedback WHERE order_number = :number"
_FINDINGS = "SELECT rule, outcome, figures, at FROM review_finding WHERE order_number = :number ORDER BY rule"
_UNDO = """
SELECT position, effect, action, document, status, at FROM undo_step WHERE order_number = :number ORDER BY position"""

_ORDER = text(f"""
SELECT {_HEADER}, o.ship_to, o.note, o.cancel_reason, o.expires_at, o.fulfilled_at, o.completed_at, o.version,
  {shown.many(_HOLDS)} AS holds, {shown.many(_LINES)} AS lines, {shown.many(_SUPPLY)} AS supply_orders,
  {shown.many(_SHIPMENTS)} AS shipments, {shown.many(_INVOICES)} AS invoices, {shown.many(_PAYMENTS)} AS payments,
  {shown.many(_CASES)} AS cases, {shown.many(_FEEDBACK)} AS feedback, {shown.many(_FINDINGS)} AS findings,
  {shown.many(_UNDO)} AS undo
FROM sales_order o JOIN customer c ON c.code = o.customer WHERE o.number = :number""")
_TIMELINE = text("""
SELECT t.at, t.actor, t.event, t.figures, t.before, t.after, t.document, o.currency
FROM sales_order o LEFT JOIN timeline t ON t.order_number = o.number WHERE o.number = :number ORDER BY t.id""")
_AXIS = ("none", "partial", "full")
ORDERS = Listing(
    f"""SELECT {_HEADER}, o.version,
  ARRAY(SELECT h.reason FROM hold h WHERE h.order_number = o.number AND h.status = 'OPEN' ORDER BY h.id) AS open_holds
FROM sales_order o JOIN customer c ON c.code = o.customer""",
    (Key("o.submitted_at", "submitted_at", "timestamptz"), Key("o.number", "number", "text")),
    {
        "state": states("o.state", "order"),
        "customer": "o.customer = :customer",
        "customer_po": "upper(o.customer_po) = upper(CAST(:customer_po AS text)) AND o.customer_po = :customer_po",
        "delivery": OneOf("o.delivery", _AXIS),
        "billing": OneOf("o.billing", _AXIS),
        "payment": OneOf("o.payment", ("none", "partial", "paid", "over")),
        "q": search.orders("o.number"),
    },
)
_AMOUNTS = ("net", "tax", "total", "payable", "billed", "received")
_PIECES = ("quantity", "open", "allocated", "backordered", "shipped", "delivered", "cancelled", "discount_percent")


async def order_view(tx: AsyncConnection, number: str, translate: Translate = as_written) -> dict[str, Any] | None:
    """The order with its holds, lines, supply, shipments, invoices, payments and cases; None when there is none.

    Hold messages are sentences of `domain.wording`, said in the language of `translate`.
    """
    found = (await tx.execute(_ORDER, {"number": number})).one_or_none()
    if found is None:
        return None
    currency = found.currency
    order = shown.row(found._mapping, currency, amounts=_AMOUNTS)
    order["holds"] = [
        _hold(each, currency, translate) for each in shown.rows(found.holds, currency, amounts=("amount",))
    ]
    order["lines"] = shown.rows(
        found.lines, currency, amounts=("list_price", "unit_price", "net", "tax"), quantities=_PIECES
    )
    order["supply_orders"] = shown.rows(found.supply_orders, quantities=("quantity", "received"))
    order["shipments"] = [
        {**each, "lines": [shown.row(line, quantities=("quantity",)) for line in each["lines"] or ()]}
        for each in shown.rows(found.shipments)
    ]
    order["invoices"] = shown.rows(found.invoices, currency, amounts=("net", "tax", "total", "paid", "outstanding"))
    order["payments"] = [
        shown.row(each, each["currency"], amounts=("amount", "applied", "refunded", "unapplied"))
        for each in shown.rows(found.payments)
    ]
    order["cases"] = shown.rows(found.cases)
    order["feedback"] = next(iter(shown.rows(found.feedback)), None)
    order["findings"] = [
        {**each, "figures": shown.figures(each["figures"], currency)} for each in shown.rows(found.findings)
    ]
    order["undo"] = steps_said(shown.rows(found.undo), translate)
    return order


def _hold(hold: dict[str, Any], currency: str, translate: Translate) -> dict[str, Any]:
    message = hold_message(hold["reason"], hold["figures"], currency, translate)
    return {**hold, "figures": shown.figures(hold["figures"], currency), "message": message}


async def timeline(tx: AsyncConnection, number: str, translate: Translate = as_written) -> dict[str, Any] | None:
    """What happened to an order, oldest first: {items: [{at, actor, event, summary, ...}], next}."""
    found = (await tx.execute(_TIMELINE, {"number": number})).all()
    if not found:
        return None
    items = [
        {
            "at": row.at,
            "actor": row.actor,
            "event": row.event,
            "summary": summary(row.event, row.figures, row.currency, translate),
            "before": row.before,
            "after": row.after,
            "document": row.document,
            "figures": shown.figures(row.figures, row.currency),
        }
        for row in found
        if row.event is not None
    ]
    return {"items": items, "next": None}


async def order_list(
    tx: AsyncConnection, *, limit: int, after: str | None, filters: Mapping[str, str]
) -> tuple[list[dict[str, Any]], str | None]:
    """Orders, newest first; filters: state, customer, customer_po, delivery, billing, payment, q."""
    found, following = await ORDERS.page(tx, limit, after, filters)
    return [shown.row(row._mapping, row.currency, amounts=_AMOUNTS) for row in found], following
