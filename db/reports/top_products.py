"""Top products: what sold best, and what it earned."""

from __future__ import annotations

from decimal import Decimal

from db.reports.billings import FILTERS, NET, POSTED, SUMS, TABLES
from db.reports.report import Report
from db.reports.top_customers import RANK, SHARES
from domain.reports.columns import CURRENCY, GROUP, ORDERS, Column, Kind
from domain.reports.figures import quotient, ranked


def _margin(costed: Decimal | None, cost: Decimal) -> Decimal | None:
    return None if costed is None else quotient(costed - cost, costed)


REPORT = Report(
    name="top-products",
    title="Top products",
    definition="The products with the highest net value of invoices posted in the period, with their margin: net "
    "less the cost that was in force when the order was taken, of what has a cost in the order's currency.",
    columns=(
        RANK, GROUP, CURRENCY, ORDERS,
        Column("quantity", "Pieces", Kind.QUANTITY),
        NET,
        Column("cost", "Cost", Kind.MONEY),
        Column("margin", "Margin", Kind.SHARE, lambda row: _margin(row["costed"], row["cost"])),
        *SHARES,
    ),
    tables=TABLES,
    where=POSTED,
    figures=SUMS,
    currency="v.currency",
    by={"product": "n.sku"},
    filters=FILTERS,
    picture="net",
    arranged=lambda rows, asked: ranked(rows, "net", asked.top),
)  # fmt: skip
