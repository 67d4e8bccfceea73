"""What a list is: its columns, cells and filters; and the same in an address: what was chosen, and the next page."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request

LONGEST = 200


class Query(Protocol):
    """A list as the database offers it."""

    def __call__(
        self, tx: AsyncConnection, *, limit: int, after: str | None, filters: dict[str, str]
    ) -> Awaitable[tuple[Sequence[Any], str | None]]:
        """The rows of one page, and the cursor of the next."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, the field of the row, how it is written, and where it leads.

    `kind` is text, state, word, amount, quantity, day or moment; `leads_to` names the collection, and `by` the field
    with the number there when it is not this one.
    """

    heading: str
    field: str
    kind: str = "text"
    leads_to: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter with known values."""

    name: str
    heading: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class List:
    """One list: where it is, what it is called, its rows, columns and filters, and what may be made there."""

    path: str
    title: str
    query: Query
    columns: tuple[Column, ...]
    choices: tuple[Choice, ...] = ()
    search: str = ""
    more: tuple[str, ...] = ()
    """Filters that have no field on the page; links from other pages use them."""
    new: tuple[str, str, str] | None = None
    """Operation, address and words of the button that makes a new one."""
    beside: tuple[str, str] | None = None
    """Address and words of the page that belongs to the list and stands in no menu."""

    @property
    def filters(self) -> tuple[str, ...]:
        """Every filter that the address may hold."""
        return (*(("q",) if self.search else ()), *(choice.name for choice in self.choices), *self.more)


def value_of(row: Any, path: str) -> Any:
    """A field of a row; `account.exposure` is a field of a field."""
    for name in path.split("."):
        row = row[name]
    return row


def address_of(row: Any, column: Column) -> str | None:
    """Where a cell leads; None when it leads nowhere."""
    number = value_of(row, column.by or column.field) if column.leads_to else None
    return f"/{column.leads_to}/{quote(str(number), safe='/')}" if number else None


def filters_of(request: Request, known: Sequence[str]) -> tuple[dict[str, str], str | None]:
    """The filters of the address that the list knows and that are not empty, and the cursor of the page."""
    given = {name: " ".join(request.query_params.get(name, "").split())[:LONGEST] for name in known}
    chosen = {name: value for name, value in given.items() if value and value.isprintable()}
    after = request.query_params.get("after", "")
    return chosen, after if after.isprintable() and after else None


def link(path: str, values: Mapping[str, str | None]) -> str:
    """An address with its filters; what is None is left out."""
    query = urlencode({name: value for name, value in values.items() if value is not None})
    return f"{path}?{query}" if query else path
