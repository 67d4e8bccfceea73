"""Recording: the provider that sends spans away in batches, and the places at which a trace is passed on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from opentelemetry import context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from temporalio.contrib.opentelemetry import TracingInterceptor

from db import traces
from db.connection import hand_out
from gateways.carriers import watch
from starter.build import RELEASE
from starter.exit import before_leaving
from starter.tracing.discreet import Discreet
from starter.tracing.statements import Recorded

_W3C = TraceContextTextMapPropagator()
_HEADER = "traceparent"
LAST_SECONDS = 3.0
"""How long a process that ends waits for a collector to take its last spans."""


def begin(process: str) -> None:
    """From here on this process records; what is left is sent before it leaves."""
    resource = Resource.create({"service.name": f"orderkeep-{process}", "service.version": RELEASE})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(Discreet(OTLPSpanExporter())))
    trace.set_tracer_provider(provider)
    before_leaving(lambda: within(LAST_SECONDS, provider.shutdown))
    traces.ask(current)
    hand_out(Recorded)
    watch.calls(_call)


def within(seconds: float, work: Callable[[], object]) -> None:
    """Do the work, but do not wait for it any longer: the process is about to leave without its threads."""
    doing = threading.Thread(target=work, daemon=True)
    doing.start()
    doing.join(seconds)


def current() -> str | None:
    """The trace at hand as a W3C traceparent; None outside of any."""
    carried: dict[str, str] = {}
    _W3C.inject(carried)
    return carried.get(_HEADER)


def interceptor() -> TracingInterceptor:
    """Puts the trace into the headers of starts, signals and steps; spans of a workflow have no length of their own.

    Not the newer plugin: its span of a workflow is sent when the workflow ends, and ours live for weeks.
    """
    return TracingInterceptor(trace.get_tracer("orderkeep.engine"))


@contextmanager
def continuing(traceparent: str) -> Iterator[None]:
    """The block belongs to the trace of that header."""
    token = context.attach(_W3C.extract({_HEADER: traceparent}))
    try:
        yield
    finally:
        context.detach(token)


@contextmanager
def _call(carrier: str, operation: str) -> Iterator[dict[str, str]]:
    """A call to a carrier: the headers to send along."""
    tracer = trace.get_tracer("orderkeep.carrier")
    attributes = {"carrier.name": carrier, "carrier.operation": operation}
    with tracer.start_as_current_span(
        f"{carrier} {operation}",
        kind=SpanKind.CLIENT,
        attributes=attributes,
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        headers: dict[str, str] = {}
        _W3C.inject(headers)
        try:
            yield headers
        except Exception as error:
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(StatusCode.ERROR)
            raise
