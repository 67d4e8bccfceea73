"""Work queues as people read them: what waits for a role, the most urgent first, each kind in rows of one shape."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import policies, shown
from db.queries.keyset import Key, Listing
from db.queries.spoken import as_written, hold_message
from domain.actor import Role
from domain.errors import Translate
from domain.policy import Policy
from domain.queues import BOOKING_PATIENCE, CASE_WARNING, CHASE_AHEAD_DAYS, Queue, hold_owners, queues_of
from domain.shapes import instant

MOST = 1000
"""Nobody counts further: a thousand means a thousand or more."""
_ORDER = """"order", o.customer, c.name AS customer_name"""
# Every such document has its order, and that its customer. The joins are outer ones all the same: so PostgreSQL leaves
# out those that a count does not need.
_PARTIES = "LEFT JOIN sales_order o ON o.number = {order} LEFT JOIN customer c ON c.code = o.customer"
_OPEN_SUPPLY = "state IN ('ORDERED', 'ACKNOWLEDGED', 'PARTIALLY_RECEIVED')"
_DEADLINE = "CASE WHEN k.responded_at IS NULL THEN k.respond_by ELSE k.resolve_by END"
# Who waits for a supply order: the oldest order, and how many there are.
_WAITERS = """LEFT JOIN LATERAL (SELECT min(g.order_number) AS first, count(DISTINCT g.order_number) AS orders
  FROM supply_peg g WHERE g.supply_order = s.number AND g.open > 0) w ON true
LEFT JOIN sales_order o ON o.number = w.first LEFT JOIN customer c ON c.code = o.customer"""
_COMPONENTS_MISS = """EXISTS (SELECT 1 FROM supply_component m
  WHERE m.supply_order = s.number AND m.reserved + m.consumed < m.required)"""
# Pieces that neither stock nor a supply order covers, of order lines and of components.
_SHORT = """
SELECT l.sku, l.order_number, o.submitted_at AS since, m.short
FROM order_line l JOIN sales_order o ON o.number = l.order_number JOIN LATERAL (
  SELECT l.backordered - coalesce(sum(g.open), 0) AS short FROM supply_peg g JOIN supply_order s
    ON s.number = g.supply_order AND s.state NOT IN ('RECEIVED', 'CANCELLED')
  WHERE g.order_number = l.order_number AND g.line = l.line AND g.open > 0) m ON m.short > 0
WHERE l.backordered > 0 AND o.state = 'IN_FULFILMENT'
UNION ALL SELECT n.sku, (SELECT min(g.order_number) FROM supply_peg g WHERE g.supply_order = n.supply_order),
  f.created_at, m.short
FROM supply_component n JOIN supply_order f ON f.number = n.supply_order AND f.state NOT IN ('RECEIVED', 'CANCELLED')
JOIN LATERAL (
  SELECT n.required - n.reserved - n.consumed - coalesce(sum(g.open), 0) AS short FROM supply_peg g JOIN supply_order s
    ON s.number = g.supply_order AND s.state NOT IN ('RECEIVED', 'CANCELLED')
  WHERE g.for_supply = n.supply_order AND g.sku = n.sku AND g.open > 0) m ON m.short > 0
WHERE n.reserved + n.consumed < n.required"""


@dataclass(frozen=True, slots=True)
class _Work:
    """One kind: its rows, by which column the most urgent one comes first, the type of the document's key, and by which
    columns it is filtered.
    """

    rows: str
    urgency: str
    document: str
    kind: str = "text"
    customer: str = "o.customer"
    reason: str = "CAST(NULL AS text)"


_WORK: dict[Queue, _Work] = {
    Queue.HOLDS: _Work(
        f"""SELECT h.id, CAST(h.id AS text) AS document, h.order_number AS {_ORDER}, o.total AS amount, o.currency,
  h.opened_at AS since, h.deadline, h.owner_role,
  h.figures || jsonb_build_object('reason', h.reason, 'escalated', h.escalated_at IS NOT NULL) AS figures
FROM (SELECT * FROM hold WHERE status = 'OPEN' AND owner_role = ANY(string_to_array(:roles, ','))) h
{_PARTIES.format(order="h.order_number")}""",
        "h.deadline", "h.id", "bigint", reason="h.reason",
    ),
    Queue.SUPPLY_TO_ORDER: _Work(
        f"""SELECT q.sku AS document, q.first AS {_ORDER}, o.total AS amount, o.currency, q.since,
  CAST(o.requested_date + 1 AS timestamptz) AS deadline,
  CASE p.route WHEN 'make' THEN 'production' ELSE 'purchasing' END AS owner_role,
  jsonb_build_object('sku', q.sku, 'name', p.name, 'unit', p.unit, 'route', p.route, 'supplier', p.supplier,
    'quantity', CAST(q.missing AS text), 'orders', q.orders) AS figures
FROM (SELECT sku, min(since) AS since, sum(short) AS missing, count(DISTINCT order_number) AS orders,
    min(order_number) AS first FROM ({_SHORT}) n GROUP BY sku) q
JOIN product p ON p.sku = q.sku LEFT JOIN sales_order o ON o.number = q.first
LEFT JOIN customer c ON c.code = o.customer""",
        "q.since", "q.sku",
    ),
    Queue.SUPPLY_TO_CHASE: _Work(
        f"""SELECT s.number AS document, w.first AS {_ORDER}, o.total AS amount, o.currency,
  coalesce(s.ordered_at, s.created_at) AS since, s.due_at AS deadline, 'purchasing' AS owner_role,
  jsonb_build_object('sku', s.sku, 'name', p.name, 'unit', p.unit, 'supplier', s.supplier, 'state', s.state,
    'quantity', CAST(s.quantity - s.received AS text), 'chased', s.chased_at, 'orders', w.orders) AS figures
FROM (SELECT * FROM supply_order WHERE state NOT IN ('RECEIVED', 'CANCELLED') AND {_OPEN_SUPPLY} AND kind = 'purchase'
  AND due_at < CAST(:chase_until AS timestamptz)) s LEFT JOIN product p ON p.sku = s.sku {_WAITERS}""",
        "s.due_at", "s.number",
    ),
    Queue.PRODUCTION: _Work(
        f"""SELECT s.number AS document, w.first AS {_ORDER}, o.total AS amount, o.currency, s.created_at AS since,
  s.due_at AS deadline, 'production' AS owner_role,
  jsonb_build_object('sku', s.sku, 'name', p.name, 'unit', p.unit, 'state', s.state,
    'quantity', CAST(s.quantity - s.received AS text), 'components_missing', {_COMPONENTS_MISS}, 'orders', w.orders)
    AS figures
FROM (SELECT * FROM supply_order WHERE state NOT IN ('RECEIVED', 'CANCELLED') AND {_OPEN_SUPPLY}
  AND kind = 'production') s LEFT JOIN product p ON p.sku = s.sku {_WAITERS}""",
        "s.due_at", "s.number",
    ),
    Queue.PICKS: _Work(
        f"""SELECT s.number AS document, s.order_number AS {_ORDER}, o.total AS amount, o.currency,
  s.created_at AS since, CAST(o.requested_date + 1 AS timestamptz) AS deadline, 'warehouse' AS owner_role,
  jsonb_build_object('warehouse', s.warehouse, 'lines', (SELECT count(*) FROM shipment_line l
    WHERE l.shipment = s.number), 'quantity', (SELECT CAST(sum(quantity) AS text) FROM shipment_line l
    WHERE l.shipment = s.number), 'priority', o.priority) AS figures
FROM (SELECT * FROM shipment WHERE state = 'CREATED') s {_PARTIES.format(order="s.order_number")}""",
        "s.created_at", "s.number",
    ),
    Queue.BOOKINGS: _Work(
        f"""SELECT s.number AS document, s.order_number AS {_ORDER}, o.total AS amount, o.currency,
  s.picked_at AS since, CAST(o.requested_date + 1 AS timestamptz) AS deadline, 'warehouse' AS owner_role,
  jsonb_build_object('warehouse', s.warehouse, 'packages', s.packages) AS figures
FROM (SELECT * FROM shipment WHERE state = 'PACKED' AND picked_at < CAST(:packed_before AS timestamptz)) s
{_PARTIES.format(order="s.order_number")}""",
        "s.picked_at", "s.number",
    ),
    Queue.CASH: _Work(
        """SELECT p.number AS document, p.order_number AS "order", p.customer, c.name AS customer_name,
  p.unapplied AS amount, p.currency, p.received_at AS since, CAST(NULL AS timestamptz) AS deadline,
  'finance' AS owner_role,
  jsonb_build_object('reference', p.reference, 'invoice', p.invoice_reference, 'provider', p.provider,
    'received', CAST(p.amount AS text)) AS figures
FROM (SELECT * FROM payment p WHERE unapplied > 0 AND state <> 'REVERSED'
  AND NOT EXISTS (SELECT 1 FROM sales_order o WHERE o.number = p.order_number AND o.billed < o.payable
    AND o.state NOT IN ('COMPLETED', 'REJECTED', 'EXPIRED', 'CANCELLED'))) p
LEFT JOIN customer c ON c.code = p.customer""",
        "p.received_at", "p.number", customer="p.customer",
    ),
    Queue.DISPUTES: _Work(
        """SELECT d.id, CAST(d.id AS text) AS document, v.order_number AS "order", v.customer, c.name AS customer_name,
  d.disputed AS amount, v.currency, d.opened_at AS since, CAST(NULL AS timestamptz) AS deadline,
  'finance' AS owner_role,
  jsonb_build_object('invoice', d.invoice, 'reason', d.reason, 'opened_by', d.opened_by,
    'outstanding', CAST(v.outstanding AS text)) AS figures
FROM (SELECT * FROM dispute WHERE status = 'OPEN') d LEFT JOIN invoice v ON v.number = d.invoice
LEFT JOIN customer c ON c.code = v.customer""",
        "d.opened_at", "d.id", "bigint", customer="v.customer", reason="d.reason",
    ),
    Queue.CASES: _Work(
        f"""SELECT k.number AS document, k.order_number AS {_ORDER}, o.total AS amount, o.currency,
  k.opened_at AS since, {_DEADLINE} AS deadline, 'support' AS owner_role,
  jsonb_build_object('kind', k.kind, 'priority', k.priority, 'subject', k.subject, 'state', k.state,
    'assignee', k.assignee, 'answered', k.responded_at IS NOT NULL) AS figures
FROM (SELECT * FROM support_case k WHERE k.state IN ('NEW', 'ASSIGNED', 'IN_PROGRESS')
  AND CAST(:now AS timestamptz) >= k.opened_at + {CASE_WARNING} * ({_DEADLINE} - k.opened_at)) k
{_PARTIES.format(order="k.order_number")}""",
        _DEADLINE, "k.number",
    ),
}  # fmt: skip


def _urgent(work: _Work) -> str:
    return work.rows.replace("SELECT ", f"SELECT {work.urgency} AS urgency, ", 1)


def _listing(work: _Work) -> Listing:
    """The rows of a kind; what is filtered stands in them already, in a sub-select."""
    urgency = Key(work.urgency, "urgency", "timestamptz")
    name = "id" if work.kind == "bigint" else "document"
    conditions = {**_GIVEN, "customer": f"{work.customer} = :customer", "reason": f"{work.reason} = :reason"}
    return Listing(_urgent(work), (urgency, Key(work.document, name, work.kind)), conditions, descending=False)


_GIVEN = dict.fromkeys(("roles", "now", "chase_until", "packed_before"), "true")
"""Values that the rows of the kinds ask for by name; they stand in the sub-selects."""
_LISTS = {queue: _listing(work) for queue, work in _WORK.items()}
_COUNTS = {
    queue.value: text(f"""
SELECT count(*) AS number, count(*) FILTER (WHERE deadline < CAST(:now AS timestamptz)) AS overdue
FROM (SELECT deadline FROM ({_urgent(work)}) w ORDER BY urgency LIMIT {MOST}) n""")
    for queue, work in _WORK.items()
}


async def counts(tx: AsyncConnection, roles: Collection[Role], now: datetime) -> list[dict[str, Any]]:
    """How much of each kind waits for these roles, and how much of it is past its deadline; kinds without any too."""
    given = await _given(tx, roles, now)
    found = []
    for queue in queues_of(roles):
        row = (await tx.execute(_COUNTS[queue], given)).one()
        found.append({"kind": queue.value, "count": row.number, "overdue": row.overdue})
    return found


async def page(
    tx: AsyncConnection,
    queue: Queue,
    roles: Collection[Role],
    now: datetime,
    *,
    limit: int,
    after: str | None = None,
    filters: Mapping[str, str] | None = None,
    translate: Translate = as_written,
) -> tuple[list[dict[str, Any]], str | None]:
    """What waits of a kind, the most urgent first, and the cursor of the next page; None when there is no more.

    The roles matter for holds alone: of these one sees what one's roles decide. Filters: customer, reason. Errors:
    Malformed for a cursor that no page gave.
    """
    given = {**(filters or {}), **await _given(tx, roles, now)}
    found, following = await _LISTS[queue].page(tx, limit, after, given)
    return [_row(queue, each._mapping, translate) for each in found], following


def _row(queue: Queue, values: Any, translate: Translate) -> dict[str, Any]:
    names = ("document", "order", "customer", "customer_name", "amount", "currency", "since", "deadline", "owner_role")
    currency = values["currency"] or ""
    row = shown.row({"kind": queue.value, **{name: values[name] for name in names}}, currency, amounts=("amount",))
    row["figures"] = shown.figures(values["figures"], currency)
    if queue is Queue.HOLDS:
        row["figures"]["message"] = hold_message(values["figures"]["reason"], values["figures"], currency, translate)
    return row


async def _given(tx: AsyncConnection, roles: Collection[Role], now: datetime) -> dict[str, str]:
    policy = await policies.in_force(tx) or Policy()
    return {
        "roles": ",".join(sorted(hold_owners(roles))),
        "now": instant(now),
        "chase_until": instant(now + policy.days(CHASE_AHEAD_DAYS)),
        "packed_before": instant(now - BOOKING_PATIENCE),
    }
