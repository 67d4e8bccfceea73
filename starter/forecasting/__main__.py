"""`python -m starter.forecasting`: the forecasts of this week, unless somebody else makes them or has made them."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime

import structlog

from db import engine
from db.engine import settled
from db.queries import forecast
from domain.forecast import monday
from starter import logs
from starter.exit import finish
from starter.forecasting.making import make
from starter.settings import own_settings

log = structlog.get_logger()


async def make_once(dsn: str, now: datetime) -> None:
    """Claim the week and make its forecasts; whoever dies over them leaves the week to the next after a while."""
    engine.configure(dsn, pool_size=1)
    try:
        if await settled(lambda tx: forecast.claim(tx, monday(now.date()), now)):
            made = await make(now)
            log.info("forecasts_made", products=made.products, with_model=made.with_model, **made.methods)
    finally:
        await engine.close()


if __name__ == "__main__":
    os.nice(10)
    own = own_settings()
    logs.configure("forecast", own)
    assert own.database_url is not None
    asyncio.run(make_once(own.database_url, datetime.now(UTC)))
    finish(0)
