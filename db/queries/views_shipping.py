"""Shipments as people read them, and as the delivery note prints them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import policies, search, shown
from db.queries.keyset import Key, Listing, states

_HEADER = """s.number, s.order_number AS order, o.customer, c.name AS customer_name, o.customer_po, s.state,
  s.warehouse, s.packages, s.carrier, s.tracking_number, s.label_url, s.cost, o.currency, s.created_at, s.picked_at,
  s.booked_at, s.issued_at, s.delivered_at, s.signed_by"""
_FROM = """
FROM shipment s JOIN sales_order o ON o.number = s.order_number JOIN customer c ON c.code = o.customer"""
_LINES = """
SELECT l.line, l.sku, p.name, p.unit, l.quantity, CASE WHEN s.picked_at IS NOT NULL THEN l.quantity END AS picked
FROM shipment_line l JOIN product p ON p.sku = l.sku WHERE l.shipment = s.number ORDER BY l.line"""
_TRACKING = """
SELECT sequence, status, raw_status, location, at, recorded_at FROM tracking_event
WHERE shipment = s.number ORDER BY sequence, at, status"""
_SHIPMENT = text(f"""
SELECT {_HEADER}, {policies.SELLER.format(at="s.created_at")}, o.ship_to, o.note, c.language,
  (SELECT number FROM invoice WHERE shipment = s.number) AS invoice,
  {shown.many(_LINES)} AS lines, {shown.many(_TRACKING)} AS tracking
{_FROM} WHERE s.number = :number""")
SHIPMENTS = Listing(
    f"SELECT {_HEADER} {_FROM}",
    (Key("s.created_at", "created_at", "timestamptz"), Key("s.number", "number", "text")),
    {
        "state": states("s.state", "shipment"),
        "order": "s.order_number = :order",
        "warehouse": "s.warehouse = :warehouse",
        "q": search.shipments("s.number"),
    },
)


async def shipment_view(tx: AsyncConnection, number: str) -> dict[str, Any] | None:
    """A shipment with its lines and its way, and what the delivery note needs; None when there is none."""
    found = (await tx.execute(_SHIPMENT, {"number": number})).one_or_none()
    if found is None:
        return None
    shipment = shown.row(found._mapping, found.currency, amounts=("cost",))
    shipment["seller"] = policies.seller(found.seller)
    shipment["lines"] = shown.rows(found.lines, quantities=("quantity", "picked"))
    shipment["tracking"] = shown.rows(found.tracking)
    return shipment


async def shipment_list(
    tx: AsyncConnection, *, limit: int, after: str | None, filters: Mapping[str, str]
) -> tuple[list[dict[str, Any]], str | None]:
    """Shipments, newest first; filters: state, order, warehouse, q."""
    found, following = await SHIPMENTS.page(tx, limit, after, filters)
    return [shown.row(row._mapping, row.currency, amounts=("cost",)) for row in found], following
