"""That the forecasts of each week are made without anybody's doing: the worker has a process make them.

What was made stands in the database, so that it is made once, whoever looks first and whatever was restarted.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from db.engine import autocommit
from db.queries import forecast
from domain.forecast import monday
from starter.forecasting.asking import start
from starter.relay.patience import DATABASE_SECONDS, first_line

log = structlog.get_logger()

LOOKS_EVERY = 600.0


async def forecast_weekly(dsn: str, begins_after: float) -> None:
    """Have the forecasts of each week made soon after it has begun, until cancelled; never with 0 seconds.

    A worker that has just started has better to do, so that it begins a while later.
    """
    await asyncio.sleep(begins_after)
    while begins_after:
        now = datetime.now(UTC)
        try:
            async with autocommit(DATABASE_SECONDS) as tx:
                due = await forecast.due(tx, monday(now.date()), now)
        except (SQLAlchemyError, OSError) as error:
            log.warning("forecast_database_lost", error=first_line(error))
            due = False
        if due:
            await _made(dsn)
        await asyncio.sleep(LOOKS_EVERY)
    await asyncio.Event().wait()  # whoever never does anything must not end either: the worker would


async def _made(dsn: str) -> None:
    process = await start("starter.forecasting", {"ORDERKEEP_DATABASE_URL": dsn})
    try:
        if code := await process.wait():
            log.warning("forecasts_not_made", code=code)
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise
