"""Holds as a queue: why orders wait for a person, and who decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import shown
from db.queries.keyset import Key, Listing, OneOf, states
from db.queries.spoken import as_written, hold_message
from domain.actor import Role
from domain.errors import Translate
from domain.review import Reason

HOLDS = Listing(
    """SELECT h.id, h.order_number AS order, o.customer, c.name AS customer_name, o.state AS order_state, o.total,
  o.currency, h.reason, h.owner_role, h.status, h.figures, h.deadline, h.opened_at, h.escalated_at, h.decided_by,
  h.decided_at, h.comment, h.amount, h.until
FROM hold h JOIN sales_order o ON o.number = h.order_number JOIN customer c ON c.code = o.customer""",
    (Key("h.id", "id", "bigint"),),
    {
        "status": states("h.status", "hold"),
        "reason": OneOf("h.reason", tuple(reason.value for reason in Reason)),
        "owner_role": OneOf("h.owner_role", tuple(role.value for role in Role)),
        "order": "h.order_number = :order",
    },
)


async def hold_list(
    tx: AsyncConnection,
    *,
    limit: int,
    after: str | None,
    filters: Mapping[str, str],
    translate: Translate = as_written,
) -> tuple[list[dict[str, Any]], str | None]:
    """Holds, newest first, each with its sentence; filters: status, reason, owner_role, order."""
    found, following = await HOLDS.page(tx, limit, after, filters)
    items = []
    for row in found:
        hold = shown.row(row._mapping, row.currency, amounts=("total", "amount"))
        hold["figures"] = shown.figures(row.figures, row.currency)
        hold["message"] = hold_message(row.reason, row.figures, row.currency, translate)
        items.append(hold)
    return items, following
