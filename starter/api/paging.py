"""Lists: how many, from where on, and which: the query parameters that every list understands."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Protocol

from fastapi import Depends, Query
from fastapi.params import Query as QueryParameter
from pydantic import AfterValidator, StringConstraints
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from db.queries.keyset import Listing
from starter.api.answers import in_database, json_response

DEFAULT_LIMIT = 50
MAX_LIMIT = 500


def clean(value: str) -> str:
    """Refuse characters that no code, number or filter contains."""
    if not value.isprintable():
        raise ValueError("control characters such as the null byte are not allowed")
    return value


Filter = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(clean)] | None, Query()
]
"""A filter by field name; absent means no filter."""


def one_of(listing: Listing, name: str) -> QueryParameter:
    """A filter whose values the list knows: the contract names them, and the list refuses any other."""
    described: QueryParameter = Query(json_schema_extra={"enum": list(listing.values_of(name))})
    return described


Search = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(clean)]
    | None,
    Query(description="what a person would type into a search field"),
]
"""A search over a list; absent means all of it."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is asked for; `after` is the `next` of the page before."""

    limit: int
    after: str | None


def _page(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="how many, at most 500")] = DEFAULT_LIMIT,
    after: Annotated[
        str | None, Query(max_length=500, description="the `next` of the page before"), AfterValidator(clean)
    ] = None,
) -> Page:
    return Page(limit, after)


PageQuery = Annotated[Page, Depends(_page)]


class ListQuery(Protocol):
    """A list as the database offers it, newest first."""

    def __call__(
        self, tx: AsyncConnection, *, limit: int, after: str | None, filters: dict[str, str]
    ) -> Awaitable[tuple[Sequence[Any], str | None]]:
        """The items of one page and the cursor of the next."""


async def listed(query: ListQuery, page: Page, **filters: str | None) -> Response:
    """One page of a list as {items, next}."""
    given = {name: value for name, value in filters.items() if value is not None}

    async def look(tx: AsyncConnection) -> Response:
        items, following = await query(tx, limit=page.limit, after=page.after, filters=given)
        return json_response({"items": items, "next": following})

    return await in_database(look)
