"""A report as a document, and the same document as CSV: whoever shows a figure takes it from here."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncConnection

from db.reports.report import ALL, CODES, Report
from domain.errors import Translate, said
from domain.reports.asked import Asked
from domain.reports.columns import Kind
from domain.reports.figures import Row
from starter.reports import forecast
from starter.spreadsheets import harmless

BESIDE = {"forecast": forecast.beside}
"""Reports that have something to say beside their figures, or a course in time."""


def described(report: Report, translate: Translate) -> dict[str, Any]:
    """What a report says of itself."""
    return {
        "name": report.name,
        "title": translate(report.title),
        "definition": translate(report.definition),
        "by": list(report.statements),
        "default_by": report.default,
        "filters": list(report.filters),
        "period": report.period,
        "columns": _columns(report, translate),
        "drawn": report.drawn.name,
    }


def _columns(report: Report, translate: Translate) -> list[dict[str, str]]:
    return [{"name": each.name, "heading": translate(each.heading), "kind": each.kind} for each in report.columns]


async def document(tx: AsyncConnection, report: Report, asked: Asked, translate: Translate) -> dict[str, Any]:
    """The figures with everything that is needed to understand them and to find the orders behind them."""
    rows, totals = await report.answer(tx, asked)
    remark, series = await BESIDE[report.name](tx, asked) if report.name in BESIDE else ("", [])
    return {
        **described(report, translate),
        "from": asked.first if report.period else None,
        "to": asked.last if report.period else None,
        "at": asked.now,
        "grouped_by": asked.by,
        "filtered_by": dict(asked.filters),
        "rows": [_linked(report, asked, row, asked.by, translate) for row in rows],
        "totals": [_linked(report, asked, row, ALL, translate) for row in totals],
        "remark": said(remark, translate) or None,
        "series": series,
    }


def _linked(report: Report, asked: Asked, row: Mapping[str, Any], by: str, translate: Translate) -> Row:
    return {**row, "label": label(report, by, row.get("group"), translate), "behind": behind(report, asked, row, by)}


def label(report: Report, by: str, group: str | None, translate: Translate) -> str | None:
    """What people call a group; the name of a customer, a product or a person is nobody's to translate."""
    return translate(report.labels.get(group, group)) if group and by in CODES else group


def behind(report: Report, asked: Asked, row: Mapping[str, Any], by: str) -> str:
    """The query that asks for the orders behind a row, the same for the API (`/orders`) and the console."""
    question: dict[str, str] = dict(asked.filters)
    if report.period:
        question |= {"from": asked.first.isoformat(), "to": asked.last.isoformat()}
    if by != ALL:
        question |= {"by": by, "group": "" if row["group"] is None else str(row["group"])}
    if row.get("currency") is not None and "currency" in report.filters:
        question["currency"] = str(row["currency"])
    return urlencode(question)


def as_csv(report: Report, rows: list[Row]) -> str:
    """The rows under the names of the columns; a text that a spreadsheet would take for a formula is quoted."""
    written = io.StringIO()
    pen = csv.writer(written, lineterminator="\r\n")
    pen.writerow([each.name for each in report.columns])
    for row in rows:
        pen.writerow([_cell(row.get(each.name), each.kind) for each in report.columns])
    return written.getvalue()


def _cell(value: Any, kind: Kind) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value:f}"
        case str() if kind is Kind.TEXT:
            return harmless(value)
    return str(value)
