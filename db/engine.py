"""The one pool of connections to PostgreSQL, and the transaction that every step runs in."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar, cast

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from db.connection import Engine

Answer = TypeVar("Answer")
_TWINS = ("40P01", "40001")
_engines: list[Engine] = []
_caches: list[dict[Any, Any]] = []
_SESSION = "-c timezone=UTC -c jit=off -c idle_in_transaction_session_timeout=10s -c lock_timeout=10s"
"""A client that was lost in the middle of a transaction must not keep its locks, nor queue for them and keep those."""
_PLAN_ONCE = "-c plan_cache_mode=force_generic_plan"
PLAN_FOR_VALUES = text("SET LOCAL plan_cache_mode = auto")
"""Before a statement whose best plan depends on its values, such as a page of a long list; until the commit."""
_SOCKET = {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 20_000}
"""A network that forgot a connection tells nobody; the operating system finds out, within these seconds."""
Cache = TypeVar("Cache", bound=dict[Any, Any])


def forget_with_pool(cache: Cache) -> Cache:
    """Register a cache of immutable rows; it is emptied when the process turns to another database."""
    _caches.append(cache)
    return cache


def address(dsn: str) -> str:
    """The address with the driver that we use: `postgresql://` and `postgres://` become `postgresql+psycopg://`."""
    scheme, _, rest = dsn.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql", "postgresql+psycopg") else dsn


def configure(dsn: str, pool_size: int = 10, *, plan_once: bool = False) -> None:
    """Open the pool of this process; connections are made when first needed and tested before use.

    With `plan_once`, for processes that run for long, each connection plans a statement once, whatever the values:
    planning took more of PostgreSQL's time than the steps themselves. What needs a plan for its very values says so
    with `PLAN_FOR_VALUES`.
    """
    for cache in _caches:
        cache.clear()
    planning = {"options": f"{_SESSION} {_PLAN_ONCE}", "prepare_threshold": 0} if plan_once else {}
    pool = create_async_engine(
        address(dsn),
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,  # an error that is logged shows its statement, not a customer
        pool_timeout=15,
        pool_pre_ping=False,
        pool_recycle=1800,
        # The connection used last has its statements prepared and its caches warm.
        pool_use_lifo=True,
        connect_args={"connect_timeout": 5, "prepare_threshold": 1, "options": _SESSION, **_SOCKET, **planning},
    )
    _engines[:] = [Engine(pool.sync_engine)]


def pool() -> Engine:
    """The pool; RuntimeError when `configure` was not called."""
    if not _engines:
        raise RuntimeError("the database pool is not open: call db.engine.configure(dsn) first")
    return _engines[0]


def connections() -> dict[str, int]:
    """How many connections the pool may have (`limit`), lends at this moment (`lent`) and keeps open (`idle`)."""
    if not _engines:
        return {}
    held = cast("AsyncAdaptedQueuePool", _engines[0].sync_engine.pool)
    return {"limit": held.size(), "lent": held.checkedout(), "idle": held.checkedin()}


async def close() -> None:
    """Close every connection of this process."""
    while _engines:
        await _engines.pop().dispose()


@asynccontextmanager
async def within(patience: float | None) -> AsyncIterator[None]:
    """TimeoutError when the block takes longer; connections opened before are then not used again.

    Where one connection was lost without a word its neighbours usually were too, and each would be waited for in turn.
    """
    try:
        async with asyncio.timeout(patience):
            yield
    except TimeoutError:
        await pool().dispose(close=False)
        raise


@asynccontextmanager
async def transaction() -> AsyncIterator[AsyncConnection]:
    """One transaction: commits at the end of the block, rolls back when the block raises."""
    connection = pool().connect()
    async with connection:
        yield connection
        # An error that passes by here skips this; the pool rolls back whatever is handed back to it unfinished.
        await connection.commit()


@asynccontextmanager
async def autocommit(patience: float | None = None) -> AsyncIterator[AsyncConnection]:
    """A connection on which each statement is a transaction of its own, without the two round trips of one.

    For a single statement, and for reads that need no common moment: a transaction gives them none either. A database
    that has not answered after `patience` seconds is a TimeoutError; whoever runs for ever names them.
    """
    connection = pool().connect()
    async with within(patience), connection:
        await connection.begin_autocommit()
        try:
            yield connection
        finally:
            await connection.end_autocommit()


async def settled(work: Callable[[AsyncConnection], Awaitable[Answer]], attempts: int = 4) -> Answer:
    """Run `work` in a transaction; run it again when it was the victim of a deadlock or its connection was stale.

    Nothing was committed then, so a second run is a first one. A connection that is lost while committing raises: the
    outcome is unknown, and only the caller's key can tell.
    """
    for attempt in range(1, attempts + 1):
        committing = False
        try:
            async with transaction() as tx:
                answer = await work(tx)
                committing = True
            return answer
        except DBAPIError as error:
            victim = getattr(error.orig, "sqlstate", None) in _TWINS
            stale = error.connection_invalidated and not committing
            if attempt == attempts or not (victim or stale):
                raise
            await asyncio.sleep(random.uniform(0.01, 0.05) * attempt)
    raise AssertionError("unreachable")


async def reachable() -> bool:
    """Whether PostgreSQL answers."""
    try:
        async with transaction() as tx:
            await tx.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError, RuntimeError):
        return False
    return True
