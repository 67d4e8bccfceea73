"""The first question of every process that works on the database: whether its release and the schema fit."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from db import engine
from db.schema import Fit, needed, standing

log = structlog.get_logger()

LOOK_AGAIN_SECONDS = 1.0


async def fits(dsn: str) -> bool:
    """True once the database has what this release needs; it is waited for, since a migration may be on its way.

    False when a later release has taken it away. A database that does not answer is not waited for here: whoever
    needs it says so.
    """
    engine.configure(dsn, 1)
    try:
        told = False
        while True:
            async with engine.transaction() as tx:
                revision, fit = await standing(tx)
            if fit is not Fit.BEHIND:
                break
            if not told:
                log.warning("schema_is_old", at=revision, needed=needed(), what_to_do="run python -m db.migrate")
                told = True
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
    except (SQLAlchemyError, OSError) as silence:
        log.warning("schema_not_known", error=str(silence).splitlines()[0])
        return True
    finally:
        await engine.close()
    if fit is Fit.PAST:
        log.error("schema_is_newer", at=revision, needed=needed(), what_to_do="start the release that is deployed")
    return fit is Fit.READY
