"""Reading one document by its number."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from domain.errors import NotFound, told
from starter.api.answers import in_database, json_response

View = Callable[[AsyncConnection, str], Awaitable[dict[str, Any] | None]]


def found(document: dict[str, Any] | None, kind: str, number: str) -> dict[str, Any]:
    """The document, or NotFound naming what was looked for."""
    if document is None:
        plural = "supply-orders" if kind == "supply order" else f"{kind}s"
        raise NotFound(
            told(
                "There is no {kind} {number}. Check the number; GET /v1/{plural} lists what there is.",
                kind=told(kind),
                number=repr(number),
                plural=plural,
            )
        )
    return document


async def shown(view: View, kind: str, number: str) -> Response:
    """The document with this number as an answer."""

    async def look(tx: AsyncConnection) -> Response:
        return json_response(found(await view(tx, number), kind, number))

    return await in_database(look)
