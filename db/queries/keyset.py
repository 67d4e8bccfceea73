"""Lists page by page: a page goes on after the last row of the page before, so that rows that come in move nothing."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import Malformed
from domain.shapes import instant

MAX_LIMIT = 500
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Key:
    """A part of the sort key: the column in SQL, its name in the row, and its type (timestamptz, text or bigint)."""

    column: str
    name: str
    kind: str


@dataclass(frozen=True, eq=False)
class Listing:
    """A list: what is selected, in which order, and which filters it knows (field name to condition)."""

    select: str
    keys: tuple[Key, ...]
    conditions: Mapping[str, str]
    descending: bool = True

    async def page(
        self, tx: AsyncConnection, limit: int, after: str | None, filters: Mapping[str, str]
    ) -> tuple[list[Row[Any]], str | None]:
        """The rows of one page and the cursor of the next; None when there is no more.

        Errors: Malformed for a cursor that no page gave. A filter that the list does not know is the caller's fault.
        """
        wanted = max(1, min(limit, MAX_LIMIT))
        values: dict[str, Any] = {**filters, "rows": wanted + 1}
        if after is not None:
            values |= {f"after_{place}": part for place, part in enumerate(self._parts(after))}
        found = (await tx.execute(_statement(self, tuple(sorted(filters)), after is not None), values)).all()
        page = list(found[:wanted])
        return page, self._cursor(page[-1]) if len(found) > wanted else None

    def _cursor(self, last: Row[Any]) -> str:
        parts = [last._mapping[key.name] for key in self.keys]
        plain = [instant(part) if isinstance(part, datetime) else part for part in parts]
        packed = json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")

    def _parts(self, cursor: str) -> list[Any]:
        try:
            packed = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            parts = json.loads(packed)
            if isinstance(parts, list) and len(parts) == len(self.keys):
                return [_typed(part, key.kind) for part, key in zip(parts, self.keys, strict=True)]
        except (ValueError, binascii.Error, RecursionError):
            pass
        raise Malformed("The cursor in 'after' is not one of ours: pass the 'next' of the page before, unchanged.")


def _typed(part: Any, kind: str) -> Any:
    if kind == "bigint":
        if isinstance(part, int) and not isinstance(part, bool) and abs(part) <= _LARGEST:
            return part
        raise ValueError("a number is expected")
    if not isinstance(part, str) or "\0" in part:
        raise ValueError("a text is expected")
    part.encode()
    if kind == "text":
        return part
    at = datetime.fromisoformat(part)
    if at.tzinfo is None or not 1900 < at.year < 9000:
        raise ValueError("an instant of our time with its zone is expected")
    return at


@cache
def _statement(listing: Listing, filters: Sequence[str], goes_on: bool) -> TextClause:
    conditions = [listing.conditions[name] for name in filters]
    if goes_on:
        columns = ", ".join(key.column for key in listing.keys)
        marks = ", ".join(f"CAST(:after_{place} AS {key.kind})" for place, key in enumerate(listing.keys))
        conditions.append(f"({columns}) {'<' if listing.descending else '>'} ({marks})")
    chosen = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    way = " DESC" if listing.descending else ""
    order = ", ".join(f"{key.column}{way}" for key in listing.keys)
    return text(f"{listing.select}{chosen} ORDER BY {order} LIMIT :rows")
