"""Cases as people read them: what the customer wants, the clocks, and what was said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import search, shown
from db.queries.keyset import Key, Listing, OneOf, states
from domain.facts import Priority

_HEADER = """k.number, k.order_number AS order, o.customer, c.name AS customer_name, k.kind, k.priority, k.state,
  k.subject, k.assignee, k.opened_by, k.opened_at, k.respond_by, k.responded_at, k.escalated_at, k.resolve_by,
  k.waiting_since, k.resolved_at, k.closed_at"""
_FROM = """
FROM support_case k JOIN sales_order o ON o.number = k.order_number JOIN customer c ON c.code = o.customer"""
_NOTES = "SELECT at, actor, move, comment FROM case_note WHERE case_number = k.number ORDER BY id"
_CASE = text(f"SELECT {_HEADER}, k.description, {shown.many(_NOTES)} AS comments {_FROM} WHERE k.number = :number")
CASES = Listing(
    f"SELECT {_HEADER} {_FROM}",
    (Key("k.opened_at", "opened_at", "timestamptz"), Key("k.number", "number", "text")),
    {
        "state": states("k.state", "case"),
        "order": "k.order_number = :order",
        "priority": OneOf("k.priority", get_args(Priority)),
        "q": search.cases("k.number"),
    },
)


async def case_view(tx: AsyncConnection, number: str) -> dict[str, Any] | None:
    """A case with what was said; None when there is none."""
    found = (await tx.execute(_CASE, {"number": number})).one_or_none()
    return None if found is None else {**shown.row(found._mapping), "comments": shown.rows(found.comments)}


async def case_list(
    tx: AsyncConnection, *, limit: int, after: str | None, filters: Mapping[str, str]
) -> tuple[list[dict[str, Any]], str | None]:
    """Cases, newest first; filters: state, order, priority, q."""
    found, following = await CASES.page(tx, limit, after, filters)
    return [shown.row(row._mapping) for row in found], following
