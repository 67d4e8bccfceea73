"""Reports over HTTP: what there is, the figures as JSON, CSV or a picture, and the orders behind each figure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import AfterValidator, StringConstraints
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from db.reports.registry import REPORTS
from db.reports.report import Report as Registered
from domain.reports.asked import Asked
from domain.shapes import Day
from starter.api.answers import in_database, json_response
from starter.api.contract import Number, answers, page_of, stage_router
from starter.api.language import speech
from starter.api.paging import Filter, PageQuery, clean
from starter.api.schemas.reports import OrderBehind, Report, ReportRow
from starter.pictures import picture
from starter.reports.asking import asked_of, figure_of, report_of
from starter.reports.drawing import picture_of
from starter.reports.showing import as_csv, described, document

router = stage_router("reports")
Group = Annotated[
    Annotated[str, StringConstraints(max_length=200), AfterValidator(clean)] | None,
    Query(description="the row's group; empty for the row that has none"),
]
Figure = Annotated[Filter, Query(description="the name of a column: only the orders that add to its figure")]
CSV: dict[int | str, dict[str, Any]] = {200: {"description": "The rows", "content": {"text/csv": {}}}}
SVG: dict[int | str, dict[str, Any]] = {200: {"description": "The picture", "content": {"image/svg+xml": {}}}}


@dataclass(frozen=True, slots=True)
class Question:
    """What a caller wishes to know, as it stands in the query."""

    first: date | None
    last: date | None
    by: str | None
    top: int
    filters: dict[str, str | None]

    def to(self, name: str) -> tuple[Registered, Asked]:
        """The report and the question that it understands; NotFound or Invalid."""
        report = report_of(name)
        return report, asked_of(report, datetime.now(UTC), self.first, self.last, self.by, self.top, self.filters)


def _question(
    first: Annotated[Day | None, Query(alias="from", description="first day; thirty days before the end")] = None,
    to: Annotated[Day | None, Query(description="last day; today when absent")] = None,
    by: Annotated[Filter, Query(description="what the rows are, of the report's own list")] = None,
    top: Annotated[int, Query(ge=1, le=500, description="how many rows a ranking shows")] = 10,
    customer: Filter = None,
    sku: Filter = None,
    currency: Filter = None,
    warehouse: Filter = None,
) -> Question:
    filters = {"customer": customer, "sku": sku, "currency": currency, "warehouse": warehouse}
    return Question(first, to, by, top, filters)


Asking = Annotated[Question, Depends(_question)]


@router.get("/reports", responses=page_of(ReportRow, "reports, all of them"))
async def list_reports(request: Request) -> Response:
    """The reports that there are: definition, columns, and what each can be grouped and filtered by."""
    items = [described(report, speech(request)) for report in REPORTS.values()]
    return json_response({"items": items, "next": None})


async def _shown(request: Request, name: str, question: Question) -> tuple[Registered, dict[str, Any]]:
    report, asked = question.to(name)
    return report, await in_database(lambda tx: document(tx, report, asked, speech(request)))


@router.get("/reports/{name}.csv", responses=CSV)
async def save_report(request: Request, name: Number, asking: Asking) -> Response:
    """The rows as CSV, in UTF-8 and under the names of the columns."""
    report, shown = await _shown(request, name, asking)
    headers = {"Content-Disposition": f'attachment; filename="{report.name}.csv"'}
    return Response(as_csv(report, shown["rows"]).encode(), headers=headers, media_type="text/csv")


@router.get("/reports/{name}.svg", responses=SVG)
async def draw_report(request: Request, name: Number, asking: Asking) -> Response:
    """The rows as a picture, without scripts and without anything from outside."""
    report, shown = await _shown(request, name, asking)
    return picture(picture_of(report, shown, speech(request)))


@router.get("/reports/{name}", responses=answers(Report, ok="The figures"))
async def read_report(request: Request, name: Number, asking: Asking) -> Response:
    """The figures of a report, the same over everything, and how to reach the orders behind each row."""
    _, shown = await _shown(request, name, asking)
    return json_response(shown)


@router.get("/reports/{name}/orders", responses=page_of(OrderBehind, "the orders behind a figure, newest first"))
async def list_report_orders(
    name: Number, page: PageQuery, asking: Asking, group: Group = None, figure: Figure = None
) -> Response:
    """The orders behind a row: with its `behind`, or behind everything when no group is given."""
    report, asked = asking.to(name)
    only = figure_of(report, asked.by, figure)

    async def look(tx: AsyncConnection) -> Response:
        items, following = await report.orders(tx, asked, group, limit=page.limit, after=page.after, figure=only)
        return json_response({"items": items, "next": following})

    return await in_database(look)
