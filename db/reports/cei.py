"""CEI: how well what could be collected was collected."""

from __future__ import annotations

from db.reports.receivables import FILTERS, OPEN_AT_THE_END, OPEN_AT_THE_START, PIECES, SOLD_ON_CREDIT
from db.reports.report import ALL, Report
from domain.reports.columns import CURRENCY, GROUP, ORDERS, Column, Kind
from domain.reports.figures import collection_effectiveness

_CURRENT = f"{OPEN_AT_THE_END} AND p.due_date >= :last"

REPORT = Report(
    name="cei",
    title="Collection effectiveness",
    definition="Receivables at the start plus sales on credit less receivables at the end, through the same less only "
    "those of the end that are not due yet: 100 % when nothing is overdue; prepaid orders are left out.",
    columns=(
        GROUP, CURRENCY, ORDERS,
        Column("opening", "Receivables at the start", Kind.MONEY),
        Column("credit_sales", "Sales on credit", Kind.MONEY),
        Column("closing", "Receivables at the end", Kind.MONEY),
        Column("current", "Of these not due", Kind.MONEY),
        Column("cei", "CEI", Kind.SHARE, lambda row: collection_effectiveness(
            row["opening"], row["credit_sales"], row["closing"], row["current"])),
    ),
    tables=PIECES,
    where=f"o.payment_terms <> 'prepaid' AND (({OPEN_AT_THE_START}) OR ({OPEN_AT_THE_END}) OR ({SOLD_ON_CREDIT}))",
    figures=f"""count(DISTINCT p.order_number COLLATE "C") AS orders,
  coalesce(sum(p.amount) FILTER (WHERE {OPEN_AT_THE_START}), 0) AS opening,
  coalesce(sum(p.amount) FILTER (WHERE {SOLD_ON_CREDIT}), 0) AS credit_sales,
  coalesce(sum(p.amount) FILTER (WHERE {OPEN_AT_THE_END}), 0) AS closing,
  coalesce(sum(p.amount) FILTER (WHERE {_CURRENT}), 0) AS current""",
    currency="p.currency",
    by={"customer": "p.customer"},
    usual=ALL,
    filters=FILTERS,
    picture="cei",
)  # fmt: skip
