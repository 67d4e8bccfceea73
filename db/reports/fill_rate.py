"""Fill rate: how much of what is ordered the stock on hand could give at once."""

from __future__ import annotations

from db.reports.report import Report, month, week
from domain.reports.columns import GROUP, ORDERS, Column, Kind
from domain.reports.figures import quotient

REPORT = Report(
    name="fill-rate",
    title="Fill rate",
    definition="Of the pieces (unit) and of the lines (line) of orders submitted in the period that came to the "
    "stock: the share that was there at once, without a backorder and without cutting a remainder.",
    columns=(
        GROUP, ORDERS,
        Column("lines", "Lines", Kind.COUNT),
        Column("pieces", "Pieces", Kind.QUANTITY),
        Column("missing", "Missing at once", Kind.QUANTITY),
        Column("unit_fill", "Unit fill rate", Kind.SHARE,
               lambda row: quotient(row["pieces"] - row["missing"], row["pieces"])),
        Column("line_fill", "Line fill rate", Kind.SHARE, lambda row: quotient(row["whole_lines"], row["lines"])),
    ),
    tables="""sales_order o JOIN order_line l ON l.order_number = o.number
LEFT JOIN LATERAL (SELECT CAST(t.figures ->> 'quantity' AS numeric) AS quantity FROM timeline t
  WHERE t.order_number = o.number AND t.event IN ('stock_backordered', 'remainder_cancelled')
    AND t.figures ->> 'sku' = l.sku AND coalesce(t.figures ->> 'line', CAST(l.line AS text)) = CAST(l.line AS text)
    AND NOT EXISTS (SELECT 1 FROM timeline p WHERE p.order_number = o.number AND p.event = 'pick_short'
      AND p.figures ->> 'sku' = l.sku AND p.id < t.id)
  ORDER BY t.id LIMIT 1) short ON true
LEFT JOIN LATERAL (SELECT true AS once FROM allocation a
  WHERE a.order_number = o.number AND a.line = l.line AND l.allocated + l.shipped = 0 LIMIT 1) held ON true""",
    where="o.submitted_at >= :start AND o.submitted_at < :end "
    "AND (short.quantity IS NOT NULL OR l.allocated + l.shipped > 0 OR held.once)",
    figures="""count(DISTINCT o.number COLLATE "C") AS orders, count(*) AS lines, sum(l.quantity) AS pieces,
  sum(coalesce(short.quantity, 0)) AS missing, count(*) FILTER (WHERE short.quantity IS NULL) AS whole_lines""",
    by={
        "month": month("o.submitted_at"), "week": week("o.submitted_at"), "customer": "o.customer", "product": "l.sku",
    },
    currency=None,
    filters={"customer": "o.customer", "sku": "l.sku"},
    picture="unit_fill",
)  # fmt: skip
