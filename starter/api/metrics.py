"""What Prometheus reads of this process: requests by route template, and the state of the business at the scrape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from db import engine
from db.queries.metrics import FIGURES, Figure
from db.schema import newest
from starter.build import RELEASE

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_OWN = {"figures_seconds": Figure("How long it took to ask the database for these figures", "question")}


class Metrics:
    """The counters of one application; labels hold route templates, never paths, so their number stays small."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "orderkeep_http_requests", "Requests answered", ("route", "method", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "orderkeep_http_request_seconds",
            "Time from request to answer",
            ("route", "method"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._database = Gauge("orderkeep_database_up", "1 when the database answered", registry=self.registry)
        self._pool = Gauge("orderkeep_database_connections", "Connections by use", ("use",), registry=self.registry)
        build = Gauge(
            "orderkeep_build_info", "1 for the release at work", ("release", "schema"), registry=self.registry
        )
        build.labels(RELEASE, newest()).set(1)
        self._business: dict[str, Gauge] = {}

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route, method).observe(seconds)

    def text(self, business: Mapping[str, Any] | None) -> bytes:
        """The exposition text; without `business` (the database does not answer) the business gauges are left out."""
        self._database.set(0 if business is None else 1)
        for use, count in engine.connections().items():
            self._pool.labels(use).set(count)
        for gauge in self._business.values():
            gauge.clear()
        for name, value in (business or {}).items():
            self._set(name, value)
        return generate_latest(self.registry)

    def _set(self, name: str, value: Any) -> None:
        figure = (FIGURES | _OWN)[name]
        if name not in self._business:
            labels = (figure.label,) if figure.label else ()
            self._business[name] = Gauge(f"orderkeep_{name}", figure.help, labels, registry=self.registry)
        gauge = self._business[name]
        if not figure.label:
            gauge.set(float(value))
            return
        for part, count in value.items():
            gauge.labels(str(part)).set(float(count))
