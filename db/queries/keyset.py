"""Lists page by page: a page goes on after the last row of the page before, so that rows that come in move nothing."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.engine import PLAN_FOR_VALUES
from domain.errors import FieldError, Invalid, Malformed, told
from domain.order_life import LEGAL_MOVES
from domain.shapes import instant

MAX_LIMIT = 500
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Key:
    """A part of the sort key: the column in SQL, its name in the row, and its type (timestamptz, text or bigint)."""

    column: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """A filter whose values are few and known: the value becomes part of the statement.

    So PostgreSQL plans for this very value. One plan for all would look for a rare state where a common one is found.
    """

    column: str
    values: tuple[str, ...]
    """`column` may be a whole condition with %s for the value."""

    def condition(self, name: str, wanted: str) -> str:
        """The condition for a value, in capitals or small letters; Invalid, which names the values, for any other."""
        known = next((value for value in (wanted.upper(), wanted.lower(), wanted) if value in self.values), None)
        if known is None:
            detail = told("one of these is expected: {values}", values=", ".join(self.values))
            first = told("{where}: {detail}.", where=name, detail=detail)
            whole = told("{first} Correct this and send the request again.", first=first)
            raise Invalid(whole, errors=[FieldError("", detail, name)])
        return self.column % f"'{known}'" if "%s" in self.column else f"{self.column} = '{known}'"


def states(column: str, document: str) -> OneOf:
    """A filter by the state of a document; known are the states of its table of moves."""
    moves = LEGAL_MOVES[document]
    return OneOf(column, tuple(dict.fromkeys(map(str, chain(moves, *moves.values())))))


@dataclass(frozen=True, eq=False)
class Listing:
    """A list: what is selected, in which order, and which filters it knows (field name to condition)."""

    select: str
    keys: tuple[Key, ...]
    conditions: Mapping[str, str | OneOf]
    descending: bool = True

    async def page(
        self, tx: AsyncConnection, limit: int, after: str | None, filters: Mapping[str, str]
    ) -> tuple[list[Row[Any]], str | None]:
        """The rows of one page and the cursor of the next; None when there is no more.

        Errors: Malformed for a cursor that no page gave, Invalid for a value that a filter does not know. A filter
        that the list does not know is the caller's fault.
        """
        wanted = max(1, min(limit, MAX_LIMIT))
        values: dict[str, Any] = {**filters, "rows": wanted + 1}
        if after is not None:
            values |= {f"after_{place}": part for place, part in enumerate(self._parts(after))}
        await tx.execute(PLAN_FOR_VALUES)
        found = (await tx.execute(_statement(self, self._chosen(filters), after is not None), values)).all()
        page = list(found[:wanted])
        return page, self._cursor(page[-1]) if len(found) > wanted else None

    def _chosen(self, filters: Mapping[str, str]) -> tuple[str, ...]:
        named = [(name, self.conditions[name], value) for name, value in sorted(filters.items())]
        return tuple(each.condition(name, value) if isinstance(each, OneOf) else each for name, each, value in named)

    def values_of(self, name: str) -> tuple[str, ...]:
        """The values that a filter knows."""
        known = self.conditions[name]
        if not isinstance(known, OneOf):
            raise KeyError(name)
        return known.values

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
def _statement(listing: Listing, chosen: Sequence[str], goes_on: bool) -> TextClause:
    conditions = list(chosen)
    if goes_on:
        columns = ", ".join(key.column for key in listing.keys)
        marks = ", ".join(f"CAST(:after_{place} AS {key.kind})" for place, key in enumerate(listing.keys))
        conditions.append(f"({columns}) {'<' if listing.descending else '>'} ({marks})")
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    way = " DESC" if listing.descending else ""
    order = ", ".join(f"{key.column}{way}" for key in listing.keys)
    return text(f"{listing.select}{where} ORDER BY {order} LIMIT :rows")
