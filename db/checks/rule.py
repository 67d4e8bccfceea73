"""What one check is made of: its name, what must hold, and the query that finds where it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Rule:
    """An invariant. `sentence` is filled with the columns of each row that `query` returns: every row is a breach."""

    name: str
    invariant: str
    sentence: str
    query: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def breach(self, row: Mapping[str, Any]) -> str:
        """The breach in words, with its ids and figures."""
        return self.sentence.format_map({name: _plain(value) for name, value in row.items()})


def _plain(value: object) -> object:
    """A figure as people write it: 12.5 instead of 12.5000, and a dash for what is not there."""
    if value is None:
        return "–"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
