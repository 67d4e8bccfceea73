"""Touchless share: how many orders went through the review without a person."""

from __future__ import annotations

from db.reports.report import Report, month, week
from domain.reports.columns import GROUP, ORDERS, Column, Kind
from domain.reports.figures import quotient

REPORT = Report(
    name="touchless",
    title="Touchless share",
    definition="Of the orders submitted in the period and confirmed: the share that nobody released from a hold, "
    "paused, resumed, retried or reset before it was confirmed.",
    columns=(
        GROUP, ORDERS,
        Column("touched", "Touched", Kind.COUNT),
        Column("untouched", "Untouched", Kind.COUNT),
        Column("share", "Share", Kind.SHARE, lambda row: quotient(row["untouched"], row["orders"])),
    ),
    tables="""sales_order o JOIN LATERAL (SELECT min(id) AS id FROM timeline t
  WHERE t.order_number = o.number AND t.event = 'order_confirmed') c ON c.id IS NOT NULL
LEFT JOIN LATERAL (SELECT true AS touched FROM timeline t WHERE t.order_number = o.number AND t.id < c.id
  AND t.event IN ('hold_released', 'order_paused', 'order_resumed', 'retry_requested', 'reset_requested')
  LIMIT 1) hand ON true""",
    where="o.submitted_at >= :start AND o.submitted_at < :end",
    figures="count(*) AS orders, count(hand.touched) AS touched, count(*) - count(hand.touched) AS untouched",
    by={
        "month": month("o.submitted_at"), "week": week("o.submitted_at"), "channel": "o.channel",
        "customer": "o.customer",
    },
    currency=None,
    filters={"customer": "o.customer", "currency": "o.currency"},
    picture="share",
)  # fmt: skip
