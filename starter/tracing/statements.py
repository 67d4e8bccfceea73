"""A span for each statement that belongs to a trace: its text with placeholders, never the values bound to them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode
from sqlalchemy import CursorResult, Executable, TextClause
from sqlalchemy.exc import DBAPIError

from db.connection import Connection

LONGEST, NAME = 2000, 60


class Recorded(Connection):
    """A connection that records what is asked and committed inside of a trace.

    What belongs to none is not recorded: the relay looks for work day and night.
    """

    async def execute(
        self, statement: Executable, parameters: Any = None, *, execution_options: Any = None
    ) -> CursorResult[Any]:
        """Run the statement, and note how long it took and whether it failed."""
        with _span(statement):
            return await super().execute(statement, parameters, execution_options=execution_options)

    async def commit(self) -> None:
        """Commit, likewise."""
        with _span("COMMIT"):
            await super().commit()


@contextmanager
def _span(statement: Executable | str) -> Iterator[None]:
    if not trace.get_current_span().is_recording():
        yield
        return
    written = statement.text if isinstance(statement, TextClause) else str(statement)
    said = " ".join(written.split())
    attributes = {"db.system.name": "postgresql", "db.query.text": said[:LONGEST]}
    span = trace.get_tracer("orderkeep.database").start_span(said[:NAME], kind=SpanKind.CLIENT, attributes=attributes)
    try:
        yield
    except DBAPIError as error:
        span.set_attribute("error.type", str(getattr(error.orig, "sqlstate", None)))
        span.set_status(StatusCode.ERROR)
        raise
    finally:
        span.end()
