"""Backlog: what is ordered and has not left yet."""

from __future__ import annotations

from db.reports.report import Report
from domain.reports.columns import CURRENCY, GROUP, ORDERS, Column, Kind

REPORT = Report(
    name="backlog",
    title="Backlog",
    definition="Pieces that are ordered now and neither shipped nor cancelled, at their net price; of that, what "
    "waits for supply and what was asked for before today.",
    columns=(
        GROUP, CURRENCY, ORDERS,
        Column("pieces", "Pieces", Kind.QUANTITY),
        Column("backlog", "Backlog", Kind.MONEY),
        Column("waiting", "Waits for supply", Kind.MONEY),
        Column("late", "Late", Kind.MONEY),
    ),
    tables="sales_order o JOIN order_line l ON l.order_number = o.number",
    where="o.state NOT IN ('DRAFT', 'COMPLETED', 'REJECTED', 'EXPIRED', 'CANCELLED') AND l.open + l.allocated > 0",
    figures="""count(DISTINCT o.number COLLATE "C") AS orders, sum(l.open + l.allocated) AS pieces,
  sum(l.net * (l.open + l.allocated) / l.quantity) AS backlog, sum(l.net * l.backordered / l.quantity) AS waiting,
  sum(CASE WHEN o.requested_date < :today THEN l.net * (l.open + l.allocated) / l.quantity ELSE 0 END) AS late""",
    by={
        "customer": "o.customer", "product": "l.sku", "month": "to_char(o.requested_date, 'YYYY-MM')",
        "week": """to_char(o.requested_date, 'IYYY-"W"IW')""", "state": "o.state",
    },
    filters={"customer": "o.customer", "sku": "l.sku", "currency": "o.currency"},
    period=False,
    picture="backlog",
)  # fmt: skip
