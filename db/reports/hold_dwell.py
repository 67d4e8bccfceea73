"""Hold dwell: how long orders waited for a person, by what stopped them."""

from __future__ import annotations

from db.reports.report import Report, month, week
from domain.reports.columns import GROUP, ORDERS, Column, Kind
from domain.reports.figures import quotient

REPORT = Report(
    name="hold-dwell",
    title="Hold dwell",
    definition="Of the holds that ended in the period: how long they were open, in hours, for half of them (P50) and "
    "for nine of ten (P90), by nearest rank, and the share that was decided before its deadline.",
    columns=(
        GROUP, ORDERS,
        Column("holds", "Holds", Kind.COUNT),
        Column("p50", "P50, hours", Kind.HOURS, of_many=True),
        Column("p90", "P90, hours", Kind.HOURS, of_many=True),
        Column("longest", "Longest, hours", Kind.HOURS),
        Column("released", "Released", Kind.COUNT),
        Column("rejected", "Rejected", Kind.COUNT),
        Column("in_time", "In time", Kind.SHARE, lambda row: quotient(row["early"], row["holds"])),
    ),
    tables="hold h JOIN sales_order o ON o.number = h.order_number",
    where="h.decided_at >= :start AND h.decided_at < :end",
    figures="""count(DISTINCT h.order_number COLLATE "C") AS orders, count(*) AS holds,
  percentile_disc(0.5) WITHIN GROUP (ORDER BY h.decided_at - h.opened_at) AS p50,
  percentile_disc(0.9) WITHIN GROUP (ORDER BY h.decided_at - h.opened_at) AS p90,
  max(h.decided_at - h.opened_at) AS longest, count(*) FILTER (WHERE h.status = 'RELEASED') AS released,
  count(*) FILTER (WHERE h.status = 'REJECTED') AS rejected,
  count(*) FILTER (WHERE h.decided_at <= h.deadline) AS early""",
    by={
        "reason": "h.reason", "owner_role": "h.owner_role", "customer": "o.customer", "month": month("h.decided_at"),
        "week": week("h.decided_at"),
    },
    currency=None,
    filters={"customer": "o.customer"},
    picture="p90",
)  # fmt: skip
