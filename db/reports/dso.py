"""DSO: for how many days of sales the customers' debts stand."""

from __future__ import annotations

from db.reports.receivables import FILTERS, OPEN_AT_THE_END, PIECES, SOLD_ON_CREDIT
from db.reports.report import ALL, Report
from domain.reports.columns import CURRENCY, GROUP, ORDERS, Column, Kind
from domain.reports.figures import days_sales_outstanding

REPORT = Report(
    name="dso",
    title="Days sales outstanding",
    definition="Receivables at the end of the period through what was invoiced in it on credit, tax included, times "
    "the days of the period; invoices of prepaid orders are no sales on credit.",
    columns=(
        GROUP, CURRENCY, ORDERS,
        Column("receivable", "Receivables at the end", Kind.MONEY),
        Column("credit_sales", "Sales on credit", Kind.MONEY),
        Column("dso", "DSO, days", Kind.DAYS, lambda row: days_sales_outstanding(
            row["receivable"], row["credit_sales"], row["days"])),
    ),
    tables=PIECES,
    where=f"(({OPEN_AT_THE_END}) OR ({SOLD_ON_CREDIT}))",
    figures=f"""count(DISTINCT p.order_number COLLATE "C") AS orders,
  coalesce(sum(p.amount) FILTER (WHERE {OPEN_AT_THE_END}), 0) AS receivable,
  coalesce(sum(p.amount) FILTER (WHERE {SOLD_ON_CREDIT}), 0) AS credit_sales""",
    currency="p.currency",
    by={"customer": "p.customer"},
    usual=ALL,
    filters=FILTERS,
    picture="dso",
)  # fmt: skip
