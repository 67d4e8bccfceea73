"""Cycle time: how long each stage of an order's life takes, for half of the orders and for nine of ten."""

from __future__ import annotations

from db.reports.report import Report
from domain.reports.columns import GROUP, ORDERS, Column, Kind

_STAGES = """sales_order o
CROSS JOIN LATERAL (SELECT min(at) AS confirmed FROM timeline t
  WHERE t.order_number = o.number AND t.event = 'order_confirmed') c
CROSS JOIN LATERAL (SELECT max(created_at) AS noted, max(picked_at) AS picked, max(issued_at) AS issued,
  max(delivered_at) AS delivered
  FROM shipment s WHERE s.order_number = o.number AND s.delivered_at IS NOT NULL) s
CROSS JOIN LATERAL (SELECT max(v.posted_at) AS billed,
  CASE WHEN bool_and(v.paid = v.total) THEN max((SELECT max(i.settled_at) FROM instalment i
    WHERE i.invoice = v.number)) END AS settled
  FROM invoice v WHERE v.order_number = o.number) v
CROSS JOIN LATERAL (VALUES
  (1, 'review', c.confirmed - o.submitted_at), (2, 'goods', s.noted - c.confirmed),
  (3, 'picking', s.picked - s.noted), (4, 'dispatch', s.issued - s.picked),
  (5, 'transit', s.delivered - s.issued), (6, 'invoicing', v.billed - s.delivered),
  (7, 'collection', v.settled - v.billed), (8, 'order_to_delivery', s.delivered - o.submitted_at),
  (9, 'order_to_cash', v.settled - o.submitted_at)
) g(position, stage, took)"""
_LABELS = {
    "review": "Review: submitted to confirmed",
    "goods": "Goods: confirmed to delivery note",
    "picking": "Picking: delivery note to packed",
    "dispatch": "Dispatch: packed to left",
    "transit": "Transit: left to delivered",
    "invoicing": "Invoicing: delivered to billed",
    "collection": "Collection: billed to paid",
    "order_to_delivery": "Order to delivery",
    "order_to_cash": "Order to cash",
}

REPORT = Report(
    name="cycle-time",
    title="Cycle time",
    definition="Of the orders whose last delivery was in the period: how long each stage took, in hours, for half of "
    "them (P50) and for nine of ten (P90), by nearest rank; a stage that is not over is left out.",
    columns=(
        GROUP, ORDERS,
        Column("p50", "P50, hours", Kind.HOURS, of_many=True),
        Column("p90", "P90, hours", Kind.HOURS, of_many=True),
        Column("longest", "Longest, hours", Kind.HOURS),
    ),
    tables=_STAGES,
    # An order is fulfilled by its last delivery, or later, when what was left of it is cancelled.
    where="o.fulfilled_at >= :start AND s.delivered >= :start AND s.delivered < :end AND g.took IS NOT NULL",
    # Each order has a stage once: counting rows counts orders.
    figures="""count(*) AS orders,
  percentile_disc(0.5) WITHIN GROUP (ORDER BY g.took) AS p50,
  percentile_disc(0.9) WITHIN GROUP (ORDER BY g.took) AS p90, max(g.took) AS longest""",
    by={"stage": "g.stage"},
    currency=None,
    filters={"customer": "o.customer", "currency": "o.currency"},
    whole=False,
    sorting="min(g.position)",
    labels=_LABELS,
    picture="p90",
)  # fmt: skip
