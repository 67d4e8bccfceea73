"""Pictures: SVG drawn on the server, without scripts and without anything from outside."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pygal
from pygal.style import Style
from starlette.responses import Response

from domain.errors import Translate
from domain.projection import Step
from domain.reports.asked import midnight

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""A picture brings its own style with it; it can ask for nothing."""
_COLOURS = ("#066fd1", "#2fb344", "#d6336c", "#f59f00", "#4263eb", "#0ca678")
_SCRIPT = re.compile(r"<script\b.*?</script>|<!--.*?-->", re.DOTALL)
"""The library writes its settings into each picture as a script, which nothing here would run."""
_LOOKS: dict[str, Any] = {
    "background": "transparent",
    "plot_background": "transparent",
    "colors": _COLOURS,
    "font_family": "system-ui, sans-serif",
    "foreground": "#3a4653",
    "foreground_strong": "#1d2733",
    "foreground_subtle": "#9aa5b1",
    "guide_stroke_color": "#e6eaee",
    "major_guide_stroke_color": "#dce1e7",
    **dict.fromkeys(("label_font_size", "major_label_font_size", "legend_font_size"), 13),
    **dict.fromkeys(("value_font_size", "tooltip_font_size"), 12),
    "title_font_size": 16,
}


def _style(**other: Any) -> Style:
    return Style(**{**_LOOKS, **other})


def plain(kind: type[Any], **options: Any) -> Any:
    """A chart of the library with our style and nothing that the policy forbids."""
    given = {"style": _style(), "js": [], "width": 900, "height": 360, "show_legend": False, "no_data_text": ""}
    return kind(pygal.Config(**{**given, **options}))


def picture(chart: Any) -> Response:
    """The chart as an answer."""
    svg = _SCRIPT.sub("", chart.render(is_unicode=True))
    return Response(svg.encode(), media_type="image/svg+xml", headers={"Content-Security-Policy": POLICY})


DRAWN_WEEKS = 39
"""So many past weeks are drawn: what is to come would be a sliver beside two years."""
_NO_EDGE = {"dasharray": "0, 9999"}
_BAND, _DEMAND, _MODEL, _AVERAGE = "#bcd7f2", "#3a4653", "#d6336c", "#c26a00"


def weeks_ahead(series: Sequence[Mapping[str, Any]], used: str, translate: Translate) -> Any:
    """Demand week by week, then the forecast that is used with its band, beside the plain average."""
    past = sum(each["demand"] is not None for each in series)
    shown = series[max(0, past - DRAWN_WEEKS) :]

    def points(name: str) -> list[tuple[datetime, float]]:
        return [(midnight(each["week"]), float(each[name])) for each in shown if each[name] is not None]

    named = "average" if used == "average" else "model"
    low, high = points(f"{named}_low"), points(f"{named}_high")
    around = [*low, *reversed(high), low[0]] if low else []
    lines: list[tuple[str, str, list[tuple[datetime, float]], dict[str, Any]]] = [
        (translate("Eight of ten weeks fall in here"), _BAND, around, {"fill": True, "stroke_style": _NO_EDGE}),
        (translate("Demand"), _DEMAND, points("demand"), {}),
        (used, _MODEL, points("model") if named == "model" else [], {}),
        (translate("Moving average"), _AVERAGE, points("average"), {"stroke_style": {"dasharray": "7, 4"}}),
    ]
    drawn = [line for line in lines if line[2]]
    chart = plain(
        pygal.DateTimeLine, title=translate("Demand and forecast per week"), show_legend=True, legend_at_bottom=True,
        legend_at_bottom_columns=2, show_dots=False, x_label_rotation=20, height=420, include_x_axis=True,
        x_value_formatter=lambda at: f"{at:%Y-%m-%d}",
        style=_style(colors=[colour for _, colour, _, _ in drawn], opacity=1, stroke_width="2.5"),
    )  # fmt: skip
    for title, _, where, how in drawn:
        chart.add(title, where, **how)
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
