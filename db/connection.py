"""A connection whose hand-written statements go to the driver directly.

Between a `text()` statement and the driver SQLAlchemy does much that such a statement never needs: it compiles, types,
adapts and switches stacks, which cost more processor time than PostgreSQL takes for the answer. Everything else stays
SQLAlchemy's: the pool, statements that it composes itself, the rows, and the errors that callers know.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row
from sqlalchemy import CursorResult, Executable, TextClause, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.pool import PoolProxiedConnection

_NUMBERED = postgresql.dialect(paramstyle="numeric_dollar")
_CURSOR = "orderkeep_cursor"
_PREPARED = 1000
"""More than there are statements: each is prepared once per connection and stays prepared."""


class _Sentence:
    """A statement as the driver takes it, with the names of its values in their order and the columns it answers."""

    def __init__(self, statement: TextClause) -> None:
        compiled = statement.compile(dialect=_NUMBERED)
        self.sql = str(compiled).encode()
        self.names: Sequence[str] = compiled.positiontup or ()
        self.columns: SimpleResultMetaData | None = None

    def values(self, given: Mapping[str, Any]) -> list[Any] | None:
        """The values in the order of the statement; None for a statement without any."""
        return [given[name] for name in self.names] if self.names else None


class Answer(IteratorResult[Any]):
    """Rows that have arrived, or only how many rows were written."""

    def __init__(self, columns: SimpleResultMetaData, rows: Iterator[Any], rowcount: int) -> None:
        super().__init__(columns, rows)
        self.rowcount = rowcount


_NO_COLUMNS = SimpleResultMetaData(())


@functools.lru_cache(maxsize=2000)
def _sentence(written: str) -> _Sentence:
    return _Sentence(text(written))


class Connection(AsyncConnection):
    """What `db.engine` hands out."""

    async def execute(
        self, statement: Executable, parameters: Any = None, *, execution_options: Any = None
    ) -> CursorResult[Any]:
        """Run one statement with one set of values; its rows have arrived when this returns."""
        if type(statement) is not TextClause or execution_options or isinstance(parameters, (list, tuple)):
            return await super().execute(statement, parameters, execution_options=execution_options)
        sentence = _sentence(statement.text)
        cursor = self._cursor()
        try:
            await cursor.execute(sentence.sql, sentence.values(parameters or {}))
            if cursor.pgresult is None or cursor.pgresult.nfields == 0:
                return cast("CursorResult[Any]", Answer(_NO_COLUMNS, iter(()), cursor.rowcount))
            rows = await cursor.fetchall()
        except psycopg.Error as error:
            raise await self._failed(error, sentence.sql.decode(), parameters) from error
        columns = sentence.columns
        if columns is None:
            columns = sentence.columns = SimpleResultMetaData([column.name for column in cursor.description or ()])
        return cast("CursorResult[Any]", Answer(columns, iter(rows), len(rows)))

    async def commit(self) -> None:
        """Commit what was done through either way."""
        try:
            await self._driver().commit()
        except psycopg.Error as error:
            raise await self._failed(error, "COMMIT", None) from error
        if self.in_transaction():
            await super().commit()

    async def rollback(self) -> None:
        """Undo what was done through either way."""
        try:
            await self._driver().rollback()
        except psycopg.Error as error:
            raise await self._failed(error, "ROLLBACK", None) from error
        if self.in_transaction():
            await super().rollback()

    async def begin_autocommit(self) -> None:
        """From here on each statement is a transaction of its own."""
        await self._driver().set_autocommit(True)

    async def end_autocommit(self) -> None:
        """Back to transactions; a connection that cannot go back is given up, one that was lost is given up already."""
        if self.invalidated:
            return
        driver = self._driver()
        if driver.pgconn.transaction_status == TransactionStatus.IDLE:
            await driver.set_autocommit(False)
        else:
            await self.invalidate()

    def _driver(self) -> psycopg.AsyncConnection[Any]:
        return self._cursor().connection

    def _held(self) -> PoolProxiedConnection:
        assert self.sync_connection is not None
        return self.sync_connection.connection

    def _cursor(self) -> psycopg.AsyncRawCursor[Any]:
        """The one cursor of the connection: making one costs as much as asking something."""
        held = self._held()
        cursor = held.info.get(_CURSOR)
        if cursor is None:
            driver = cast("psycopg.AsyncConnection[Any]", held.driver_connection)
            driver.prepared_max = _PREPARED
            cursor = held.info[_CURSOR] = psycopg.AsyncRawCursor(driver, row_factory=tuple_row)
        return cast("psycopg.AsyncRawCursor[Any]", cursor)

    async def _failed(self, error: psycopg.Error, sql: str, values: Any) -> BaseException:
        """The error as SQLAlchemy's; with a lost connection all others of the pool are replaced as well."""
        driver = self._driver()
        lost = driver.closed or driver.broken
        if lost:
            pool: Any = self.sync_engine.pool
            pool._invalidate(self._held(), error, _checkin=False)
            await self.invalidate(error)
        return DBAPIError.instance(
            sql,
            values,
            error,
            psycopg.Error,
            hide_parameters=self.sync_engine.hide_parameters,
            connection_invalidated=lost,
            dialect=self.dialect,
        )


class Engine(AsyncEngine):
    """A pool of such connections."""

    _connection_cls: type[Connection] = Connection

    def connect(self) -> Connection:
        """A connection of the pool, for an `async with` block."""
        return cast("Connection", super().connect())


def hand_out(kind: type[Connection]) -> None:
    """From here on connections are of this kind: whoever records statements puts a layer around each."""
    Engine._connection_cls = kind
