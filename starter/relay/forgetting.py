"""What was handed to the engine long ago is forgotten; the order's timeline keeps what happened."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from db.engine import autocommit
from db.queries import outbox
from starter.relay.patience import DATABASE_SECONDS, first_line

log = structlog.get_logger()

KEPT_DAYS = 14
"""Long enough to see what a workflow was told when somebody asks why it did what it did."""
BATCH = 2000
LOOKS_EVERY = 600.0


async def forget_sent(days: int = KEPT_DAYS, batch: int = BATCH) -> None:
    """Delete messages that were sent so many days ago, a batch at a time, until cancelled."""
    while True:
        gone = 0
        try:
            async with autocommit(DATABASE_SECONDS) as tx:
                gone = await outbox.forget_sent(tx, days, batch)
        except (SQLAlchemyError, OSError) as error:
            log.warning("forgetting_database_lost", error=first_line(error))
        if gone:
            log.info("messages_forgotten", messages=gone)
        await asyncio.sleep(0 if gone == batch else LOOKS_EVERY)
