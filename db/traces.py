"""Where a message to the engine came from: the row of the outbox carries the trace in which it was written.

Nobody is asked, and nothing is written, unless the process records traces (starter/tracing).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

MARK = "_traceparent"
_asked: list[Callable[[], str | None]] = []


def ask(current: Callable[[], str | None]) -> None:
    """From here on, messages carry what `current` says: a W3C traceparent, or None outside of any trace."""
    _asked[:] = [current]


def marked(payload: Mapping[str, object]) -> dict[str, object]:
    """The payload with the trace at hand, as it is stored."""
    for current in _asked:
        if (trace := current()) is not None:
            return {**payload, MARK: trace}
    return dict(payload)


def unmarked(payload: Mapping[str, Any]) -> tuple[dict[str, Any], str | None]:
    """A stored payload as the engine gets it, and its trace; also what another process has marked."""
    plain = dict(payload)
    return plain, plain.pop(MARK, None)
