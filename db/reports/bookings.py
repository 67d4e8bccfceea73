"""Bookings: what customers ordered in a period, and how much of it was cancelled."""

from __future__ import annotations

from db.reports.report import Report, month, week
from domain.reports.columns import CURRENCY, GROUP, ORDERS, Column, Kind
from domain.reports.figures import quotient

REPORT = Report(
    name="bookings",
    title="Bookings",
    definition="Net value of the orders that were submitted in the period, without those that were rejected or "
    "expired; what was cancelled since is shown beside it and taken off.",
    columns=(
        GROUP, CURRENCY, ORDERS,
        Column("net", "Ordered", Kind.MONEY),
        Column("cancelled", "Cancelled", Kind.MONEY),
        Column("booked", "Booked net", Kind.MONEY, lambda row: row["net"] - row["cancelled"]),
        Column("cancelled_share", "Cancelled share", Kind.SHARE, lambda row: quotient(row["cancelled"], row["net"])),
    ),
    tables="sales_order o JOIN order_line l ON l.order_number = o.number",
    where="o.submitted_at >= :start AND o.submitted_at < :end AND o.state NOT IN ('DRAFT', 'REJECTED', 'EXPIRED')",
    figures="""count(DISTINCT o.number COLLATE "C") AS orders, sum(l.net) AS net,
  sum(l.net * l.cancelled / l.quantity) AS cancelled""",
    by={
        "month": month("o.submitted_at"), "week": week("o.submitted_at"), "customer": "o.customer",
        "product": "l.sku", "channel": "o.channel",
    },
    filters={"customer": "o.customer", "sku": "l.sku", "currency": "o.currency"},
    picture="booked",
)  # fmt: skip
