"""Traces are off unless the environment says where they go, and cost nothing then."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanContext, Status, StatusCode

from db import traces
from gateways.carriers import watch
from gateways.carriers.http_carrier import HttpCarrier
from starter import tracing
from starter.tracing.discreet import discreet
from starter.tracing.recorder import within

ROOT = Path(__file__).parents[3]
THERE = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}


@pytest.mark.parametrize(
    ("environ", "on"),
    [
        ({}, False),
        (THERE, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, True),
        ({**THERE, "OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({**THERE, "OTEL_TRACES_EXPORTER": "none"}, False),
        ({**THERE, "OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, False),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, False),
    ],
)
def test_the_environment_decides(environ: dict[str, str], on: bool):
    assert tracing.wanted(environ) is on


def test_a_process_without_traces_imports_nothing_of_them():
    look = (
        "import sys, worker, starter.api.server\n"
        "from starter import tracing\n"
        "tracing.configure('worker')\n"
        "print([name for name in sys.modules if name.startswith(('opentelemetry.sdk', 'opentelemetry.exporter', "
        "'temporalio.contrib.opentelemetry'))])\n"
    )
    ran = subprocess.run([sys.executable, "-c", look], cwd=ROOT, env={}, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
    assert tracing.interceptors() == []


def test_a_message_carries_the_trace_in_which_it_was_written(monkeypatch: pytest.MonkeyPatch):
    payload = {"number": "SO-000001"}
    monkeypatch.setattr(traces, "_asked", [])
    assert traces.marked(payload) == payload
    traces.ask(lambda: "00-trace")
    stored = traces.marked(payload)
    assert stored == {"number": "SO-000001", traces.MARK: "00-trace"}
    assert traces.unmarked(stored) == (payload, "00-trace")
    traces.ask(lambda: None)
    assert traces.unmarked(traces.marked(payload)) == (payload, None)


def test_only_what_is_allowed_leaves():
    span = ReadableSpan(
        "GET /search",
        SpanContext(1, 2, is_remote=False),
        attributes={"url.query": "q=Harbour", "http.route": "/search"},
        status=Status(StatusCode.ERROR, "DETAIL: Key (email)=(a@b.example)"),
    )
    left = discreet(span)
    assert dict(left.attributes or {}) == {"http.route": "/search"}
    assert (left.status.status_code, left.status.description) == (StatusCode.ERROR, None)
    assert "Harbour" not in left.to_json()


async def test_the_carrier_gets_the_headers_of_who_watches(monkeypatch: pytest.MonkeyPatch):
    @contextmanager
    def block(carrier: str, operation: str) -> Iterator[dict[str, str]]:
        calls.append((carrier, operation))
        yield {"traceparent": "00-here"}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers.append(str(self.headers["traceparent"]))
            self.send_response(404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    calls: list[tuple[str, str]] = []
    headers: list[str] = []
    monkeypatch.setattr(watch, "_blocks", [])
    watch.calls(block)
    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    carrier = HttpCarrier("parcelway", f"http://127.0.0.1:{server.server_address[1]}")
    assert await carrier.find_booking("SH-1") is None
    await carrier.aclose()
    thread.join()
    server.server_close()
    assert calls == [("parcelway", "GET /bookings")]
    assert headers == ["00-here"]


def test_a_collector_that_hangs_keeps_no_process_from_ending():
    hanging = threading.Event()
    within(0.05, hanging.wait)
    assert not hanging.is_set()
    hanging.set()
    done: list[str] = []
    within(60, lambda: done.append("sent"))
    assert done == ["sent"]
