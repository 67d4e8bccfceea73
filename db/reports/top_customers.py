"""Top customers: who was billed most, and how much depends on them."""

from __future__ import annotations

from db.reports.billings import FILTERS, INVOICES, NET, POSTED, SUMS, TABLES
from db.reports.report import Report
from domain.reports.columns import CURRENCY, GROUP, ORDERS, Column, Kind
from domain.reports.figures import ranked

RANK = Column("rank", "Rank", Kind.COUNT, of_many=True)
SHARES = (
    Column("share", "Share", Kind.SHARE),
    Column("cumulative", "Share up to here", Kind.SHARE),
)

REPORT = Report(
    name="top-customers",
    title="Top customers",
    definition="The customers with the highest net value of invoices posted in the period, with their share of "
    "what was billed in the currency; with a filter, of what the filter leaves.",
    columns=(RANK, GROUP, CURRENCY, ORDERS, INVOICES, NET, *SHARES),
    tables=TABLES,
    where=POSTED,
    figures=SUMS,
    currency="v.currency",
    by={"customer": "v.customer"},
    filters=FILTERS,
    picture="net",
    arranged=lambda rows, asked: ranked(rows, "net", asked.top),
)
