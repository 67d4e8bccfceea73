"""Traces of what happens, from the request to the last statement; off unless the environment says where they go.

The names are OpenTelemetry's own: OTEL_EXPORTER_OTLP_ENDPOINT (or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) turns them on,
OTEL_TRACES_EXPORTER=none and OTEL_SDK_DISABLED=true turn them off again. While off, nothing of it is imported.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from typing import Any

_recording: list[Any] = []


def wanted(environ: Mapping[str, str]) -> bool:
    """Whether the environment says where traces go."""
    if environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    named = any(environ.get(f"OTEL_EXPORTER_OTLP_{name}") for name in ("ENDPOINT", "TRACES_ENDPOINT"))
    return named and environ.get("OTEL_TRACES_EXPORTER", "otlp").lower() in ("", "otlp")


def configure(process: str) -> None:
    """Record the traces of this process (`api`, `worker`) if the environment wants them; once, at its start."""
    if wanted(os.environ):
        recorder = import_module("starter.tracing.recorder")
        recorder.begin(process)
        _recording[:] = [recorder]


def interceptors() -> list[Any]:
    """What a client of the engine, and the worker made of it, needs for the trace to go through the engine."""
    return [recorder.interceptor() for recorder in _recording]


def continuing(trace: str | None) -> AbstractContextManager[object]:
    """The block belongs to the trace that a message carries."""
    if trace is None or not _recording:
        return nullcontext()
    block: AbstractContextManager[object] = _recording[0].continuing(trace)
    return block
