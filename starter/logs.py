"""Logs as facts: an event's name with its ids and amounts, as JSON lines or for a reader's eyes.

The number of the order at hand is bound once (`bind_order`) and then stands on every line that its task writes.
Logs go to stderr: what a command prints on stdout is its answer.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import structlog

from starter.settings import Settings

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
_JSON: list[Any] = [
    # Without the frames' local variables: an Authorization header or a password is among them.
    structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
    structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
]


def configure(process: str, settings: Settings | None = None, stream: TextIO | None = None) -> None:
    """Set up the logs of this process; lines of libraries (`logging`) take the same shape."""
    settings = settings or Settings()
    stream = stream or sys.stderr
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    renderer = _JSON if settings.log_json else [_console(stream)]
    structlog.configure(
        processors=[*_SHARED, structlog.processors.StackInfoRenderer(), *renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_SHARED, structlog.stdlib.add_logger_name, structlog.stdlib.ExtraAdder()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("httpx2", "httpcore2", "uvicorn.access", "alembic"):
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))
    structlog.contextvars.bind_contextvars(process=process)


def _console(stream: TextIO) -> structlog.dev.ConsoleRenderer:
    """For a reader's eyes; like the JSON lines without the frames' local variables."""
    return structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback)


def to_file(path: Path) -> structlog.typing.FilteringBoundLogger:
    """A log of its own, apart from the process's, as JSON lines appended to `path`."""
    logger: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
        structlog.WriteLogger(path.open("a", encoding="utf-8", buffering=1)),
        processors=[*_SHARED, *_JSON],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )
    return logger


@contextlib.contextmanager
def bind_order(number: str, **more: str) -> Iterator[None]:
    """Put the order's number, and other ids, on every line written inside."""
    with structlog.contextvars.bound_contextvars(order=number, **more):
        yield
