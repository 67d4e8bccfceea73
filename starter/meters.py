"""What the worker counts of its own beside the SDK's metrics, on the same port; nothing without a port."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from temporalio.common import MetricCounter, MetricHistogramFloat, MetricMeter

from gateways.carriers import watch
from starter.build import RELEASE

CALL_SECONDS = "orderkeep_carrier_call_seconds"
BUCKETS = {CALL_SECONDS: (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)}


class _Meters:
    messages: MetricCounter = MetricMeter.noop.create_counter("messages")
    letters: MetricCounter = MetricMeter.noop.create_counter("letters")
    calls: MetricHistogramFloat = MetricMeter.noop.create_histogram_float("calls")


def begin(meter: MetricMeter) -> None:
    """Count from here on; called once, with the meter of the worker's runtime."""
    _Meters.messages = meter.create_counter("orderkeep_relay_messages_total", "Messages handed to Temporal by outcome")
    _Meters.letters = meter.create_counter("orderkeep_relay_letters_total", "Letters handed to the post by outcome")
    _Meters.calls = meter.create_histogram_float(CALL_SECONDS, "Calls to the carrier by operation and outcome")
    build = meter.create_gauge("orderkeep_worker_build_info", "1 for the release at work")
    build.set(1, {"release": RELEASE})
    watch.calls(_call)


def handed(outcome: str) -> None:
    """A message was handed to Temporal: started, signalled, restarted, ended; or it was not: failed."""
    _Meters.messages.add(1, {"outcome": outcome})


def posted(outcome: str) -> None:
    """A letter was handed to the post: sent, unavailable, refused."""
    _Meters.letters.add(1, {"outcome": outcome})


@contextmanager
def _call(carrier: str, operation: str) -> Iterator[dict[str, str]]:
    began, outcome = time.perf_counter(), "answered"
    try:
        yield {}
    except Exception as error:
        outcome = type(error).__name__
        raise
    finally:
        about = {"carrier": carrier, "operation": operation, "outcome": outcome}
        _Meters.calls.record(time.perf_counter() - began, about)
