"""How an error looks to those who read it in the engine: its own sentence, the place, and no statement or data.

The engine keeps four kilobytes of a failing step's error and replaces a longer one by a note about its size; so a
statement of SQL with its values, or a chain of causes, would hide what went wrong, and show data that is nobody's.
"""

from __future__ import annotations

import dataclasses

from temporalio.api.failure.v1 import Failure
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DefaultFailureConverter, PayloadConverter

MESSAGE = 500
TRACE = 1000
CAUSES = 1


class LegibleFailures(DefaultFailureConverter):
    """Shortens what the SDK tells of an exception."""

    def to_failure(self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure) -> None:
        """The exception as the engine keeps it."""
        super().to_failure(exception, payload_converter, failure)
        shorten(failure)


def shorten(failure: Failure, causes: int = CAUSES) -> None:
    """Cut, in place: the message before row and statement of an SQL error, the trace, the chain of causes."""
    failure.message = failure.message.partition("\nDETAIL:")[0].partition("\n[SQL:")[0][:MESSAGE]
    failure.stack_trace = failure.stack_trace[-TRACE:]
    if failure.HasField("cause"):
        if causes:
            shorten(failure.cause, causes - 1)
        else:
            failure.ClearField("cause")


CONVERTER = dataclasses.replace(pydantic_data_converter, failure_converter_class=LegibleFailures)
"""How values and errors cross the engine, for every client and worker of ours."""
