"""What the dashboard and the alarms ask Prometheus for, read by a parser of its language."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import promql_parser
import yaml

FOLDER = Path(__file__).parents[1] / "docs" / "monitoring"


def alarms() -> list[dict[str, Any]]:
    """The alarms."""
    groups = yaml.safe_load((FOLDER / "alerts.yaml").read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    """The panels of the dashboard that ask for something."""
    dashboard = json.loads((FOLDER / "dashboard.json").read_text("utf-8"))
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def questions() -> list[str]:
    """Every expression of both, as Prometheus gets it."""
    drawn = [target["expr"] for panel in panels() for target in panel["targets"]]
    return [rule["expr"] for rule in alarms()] + [expr.replace("$__rate_interval", "5m") for expr in drawn]


def names_in(expression: str) -> set[str]:
    """The metrics that an expression reads; ValueError when it is none."""
    names: set[str] = set()

    def visit(node: Any) -> None:
        selector = getattr(node, "vector_selector", node)
        if isinstance(selector, promql_parser.VectorSelector):
            names.add(str(selector.name))

    promql_parser.walk(promql_parser.parse(expression), visit)
    return names


def asked() -> set[str]:
    """Every metric that the dashboard or an alarm reads; `up` is Prometheus's own."""
    return set().union(*map(names_in, questions())) - {"up"}
