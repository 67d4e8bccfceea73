"""OTIF: on time and in full, against the day that the customer asked for and against the day promised first."""

from __future__ import annotations

from db.reports.report import Report
from domain.reports.columns import GROUP, ORDERS, Column, Kind
from domain.reports.figures import quotient

_LINES = """SELECT o.number, o.customer, o.currency, o.requested_date, l.sku,
    l.delivered = l.quantity AS whole, came.day, coalesce(first.promise, l.promise_date) AS promise
  FROM sales_order o JOIN customer c ON c.code = o.customer JOIN order_line l ON l.order_number = o.number
  LEFT JOIN LATERAL (SELECT max(CAST(s.delivered_at AT TIME ZONE c.time_zone AS date)) AS day FROM shipment s
    JOIN shipment_line n ON n.shipment = s.number WHERE s.order_number = o.number AND n.line = l.line) came ON true
  LEFT JOIN LATERAL (SELECT CAST(coalesce(t.figures ->> 'promised_before', t.figures ->> 'promise') AS date) AS promise
    FROM timeline t WHERE t.order_number = o.number AND t.event = 'stock_backordered'
      AND t.figures ->> 'sku' = l.sku AND coalesce(t.figures ->> 'line', CAST(l.line AS text)) = CAST(l.line AS text)
    ORDER BY t.id LIMIT 1) first ON true
  WHERE o.requested_date >= :first AND o.requested_date <= :last AND o.requested_date < :today
    AND o.state NOT IN ('DRAFT', 'REJECTED', 'EXPIRED', 'CANCELLED')
    AND (CAST(:sku AS text) IS NULL OR l.sku = :sku)"""


def _due(group: str) -> str:
    """Each order, or each product of an order, whose requested day is over."""
    return f"""(SELECT number, customer, currency, requested_date{group},
    bool_and(whole AND day <= requested_date) AS kept_request,
    bool_and(coalesce(whole AND day <= promise, false)) AS kept_promise,
    max(promise) < :today AS due_by_promise
  FROM ({_LINES}) lines GROUP BY number, customer, currency, requested_date{group}) o"""


REPORT = Report(
    name="otif",
    title="On time in full",
    definition="Of the orders whose requested day lies in the period and is over: the share that was delivered whole "
    "by that day, and the share of which each line was delivered whole by the day first promised for it; days as the "
    "customer's calendar has them, orders that were cancelled whole left out.",
    columns=(
        GROUP, ORDERS,
        Column("requested", "Due as requested", Kind.COUNT),
        Column("kept_request", "Kept request", Kind.COUNT),
        Column("otif_requested", "OTIF, requested", Kind.SHARE,
               lambda row: quotient(row["kept_request"], row["requested"])),
        Column("promised", "Due as promised", Kind.COUNT),
        Column("kept_promise", "Kept promise", Kind.COUNT),
        Column("otif_promised", "OTIF, first promise", Kind.SHARE,
               lambda row: quotient(row["kept_promise"], row["promised"])),
    ),
    tables=_due(""),
    where="TRUE",
    # One row per order, or per product of it: within a group counting rows counts orders.
    figures="""count(*) AS orders, count(*) AS requested, count(*) FILTER (WHERE o.kept_request) AS kept_request,
  count(*) FILTER (WHERE o.due_by_promise) AS promised,
  count(*) FILTER (WHERE o.due_by_promise AND o.kept_promise) AS kept_promise""",
    by={
        "month": "to_char(o.requested_date, 'YYYY-MM')", "week": """to_char(o.requested_date, 'IYYY-"W"IW')""",
        "customer": "o.customer", "product": "o.sku",
    },
    of_group={"product": _due(", sku")},
    currency=None,
    filters={"customer": "o.customer", "sku": ""},
    picture="otif_requested",
)  # fmt: skip
