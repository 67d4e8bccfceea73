"""Purchase and production orders as people read them: what is to come, when, and who waits for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import search, shown
from db.queries.keyset import Key, Listing, OneOf, states

_HEADER = """s.number, s.kind, s.sku, p.name, p.unit, s.supplier, v.name AS supplier_name, s.quantity, s.received,
  s.quantity - s.received AS remaining, s.state, s.created_at, s.ordered_at, s.due_at,
  CAST(s.due_at AS date) AS due_date, s.chased_at"""
_FROM = """
FROM supply_order s JOIN product p ON p.sku = s.sku LEFT JOIN supplier v ON v.code = s.supplier"""
_COMPONENTS = """
SELECT c.sku, m.name, c.required, c.reserved, c.consumed FROM supply_component c JOIN product m ON m.sku = c.sku
WHERE c.supply_order = s.number ORDER BY c.sku"""
_PEGS = """
SELECT order_number AS order, line, for_supply, quantity, open FROM supply_peg
WHERE supply_order = s.number ORDER BY id"""
_RECEIPTS = """
SELECT warehouse, quantity, reference, actor, at FROM supply_receipt WHERE supply_order = s.number ORDER BY id"""
_SUPPLY = text(f"""
SELECT {_HEADER}, {shown.many(_COMPONENTS)} AS components, {shown.many(_PEGS)} AS pegs,
  {shown.many(_RECEIPTS)} AS receipts
{_FROM} WHERE s.number = :number""")
SUPPLIES = Listing(
    f"SELECT {_HEADER} {_FROM}",
    (Key("s.created_at", "created_at", "timestamptz"), Key("s.number", "number", "text")),
    {
        "state": states("s.state", "supply_order"),
        "sku": "s.sku = :sku",
        "kind": OneOf("s.kind", ("purchase", "production")),
        "supplier": "s.supplier = :supplier",
        "overdue": OneOf("(s.due_at < now() AND s.state NOT IN ('RECEIVED', 'CANCELLED') AND 'true' = %s)", ("true",)),
        "q": search.supplies("s.number"),
    },
)
_PIECES = ("quantity", "received", "remaining")


async def supply_view(tx: AsyncConnection, number: str) -> dict[str, Any] | None:
    """A supply order with its line, its components, what arrived, and the orders that wait for it; None if none."""
    found = (await tx.execute(_SUPPLY, {"number": number})).one_or_none()
    if found is None:
        return None
    supply = shown.row(found._mapping, quantities=_PIECES)
    supply["lines"] = [{name: supply[name] for name in ("sku", "name", "quantity", "received")}]
    supply["components"] = shown.rows(found.components, quantities=("required", "reserved", "consumed"))
    supply["pegs"] = shown.rows(found.pegs, quantities=("quantity", "open"))
    supply["receipts"] = shown.rows(found.receipts, quantities=("quantity",))
    supply["orders"] = sorted({peg["order"] for peg in supply["pegs"] if peg["order"] and peg["open"]})
    return supply


async def supply_list(
    tx: AsyncConnection, *, limit: int, after: str | None, filters: Mapping[str, str]
) -> tuple[list[dict[str, Any]], str | None]:
    """Supply orders, newest first; filters: state, sku, kind, supplier, overdue, q."""
    found, following = await SUPPLIES.page(tx, limit, after, filters)
    return [shown.row(row._mapping, quantities=_PIECES) for row in found], following
