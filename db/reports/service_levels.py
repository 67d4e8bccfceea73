"""Service levels: whether customers were answered and helped in the time that was promised."""

from __future__ import annotations

from db.reports.report import Report, month, week
from domain.reports.columns import GROUP, ORDERS, Column, Kind
from domain.reports.figures import quotient

REPORT = Report(
    name="service-levels",
    title="Service levels kept",
    definition="Of the cases opened in the period: the share answered in time and the share solved in time, of those "
    "that were answered or solved or whose time is over; time spent waiting for the customer does not count.",
    columns=(
        GROUP, ORDERS,
        Column("cases", "Cases", Kind.COUNT),
        Column("answered", "Answer due", Kind.COUNT),
        Column("answered_in_time", "Answered in time", Kind.COUNT),
        Column("response", "Answers kept", Kind.SHARE, lambda row: quotient(row["answered_in_time"], row["answered"])),
        Column("solved", "Solution due", Kind.COUNT),
        Column("solved_in_time", "Solved in time", Kind.COUNT),
        Column("resolution", "Solutions kept", Kind.SHARE, lambda row: quotient(row["solved_in_time"], row["solved"])),
    ),
    tables="support_case k JOIN sales_order o ON o.number = k.order_number",
    where="k.opened_at >= :start AND k.opened_at < :end",
    figures="""count(DISTINCT k.order_number COLLATE "C") AS orders, count(*) AS cases,
  count(*) FILTER (WHERE k.responded_at IS NOT NULL OR k.respond_by < :now) AS answered,
  count(*) FILTER (WHERE k.responded_at <= k.respond_by) AS answered_in_time,
  count(*) FILTER (WHERE k.resolved_at IS NOT NULL OR (k.waiting_since IS NULL AND k.resolve_by < :now)) AS solved,
  count(*) FILTER (WHERE k.resolved_at <= k.resolve_by) AS solved_in_time""",
    by={
        "priority": "k.priority", "kind": "k.kind", "customer": "o.customer", "assignee": "k.assignee",
        "month": month("k.opened_at"), "week": week("k.opened_at"),
    },
    currency=None,
    filters={"customer": "o.customer"},
    picture="resolution",
)  # fmt: skip
