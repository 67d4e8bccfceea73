"""Billings: what was invoiced in a period."""

from __future__ import annotations

from db.reports.report import Report, month, week
from domain.reports.columns import CURRENCY, GROUP, ORDERS, Column, Kind

TABLES = """invoice v JOIN sales_order o ON o.number = v.order_number
JOIN invoice_line n ON n.invoice = v.number JOIN order_line l ON l.order_number = v.order_number AND l.line = n.line"""
POSTED = "v.posted_at >= :start AND v.posted_at < :end"
SUMS = """count(DISTINCT v.order_number COLLATE "C") AS orders,
  count(DISTINCT v.number COLLATE "C") AS invoices, sum(n.quantity) AS quantity,
  sum(n.net) AS net, sum(n.tax) AS tax, sum(n.quantity * l.unit_cost) AS cost,
  sum(n.net) FILTER (WHERE l.unit_cost > 0) AS costed"""
FILTERS = {"customer": "v.customer", "sku": "n.sku", "currency": "v.currency"}
INVOICES = Column("invoices", "Invoices", Kind.COUNT)
NET = Column("net", "Net", Kind.MONEY)

REPORT = Report(
    name="billings",
    title="Billings",
    definition="Net, tax and total of the invoices that were posted in the period.",
    columns=(
        GROUP, CURRENCY, ORDERS, INVOICES, NET,
        Column("tax", "Tax", Kind.MONEY),
        Column("total", "Total", Kind.MONEY, lambda row: row["net"] + row["tax"]),
    ),
    tables=TABLES,
    where=POSTED,
    figures=SUMS,
    currency="v.currency",
    by={
        "month": month("v.posted_at"), "week": week("v.posted_at"), "customer": "v.customer", "product": "n.sku",
    },
    filters=FILTERS,
    picture="net",
)  # fmt: skip
