"""What is open on an order, whoever must move it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import policies, shown
from domain.order_life import ENDED
from domain.review import Reason
from domain.shipping import GONE_WRONG
from domain.waiting import Wait

_ORDER = text("""
SELECT o.state, o.fulfilled_at, o.policy_version, m.created_at AS pending_since, m.outcome AS pending_error
FROM sales_order o LEFT JOIN LATERAL (SELECT created_at, outcome FROM engine_outbox
  WHERE workflow_id = 'order/' || o.number AND sent_at IS NULL ORDER BY id LIMIT 1) m ON true
WHERE o.number = :number""")
_HOLDS = text("""
SELECT id, reason, owner_role, opened_at, deadline, figures FROM hold WHERE order_number = :number AND status = 'OPEN'
ORDER BY id""")
_SHORT = text("""
SELECT l.sku, l.backordered, l.promise_date, g.number, g.kind, g.due_at, g.created_at FROM order_line l
LEFT JOIN LATERAL (SELECT s.number, s.kind, s.due_at, s.created_at FROM supply_peg p
  JOIN supply_order s ON s.number = p.supply_order
  WHERE p.order_number = l.order_number AND p.line = l.line AND p.open > 0 AND s.state NOT IN ('RECEIVED', 'CANCELLED')
  ORDER BY s.due_at LIMIT 1) g ON true
WHERE l.order_number = :number AND l.backordered > 0 ORDER BY l.line""")
_SHIPMENTS = text("""
SELECT number, state, warehouse, carrier, created_at, coalesce(booked_at, picked_at, created_at) AS since
FROM shipment WHERE order_number = :number AND state NOT IN ('DELIVERED', 'CANCELLED') ORDER BY number""")
_INVOICES = text("""
SELECT number, outstanding, currency, posted_at,
  (SELECT min(due_at) FROM instalment i WHERE i.invoice = number AND i.paid < i.amount) AS due_at
FROM invoice WHERE order_number = :number AND paid < total ORDER BY posted_at""")
_KINDS = {"CREATED": "pick", "PICKING": "pick", "PACKED": "booking"}


async def waits(tx: AsyncConnection, number: str) -> tuple[str, list[Wait]] | None:
    """The order's state and everything that it waits for; None when there is no such order."""
    order = (await tx.execute(_ORDER, {"number": number})).one_or_none()
    if order is None:
        return None
    found: list[Wait] = []
    if order.pending_since is not None:
        found.append(Wait("engine", {"error": order.pending_error or "it comes next"}, since=order.pending_since))
    if order.state == "CANCELLING":
        found.append(Wait("undo", {}))
    if order.state not in ENDED:
        found += await _of_stages(tx, number)
    if order.state == "FULFILLED" and order.fulfilled_at is not None and not found:
        policy = await policies.policy(tx, order.policy_version)
        ends = order.fulfilled_at + policy.days(policy.after_sales_window_days)
        found.append(Wait("time", {}, since=order.fulfilled_at, until=ends))
    return order.state, found


async def _of_stages(tx: AsyncConnection, number: str) -> list[Wait]:
    key: dict[str, Any] = {"number": number}
    found = [
        Wait("paused", row.figures, row.opened_at, None, row.owner_role)
        if row.reason == Reason.PAUSED
        else Wait(
            "hold",
            {"id": row.id, "reason": row.reason, "owner_role": row.owner_role},
            row.opened_at,
            row.deadline,
            row.owner_role,
        )
        for row in await tx.execute(_HOLDS, key)
    ]
    for row in await tx.execute(_SHORT, key):
        figures = {"sku": row.sku, "quantity": f"{row.backordered.normalize():f}", "document": row.number}
        owner = "production" if row.kind == "production" else None
        found.append(Wait("stock" if row.number is None else "supply", figures, row.created_at, row.due_at, owner))
    for row in await tx.execute(_SHIPMENTS, key):
        figures = {"document": row.number, "state": row.state, "warehouse": row.warehouse, "carrier": row.carrier}
        cause = "gone_wrong" if row.state in GONE_WRONG else _KINDS.get(row.state, "carrier")
        found.append(Wait(cause, figures, row.since))
    for row in await tx.execute(_INVOICES, key):
        outstanding = f"{shown.money(row.outstanding, row.currency):f}"
        figures = {"document": row.number, "outstanding": outstanding, "currency": row.currency}
        found.append(Wait("payment", figures, row.posted_at, row.due_at))
    return found
