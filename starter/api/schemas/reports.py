"""The shapes of reports."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from domain.reports.columns import Kind
from starter.api.schemas.common import Moment, Quantity, Shown
from starter.api.schemas.receipt import OrderRow

Cells = Annotated[
    dict[str, Any],
    Field(
        description="a figure under the name of each column; money, quantities and shares are decimal strings, a share "
        "of nothing is null; `label` is what people call the group, `behind` the query of /orders for its orders"
    ),
]


class ReportColumn(Shown):
    """A column; a `share` is a part of one: 0.9750 is 97.5 %."""

    name: str
    heading: str
    kind: Kind


class ReportRow(Shown):
    """What a report is about, what it can be grouped and filtered by, and its columns."""

    name: str
    title: str
    definition: str
    by: list[str]
    default_by: str
    filters: list[str]
    period: Annotated[bool, Field(description="whether it is about a period; if not, about this moment")]
    columns: list[ReportColumn]
    drawn: Annotated[str, Field(description="the column that the picture shows")]


class ReportWeek(Shown):
    """A week of a product: what was asked for, or what each method expects, and where eight of ten weeks fall."""

    week: date
    demand: Quantity | None
    average: Quantity | None
    average_low: Quantity | None
    average_high: Quantity | None
    model: Quantity | None
    model_low: Quantity | None
    model_high: Quantity | None


class Report(ReportRow):
    """The figures; money is never added over currencies."""

    from_: Annotated[date | None, Field(alias="from")]
    to: date | None
    at: Moment
    grouped_by: str
    filtered_by: dict[str, str]
    rows: list[Cells]
    totals: Annotated[list[Cells], Field(description="the same figures over everything, one row per currency")]
    remark: Annotated[str | None, Field(description="what is to be known beside the definition")]
    series: Annotated[list[ReportWeek], Field(description="the forecast of one product; else empty")]


class OrderBehind(OrderRow):
    """An order behind a figure."""

    figures: Annotated[
        dict[str, Any] | None,
        Field(description="what the order adds to the figures of the row"),
    ]
