"""Pictures: SVG drawn on the server, without scripts and without anything from outside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pygal
from pygal.style import Style
from starlette.responses import Response

from domain.projection import Step

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
