"""What every report is: rows per group and currency by one statement, totals by the same, and the orders behind each.

The orders behind a row are found by the very conditions of the row, so that they can never be others, and what each of
them adds to the row by the very sums. Numbers are told apart by their bytes (COLLATE "C"), which sorts them faster than
the order of a language.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.engine import PLAN_FOR_VALUES
from db.queries import shown
from db.queries.keyset import Listing
from db.queries.views_order import ORDERS
from domain.reports.asked import Asked
from domain.reports.columns import Column, Kind
from domain.reports.figures import Row

SORTING = text("SET LOCAL work_mem = '64MB'")
"""A report sorts more at once than anything else; until the commit."""
ALL = "all"
"""The grouping that puts everything into one row per currency."""
FILTERS = ("customer", "sku", "currency", "warehouse")
CODES = frozenset(("stage", "state", "channel", "reason", "owner_role", "priority", "kind"))
"""The groupings whose groups are codes of ours; the groups of others are days and names."""
_NO_GROUP = "CAST(NULL AS text)"
_AMOUNTS = ("net", "tax", "total", "payable", "billed", "received")
_VALUES = ("start", "end", "first", "last", "today", "now", "days", *FILTERS)


def month(moment: str) -> str:
    """SQL: the month of an instant, in UTC."""
    return f"to_char({moment}, 'YYYY-MM')"


def week(moment: str) -> str:
    """SQL: the ISO week of an instant, in UTC."""
    return f"""to_char({moment}, 'IYYY-"W"IW')"""


async def _nothing_more(tx: AsyncConnection, asked: Asked) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Report:
    """A report by its registration: what it says of itself, and the parts of its statement.

    `tables` is what follows FROM, `by` names each grouping and its SQL, `figures` are the sums that the rules of the
    columns work on. A report without `period` is about this moment.
    """

    name: str
    title: str
    definition: str
    columns: tuple[Column, ...]
    tables: str
    where: str
    figures: str
    by: Mapping[str, str]
    order: str = "o.number"
    currency: str | None = "o.currency"
    filters: Mapping[str, str] = field(default_factory=dict)
    """Each filter and its SQL; without SQL the tables heed it themselves."""
    period: bool = True
    whole: bool = True
    """Whether figures over everything mean something."""
    usual: str = ""
    """The grouping when none is asked for; the first when none is named."""
    of_group: Mapping[str, str] = field(default_factory=dict)
    """Other tables for some groupings."""
    orders_from: str = ""
    """Where the orders behind a row stand, when its figures are not made of orders."""
    orders_figures: str = ""
    """The sums of these orders."""
    of_orders: tuple[Column, ...] = ()
    """The columns of these orders."""
    picture: str = ""
    """The column that is drawn; the first that is neither text nor count when none is named."""
    sorting: str = "2 NULLS FIRST, 1"
    more: Callable[[AsyncConnection, Asked], Awaitable[dict[str, Any]]] = _nothing_more
    """Further values of the statement that must be asked for first."""
    more_names: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    """What people call the groups that are codes."""
    arranged: Callable[[list[Row], Asked], list[Row]] | None = None
    """What is done with the rows as a whole, such as a ranking."""

    @cached_property
    def statements(self) -> dict[str, TextClause]:
        """The statement of each grouping."""
        groups = {ALL: _NO_GROUP, **self.by} if self.whole else self.by
        return {name: text(self._select(name, group)) for name, group in groups.items()}

    @cached_property
    def behind(self) -> dict[str, Listing]:
        """The orders behind a row, by grouping."""
        return {name: self._behind(name, self.by.get(name, "")) for name in self.statements}

    @cached_property
    def parts(self) -> dict[str, TextClause]:
        """What each of some orders adds to a row, by grouping; without numbers the row itself."""
        return {name: text(self._part(name, self.by.get(name, ""))) for name in self.statements}

    @cached_property
    def narrowed(self) -> dict[tuple[str, str], Listing]:
        """The orders behind a figure: those of the row that add to it, by grouping and column."""
        return {
            (name, column.name): self._behind(name, self.by.get(name, ""), column.name)
            for name in self.statements
            for column in self.columns_of_orders
            if column.adds and column.rule is None
        }

    @property
    def columns_of_orders(self) -> tuple[Column, ...]:
        """The columns that say something of a single order: no shares, no ranks, no averages."""
        return self.of_orders or tuple(each for each in self.columns if each.of_one)

    @property
    def default(self) -> str:
        """The grouping when none is asked for."""
        return self.usual or next(iter(self.by))

    @property
    def drawn(self) -> Column:
        """The column of the picture."""
        drawable = [each for each in self.columns if each.kind not in (Kind.TEXT, Kind.CURRENCY)]
        return next((each for each in drawable if each.name == self.picture), drawable[-1])

    def _select(self, name: str, group: str) -> str:
        summed = self._sums_up(name)
        in_all = f"GROUPING({group}) = 1" if summed else "false"
        groups = "GROUPING SETS ((1, 2), (2))" if summed else "1, 2"
        currency = self.currency or _NO_GROUP
        return f"""SELECT {group} AS "group", {currency} AS currency, {in_all} AS in_all, {self.figures}
FROM {self._tables(name)} WHERE {self._conditions()} GROUP BY {groups} ORDER BY {self.sorting}"""

    def _sums_up(self, name: str) -> bool:
        """Whether the statement of a grouping has the totals too, so that what they are made of is read once."""
        return self.whole and name != ALL and self._tables(name) == self._tables(ALL)

    def _tables(self, by: str) -> str:
        return self.of_group.get(by, self.tables)

    def _conditions(self) -> str:
        heeded = {name: column for name, column in self.filters.items() if column}
        chosen = [f"(CAST(:{name} AS text) IS NULL OR {column} = :{name})" for name, column in heeded.items()]
        return " AND ".join([self.where, *chosen])

    def _chosen(self, group: str) -> str:
        nameless = f"(:group = '' AND {group} IS NULL)"
        return f" AND (CAST(:group AS text) IS NULL OR {group} = :group OR {nameless})" if group else ""

    def _of_the_row(self, name: str, group: str) -> str:
        """What stands behind a row: FROM and WHERE."""
        return f"FROM {self.orders_from or self._tables(name)} WHERE {self._conditions()}{self._chosen(group)}"

    def _behind(self, name: str, group: str, figure: str = "") -> Listing:
        found = f"SELECT {self.order} {self._of_the_row(name, group)}"
        if figure:
            sums = f"SELECT {self.order} AS number, {self.orders_figures or self.figures}"
            found = f"SELECT s.number FROM ({sums} {self._of_the_row(name, group)} GROUP BY 1) s WHERE s.{figure} <> 0"
        given = dict.fromkeys((*_VALUES, *self.more_names), "TRUE")
        return Listing(ORDERS.select, ORDERS.keys, {**given, "group": f"o.number IN ({found})"})

    def _part(self, name: str, group: str) -> str:
        asked = f"CAST(:numbers AS text[]) IS NULL OR {self.order} = ANY(CAST(:numbers AS text[]))"
        return f"""SELECT CASE WHEN CAST(:numbers AS text[]) IS NULL THEN NULL ELSE {self.order} END AS number,
  {self.currency or _NO_GROUP} AS currency, {self.orders_figures or self.figures}
{self._of_the_row(name, group)} AND ({asked}) GROUP BY 1, 2 ORDER BY 1, 2"""

    async def found(self, tx: AsyncConnection, asked: Asked, by: str) -> tuple[list[Row], list[Row]]:
        """The rows of a grouping as their columns show them, and the totals where the statement has them."""
        await tx.execute(PLAN_FOR_VALUES)
        await tx.execute(SORTING)
        values = {**_values(asked), **await self.more(tx, asked)}
        rows: list[Row] = []
        totals: list[Row] = []
        for row in (await tx.execute(self.statements[by], values)).all():
            figures = {**values, **row._mapping}
            made = {column.name: column.figure(figures) for column in self._of_rows()}
            (totals if row.in_all else rows).append(made)
        return rows if by == ALL or self.arranged is None else self.arranged(rows, asked), totals

    def _of_rows(self) -> list[Column]:
        made = ("rank", "share", "cumulative") if self.arranged else ()
        return [each for each in self.columns if each.name not in made]

    async def answer(self, tx: AsyncConnection, asked: Asked) -> tuple[list[Row], list[Row]]:
        """The rows, and the totals: the same figures over everything, one row per currency."""
        rows, totals = await self.found(tx, asked, asked.by)
        if not self.whole or self._sums_up(asked.by):
            return rows, totals
        return rows, rows if asked.by == ALL else (await self.found(tx, asked, ALL))[0]

    async def orders(
        self, tx: AsyncConnection, asked: Asked, group: str | None, *, limit: int, after: str | None, figure: str = ""
    ) -> tuple[list[Row], str | None]:
        """The orders behind a row, newest first, page by page; all for None, those without a group for an empty one.

        With the name of a figure only those that add to it. `figures` of an order is what it adds to each figure.
        """
        listing = self.narrowed[asked.by, figure] if figure else self.behind[asked.by]
        values = {**_values(asked), **await self.more(tx, asked), "group": group}
        found, following = await listing.page(tx, limit, after, values)
        numbers = [row.number for row in found]
        parts = {row.pop("number"): row for row in await self._parts(tx, asked, values, numbers)} if found else {}
        rows = [shown.row(row._mapping, row.currency, amounts=_AMOUNTS) for row in found]
        return [{**row, "figures": parts.get(row["number"])} for row in rows], following

    async def sums(self, tx: AsyncConnection, asked: Asked, group: str | None) -> list[Row]:
        """What all orders behind a row add up to, one row per currency."""
        values = {**_values(asked), **await self.more(tx, asked), "group": group}
        return await self._parts(tx, asked, values, None)

    async def _parts(
        self, tx: AsyncConnection, asked: Asked, values: dict[str, Any], numbers: list[str] | None
    ) -> list[Row]:
        await tx.execute(PLAN_FOR_VALUES)
        await tx.execute(SORTING)
        found = (await tx.execute(self.parts[asked.by], {**values, "numbers": numbers})).all()
        parts = []
        for row in found:
            figures = {**values, **row._mapping}
            made = {column.name: column.figure(figures) for column in self.columns_of_orders}
            parts.append({"number": row.number, "currency": row.currency, **made})
        return parts


def _values(asked: Asked) -> dict[str, Any]:
    own: dict[str, Any] = {"start": asked.start, "end": asked.end, "first": asked.first, "last": asked.last}
    own |= {"today": asked.today, "now": asked.now, "days": asked.days}
    return {**own, **{name: asked.filters.get(name) for name in FILTERS}}
