"""A report as a picture: one bar per group, one colour per currency."""

from __future__ import annotations

from typing import Any

import pygal

from db.reports.report import Report
from domain.errors import Translate
from domain.reports.columns import Kind
from starter.pictures import plain, weeks_ahead

MOST_BARS = 20
_UNDERNEATH = ("month", "week")
"""Groupings that run in time, from left to right."""


def picture_of(report: Report, shown: dict[str, Any], translate: Translate) -> Any:
    """The picture of a document; of very many groups the first, of times the last are drawn."""
    if shown["series"]:
        return weeks_ahead(shown["series"], shown["rows"][0]["method"], translate)
    column = report.drawn
    timely = shown["grouped_by"] in _UNDERNEATH
    rows = sorted(shown["rows"], key=lambda row: row["group"] or "") if timely else shown["rows"]
    names = list(dict.fromkeys(_name(row, translate) for row in rows))
    names = names[-MOST_BARS:] if timely else names[:MOST_BARS]
    currencies = list(dict.fromkeys(row.get("currency") for row in shown["rows"]))
    percent = column.kind is Kind.SHARE
    chart = plain(
        pygal.Bar if timely or len(names) <= 1 else pygal.HorizontalBar,
        title=f"{translate(report.title)}: {translate(column.heading)}" + (" (%)" if percent else ""),
        show_legend=len(currencies) > 1, legend_at_bottom=True, x_label_rotation=20 if timely else 0, range=None,
    )  # fmt: skip
    chart.x_labels = names
    for currency in currencies:
        of_one = {_name(row, translate): row[column.name] for row in shown["rows"] if row.get("currency") == currency}
        chart.add(currency or translate(column.heading), [_height(of_one.get(name), percent) for name in names])
    return chart


def _name(row: dict[str, Any], translate: Translate) -> str:
    return str(row["label"]) if row["label"] is not None else translate("All")


def _height(value: Any, percent: bool) -> float | None:
    """A picture has pixels, not cents: here alone a figure becomes a float."""
    return None if value is None else round(float(value) * (100 if percent else 1), 4)
