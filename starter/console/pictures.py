"""Pictures: SVG drawn on the server, without scripts and without anything from outside."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pygal
from pygal.style import Style
from starlette.responses import Response

from domain.projection import Step
from domain.reports.asked import midnight

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""A picture brings its own style with it; it can ask for nothing."""
_COLOURS = ("#066fd1", "#2fb344", "#d6336c", "#f59f00", "#4263eb", "#0ca678")
_SCRIPT = re.compile(r"<script\b.*?</script>|<!--.*?-->", re.DOTALL)
"""The library writes its settings into each picture as a script, which nothing here would run."""
_STYLE = Style(
    background="transparent", plot_background="transparent", colors=_COLOURS, font_family="system-ui, sans-serif",
    foreground="#3a4653", foreground_strong="#1d2733", foreground_subtle="#9aa5b1", label_font_size=13,
    major_label_font_size=13, legend_font_size=13, title_font_size=16, value_font_size=12, tooltip_font_size=12,
)  # fmt: skip


def plain(kind: type[Any], **options: Any) -> Any:
    """A chart of the library with our style and nothing that the policy forbids."""
    given = {"style": _STYLE, "js": [], "width": 900, "height": 360, "show_legend": False, "no_data_text": ""}
    return kind(pygal.Config(**{**given, **options}))


def picture(chart: Any) -> Response:
    """The chart as an answer."""
    svg = _SCRIPT.sub("", chart.render(is_unicode=True))
    return Response(svg.encode(), media_type="image/svg+xml", headers={"Content-Security-Policy": POLICY})


def weeks_ahead(series: Sequence[Mapping[str, Any]], used: str, translate: Callable[[str], str]) -> Any:
    """Demand week by week, then the forecast that is used with its band, beside the plain average."""
    chart = plain(
        pygal.DateTimeLine, title=translate("Demand and forecast per week"), show_legend=True, legend_at_bottom=True,
        legend_at_bottom_columns=2, show_dots=False, x_label_rotation=20, height=420, include_x_axis=True,
        x_value_formatter=lambda at: f"{at:%Y-%m-%d}", x_labels_major_count=6, show_minor_x_labels=False,
    )  # fmt: skip
    named = "average" if used == "average" else "model"

    def points(name: str) -> list[tuple[datetime, float]]:
        return [(midnight(each["week"]), float(each[name])) for each in series if each[name] is not None]

    low, high = points(f"{named}_low"), points(f"{named}_high")
    if high:
        around = [*low, *reversed(high), low[0]]
        chart.add(translate("Eight of ten weeks fall in here"), around, fill=True, stroke=False)
    chart.add(translate("Demand"), points("demand"), stroke_style={"width": 2})
    if named == "model":
        chart.add(used, points("model"), stroke_style={"width": 3})
    chart.add(translate("Moving average"), points("average"), stroke_style={"width": 2, "dasharray": "6, 4"})
    return chart


def stairs(steps: Sequence[Step], title: str) -> Any:
    """Availability over time: level between two changes, so each change is drawn as a stair."""
    chart = plain(
        pygal.DateTimeLine, title=title, fill=True, show_dots=False, x_label_rotation=20,
        x_value_formatter=lambda at: f"{at:%Y-%m-%d}",
    )  # fmt: skip
    points: list[tuple[datetime, float]] = []
    for step in steps:
        if points:
            points.append((step.at, points[-1][1]))
        points.append((step.at, float(step.available)))
    if points:
        points.append((points[-1][0] + timedelta(days=7), points[-1][1]))
    chart.add("", points)
    return chart
