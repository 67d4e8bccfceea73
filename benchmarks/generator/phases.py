"""The pattern, lived on the database in phases, and read back phase by phase as moulds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import Integer, Table

from benchmarks.generator import lives, open_lives
from benchmarks.generator.moulds import Cells, Columns, Mould, Shift, Spans, mould, words
from db import engine
from db.queries import policies
from db.tables import METADATA
from domain.policy import Policy
from tests.builders import NOW

DAY = timedelta(days=1)
SENT = (
    "UPDATE engine_outbox SET sent_at = created_at, attempts = 1, outcome = 'handed over' WHERE sent_at IS NULL",
    "UPDATE notice SET sent_at = created_at, attempts = 1 WHERE sent_at IS NULL",
)
"""Stored orders wait for nobody: a relay that looks at this database finds nothing to hand over."""


@dataclass(slots=True)
class Phase:
    """A part of the pattern: its rows as moulds, the numbers that it uses, and when its first copy and last begin."""

    moulds: dict[str, Mould]
    spans: Spans
    orders: int
    began: timedelta
    ended: timedelta
    copies: int = 0
    before: dict[str, int] = field(default_factory=dict)
    """How many numbers of each word the phases before take, all their copies together."""

    def shift(self, copy: int, now: datetime, masters: Phase) -> Shift:
        """What the copy-th copy adds."""
        numbers = {
            word: self.before.get(word, 0) + copy * self.spans.count(word) + 1 - self.spans.first(word)
            for word in self.spans.found
        }
        if self is not masters:
            for word, lot in (("CU", copy), ("SKU", copy * 31 + copy // 7), ("SUP", copy * 31 + copy // 7)):
                numbers[word] = lot % masters.copies * masters.spans.count(word)
        part = self.began + (self.ended - self.began) * (copy / max(1, self.copies))
        return Shift(numbers, now + part - NOW)


def columns_of(table: Table) -> Columns:
    """What is written of a table: all but what PostgreSQL computes itself."""
    written = [column for column in table.columns if column.computed is None]
    names = tuple(column.name for column in written)
    serial = {}
    for column in written:
        target = next(iter(column.foreign_keys)).column if column.foreign_keys else column
        if target.primary_key and isinstance(target.type, Integer) and len(target.table.primary_key.columns) == 1:
            serial[column.name] = target.table.name
    key = tuple(names.index(column.name) for column in table.primary_key.columns)
    return Columns(table.name, names, serial, key)


TABLES = {table.name: columns_of(table) for table in METADATA.sorted_tables}


def _rows(connection: psycopg.Connection[Any], columns: Columns) -> Iterator[Cells]:
    order = ", ".join(columns.names[place] for place in columns.key)
    query = f"COPY (SELECT {', '.join(columns.names)} FROM {columns.table} ORDER BY {order}) TO STDOUT"
    with connection.cursor().copy(query.encode()) as copy:
        text = b"".join(bytes(block) for block in copy).decode()
    return (tuple(line.split("\t")) for line in text.splitlines())


class Reader:
    """Reads what has come since it read last."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._known: dict[str, set[Cells]] = {name: set() for name in TABLES}

    def read(self) -> dict[str, list[Cells]]:
        """The new rows of each table that has any."""
        new: dict[str, list[Cells]] = {}
        with psycopg.connect(self._database, autocommit=True, options="-c timezone=UTC") as connection:
            for statement in SENT:
                connection.execute(statement.encode())
            for name, columns in TABLES.items():
                for row in _rows(connection, columns):
                    key = tuple(row[place] for place in columns.key)
                    if key not in self._known[name]:
                        self._known[name].add(key)
                        new.setdefault(name, []).append(row)
        return new


def _phase(new: dict[str, list[Cells]], masters: Spans, orders: int, days: tuple[float, float]) -> Phase:
    spans = Spans()
    for name, rows in new.items():
        for word, number in words(rows):
            if masters is spans or not masters.has(word, number):
                spans.see(word, number)
        columns = TABLES[name]
        for column, table in columns.serial.items():
            if table == name:
                place = columns.names.index(column)
                for row in rows:
                    spans.see(name, int(row[place]))
    moulds = {name: mould(TABLES[name], rows, spans, masters) for name, rows in new.items()}
    return Phase(moulds, spans, orders, days[0] * DAY, days[1] * DAY)


Part = tuple[Callable[[], Awaitable[int]], tuple[float, float]]
HISTORY: tuple[Part, ...] = (
    (lives.usual, (-780, -40)),
    (lives.rare, (-780, -150)),
    (open_lives.present, (-40, -39)),
    (open_lives.oddities, (-60, -50)),
)
ASLEEP: tuple[Part, ...] = ((open_lives.sleepers, (-0.1, -0.05)),)


async def pattern(database: str, parts: tuple[Part, ...] = HISTORY) -> list[Phase]:
    """Live the pattern; days are those before now at which a phase's first copy begins, and its last."""
    engine.configure(database, pool_size=2)
    try:
        async with engine.transaction() as tx:
            await policies.put_in_force(tx, Policy(), NOW)
        reader = Reader(database)
        reader.read()
        await lives.company()
        masters = _phase(reader.read(), Spans(), 0, (-800, -790))
        phases = [masters]
        for live, days in parts:
            orders = await live()
            phases.append(_phase(reader.read(), masters.spans, orders, days))
        return phases
    finally:
        await engine.close()
