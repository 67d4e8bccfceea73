"""What may leave the house: ids, states and statements, by a list; whatever else a library puts on a span stays here.

FastAPI writes the address with its query (which may hold a name that somebody searched for), the engine's client the
message of an exception (which may hold a row of the database). So attributes are chosen and not forbidden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Link, Status
from opentelemetry.util.types import AttributeValue

ALLOWED = frozenset(
    {
        "carrier.name",
        "carrier.operation",
        "db.query.text",
        "db.system.name",
        "error.type",
        "exception.type",
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "temporalActivityID",
        "temporalRunID",
        "temporalWorkflowID",
    }
)


class Discreet(SpanExporter):
    """Hands on spans with what is allowed of them."""

    def __init__(self, away: SpanExporter) -> None:
        self._away = away

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send what is allowed."""
        return self._away.export([discreet(span) for span in spans])

    def shutdown(self) -> None:
        """The process ends."""
        self._away.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Send what waits."""
        return self._away.force_flush(timeout_millis)


def discreet(span: ReadableSpan) -> ReadableSpan:
    """The span without what is not allowed: attributes, texts of exceptions, the description of its status."""
    events = [Event(event.name, _allowed(event.attributes), event.timestamp) for event in span.events]
    return ReadableSpan(
        name=span.name,
        context=span.get_span_context(),
        parent=span.parent,
        resource=span.resource,
        attributes=_allowed(span.attributes),
        events=events,
        links=[Link(link.context) for link in span.links],
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _allowed(attributes: Mapping[str, AttributeValue] | None) -> dict[str, AttributeValue]:
    return {name: value for name, value in (attributes or {}).items() if name in ALLOWED}
