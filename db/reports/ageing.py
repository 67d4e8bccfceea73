"""Ageing of receivables: who owes how much, and for how long it has been due."""

from __future__ import annotations

from db.reports.receivables import FILTERS, OPEN_AT_THE_END, PIECES
from db.reports.report import Report
from domain.reports.columns import CURRENCY, GROUP, ORDERS, Column, Kind

_LATE = "CAST(:last AS date) - p.due_date"

REPORT = Report(
    name="ageing",
    title="Ageing of receivables",
    definition="What was open of invoices, tax included, at the end of the last day of the period, by the number of "
    "days that it was past its due date then.",
    columns=(
        GROUP, CURRENCY, ORDERS,
        Column("current", "Not due", Kind.MONEY),
        Column("days_1_30", "1–30 days", Kind.MONEY),
        Column("days_31_60", "31–60 days", Kind.MONEY),
        Column("days_61_90", "61–90 days", Kind.MONEY),
        Column("days_over_90", "Over 90 days", Kind.MONEY),
        Column("total", "Total", Kind.MONEY),
    ),
    tables=PIECES,
    where=OPEN_AT_THE_END,
    figures=f"""count(DISTINCT p.order_number COLLATE "C") AS orders, sum(p.amount) AS total,
  sum(p.amount) FILTER (WHERE {_LATE} <= 0) AS current,
  sum(p.amount) FILTER (WHERE {_LATE} BETWEEN 1 AND 30) AS days_1_30,
  sum(p.amount) FILTER (WHERE {_LATE} BETWEEN 31 AND 60) AS days_31_60,
  sum(p.amount) FILTER (WHERE {_LATE} BETWEEN 61 AND 90) AS days_61_90,
  sum(p.amount) FILTER (WHERE {_LATE} > 90) AS days_over_90""",
    currency="p.currency",
    by={"customer": "p.customer"},
    filters=FILTERS,
    picture="total",
)  # fmt: skip
