"""All reports, in the order in which they are listed: sales, delivery, people, money, stock."""

from __future__ import annotations

from collections.abc import Mapping

from db.reports import (
    ageing,
    backlog,
    billings,
    bookings,
    cei,
    cycle_time,
    dso,
    fill_rate,
    forecast,
    hold_dwell,
    otif,
    service_levels,
    stock_turns,
    top_customers,
    top_products,
    touchless,
)
from db.reports.report import Report

REPORTS: Mapping[str, Report] = {
    module.REPORT.name: module.REPORT
    for module in (
        bookings, billings, backlog, top_customers, top_products, cycle_time, fill_rate, otif, touchless, hold_dwell,
        service_levels, ageing, dso, cei, stock_turns, forecast,
    )
}  # fmt: skip
