"""A real OTLP receiver: takes batches of spans over HTTP as a collector does, and keeps them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Seen:
    """A span as it arrived."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    links: tuple[str, ...]
    attributes: dict[str, str]


@dataclass
class Receiver:
    """What has arrived so far."""

    url: str = ""
    spans: list[Seen] = field(default_factory=list)

    def named(self, name: str, **attributes: str) -> list[Seen]:
        """Spans of that name with these attributes."""
        return [span for span in self.spans if span.name == name and attributes.items() <= span.attributes.items()]

    def parent(self, span: Seen) -> Seen | None:
        """The span above it, if it has arrived."""
        return next((one for one in self.spans if one.id == span.parent), None)

    def line(self, span: Seen) -> list[str]:
        """The names from the root of its trace down to the span."""
        names = [span.name]
        while (above := self.parent(span)) is not None:
            span = above
            names.append(span.name)
        return names[::-1]


def _value(value: Any) -> str:
    return str(getattr(value, value.WhichOneof("value")))


def _spans(request: ExportTraceServiceRequest) -> Iterator[Seen]:
    for resource in request.resource_spans:
        service = {one.key: _value(one.value) for one in resource.resource.attributes}["service.name"]
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield Seen(
                    service,
                    span.name,
                    span.trace_id.hex(),
                    span.span_id.hex(),
                    span.parent_span_id.hex(),
                    tuple(link.trace_id.hex() for link in span.links),
                    {one.key: _value(one.value) for one in span.attributes},
                )


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver at work while the block runs."""
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                import gzip

                body = gzip.decompress(body)
            kept.spans += _spans(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
