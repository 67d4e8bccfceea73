"""Reports on pages: the figures as a picture and a table, for a period and a grouping, with the orders behind each."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from db.queries import suggestions
from db.reports.registry import REPORTS
from db.reports.report import Report
from domain.errors import Invalid
from domain.reports.asked import Asked
from starter.api.answers import in_database
from starter.console.door import pages
from starter.console.listing import filters_of, link
from starter.console.page import render, tongue
from starter.languages import translator
from starter.pictures import picture
from starter.reports.asking import asked_of, figure_of, report_of
from starter.reports.drawing import picture_of
from starter.reports.showing import as_csv, described, document, label
from starter.spreadsheets import MARK

router = pages()
ROWS = 50
MOST_FIGURES = 200
"""Rows of figures on a page; the file has all of them. A page with thousands is nothing that a person reads."""
_ASKED = ("from", "to", "by", "top")
_FILTERS = ("customer", "sku", "currency", "warehouse")


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("A day of the period is no date. Write it as 2026-11-25.") from None


def _question(request: Request, name: str) -> tuple[Report, Asked, dict[str, str]]:
    """The report, the question in the address, and the address's own words of it. Errors: NotFound, Invalid."""
    report = report_of(name)
    chosen, _ = filters_of(request, (*_ASKED, *_FILTERS))
    top = int(chosen["top"]) if chosen.get("top", "").isdecimal() else 10
    filters = {name: chosen[name] for name in _FILTERS if name in chosen}
    days = _day(chosen.get("from")), _day(chosen.get("to"))
    asked = asked_of(report, datetime.now(UTC), *days, chosen.get("by"), max(1, min(top, 500)), filters)
    return report, asked, chosen


async def _shown(request: Request, report: Report, asked: Asked) -> dict[str, Any]:
    translate = translator(tongue(request)).gettext

    async def look(tx: AsyncConnection) -> dict[str, Any]:
        return await document(tx, report, asked, translate)

    return await in_database(look)


@router.get("/reports")
async def list_of_reports(request: Request) -> Response:
    """Every report with its definition."""
    translate = translator(tongue(request)).gettext
    return render(request, "reports.html", reports=[described(report, translate) for report in REPORTS.values()])


@router.get("/reports/{name}.csv")
async def save_report(request: Request, name: str) -> Response:
    """The rows as CSV, for a spreadsheet."""
    report, asked, _ = _question(request, name)
    shown = await _shown(request, report, asked)
    headers = {"Content-Disposition": f'attachment; filename="{report.name}.csv"'}
    return Response(MARK + as_csv(report, shown["rows"]), headers=headers, media_type="text/csv; charset=utf-8")


@router.get("/reports/{name}.svg")
async def draw_report(request: Request, name: str) -> Response:
    """The rows as a picture."""
    report, asked, _ = _question(request, name)
    return picture(picture_of(report, await _shown(request, report, asked), translator(tongue(request)).gettext))


@router.get("/reports/{name}/orders")
async def orders_of_report(request: Request, name: str) -> Response:
    """The orders behind a figure, newest first, with what each adds to it, and what all of them add up to."""
    report, asked, chosen = _question(request, name)
    group, (_, after) = request.query_params.get("group"), filters_of(request, ())
    figure = figure_of(report, asked.by, request.query_params.get("figure"))

    async def look(tx: AsyncConnection) -> tuple[list[dict[str, Any]], str | None, list[dict[str, Any]]]:
        rows, following = await report.orders(tx, asked, group, limit=ROWS, after=after, figure=figure)
        return rows, following, await report.sums(tx, asked, group)

    rows, following, sums = await in_database(look)
    here = {**chosen, "group": group, "figure": figure or None, "after": following}
    translate = translator(tongue(request)).gettext
    told: dict[str, Any] = {
        "rows": rows,
        "sums": sums,
        "columns": report.columns_of_orders,
        "figure": figure,
        "more": link(request.url.path, here) if following else None,
        "title": translate(report.title),
        "group": "–" if group == "" else label(report, asked.by, group, translate),
        "back": link(f"/reports/{report.name}", chosen),
        "name": report.name,
    }
    return render(request, "report_orders.html", **told)


async def _meant(tx: AsyncConnection, chosen: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """The filters with the codes of the customer and product whose names were typed, and what is the name of none."""
    ways: dict[str, tuple[Any, str]] = {
        "customer": (suggestions.customers, "code"),
        "sku": (partial(suggestions.products, currency=None), "sku"),
    }
    meant, unknown = dict(chosen), []
    for name, (suggest, key) in ways.items():
        if not (typed := chosen.get(name)):
            continue
        found = await suggest(tx, typed)
        exact = [each for each in found if each[key].casefold() == typed.casefold()]
        if len(exact or found) == 1:
            meant[name] = (exact or found)[0][key]
        else:
            unknown.append(typed)
    return meant, unknown


@router.get("/reports/{name}")
async def page_of_report(request: Request, name: str) -> Response:
    """The figures: the definition, the picture, the table, and the way to the orders behind each figure."""
    report, asked, chosen = _question(request, name)
    meant, unknown = await in_database(lambda tx: _meant(tx, chosen))
    if meant != chosen:
        return RedirectResponse(link(request.url.path, meant), 303)
    shown = await _shown(request, report, asked)
    query = link("", chosen).lstrip("?")
    rows = shown["rows"][:MOST_FIGURES]
    codes = [row["group"] for row in rows if row.get("group")]
    names = await in_database(lambda tx: suggestions.names(tx, asked.by, codes))
    told: dict[str, Any] = {"rows": rows, "unshown": len(shown["rows"]) - len(rows), "names": names, "unknown": unknown}
    told["narrowed"] = {figure for by, figure in report.narrowed if by == asked.by}
    return render(request, "report.html", report=shown, query=f"?{query}" if query else "", **told)
