"""How every answer is written: one JSON encoder for all documents, and the transaction that it comes from.

Decimals become plain strings ("9.90", never 9.9 and never 1E+3), instants RFC 3339 in UTC, dates YYYY-MM-DD.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from db.engine import settled, within
from domain.shapes import instant

Result = TypeVar("Result")
ANSWER_SECONDS = 20.0
"""A database that takes longer than this counts as one that does not answer."""


def plain(value: Decimal) -> str:
    """A decimal without exponent; minus zero is zero, trailing zeros are kept as they were stored."""
    return format(abs(value) if value.is_zero() else value, "f")


def _written(value: object) -> Any:
    match value:
        case Decimal():
            return plain(value)
        case datetime():
            return instant(value)
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case Mapping():
            return dict(value)
        case frozenset() | set():
            return sorted(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    raise TypeError(f"{type(value).__name__} has no JSON form")


def to_json(document: Any) -> str:
    """The JSON text of a document; a value without a JSON form is a programmer's fault and raises TypeError."""
    return json.dumps(document, default=_written, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def json_response(document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer."""
    return text_response(to_json(document), status, headers)


def text_response(json_text: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """An answer whose JSON text is known already, such as a stored one."""
    return Response(json_text.encode(), status, dict(headers or {}), media_type="application/json")


async def in_database(work: Callable[[AsyncConnection], Awaitable[Result]], patience: float | None = None) -> Result:
    """Run `work` in one transaction; gives up (TimeoutError, answered 503) when the database hangs."""
    async with within(ANSWER_SECONDS if patience is None else patience):
        return await settled(work)
