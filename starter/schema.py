"""The first question of every process that works on the database: whether its release and the schema fit."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from db import engine
from db.schema import Fit, least, newest, standing

log = structlog.get_logger()

LOOK_AGAIN_SECONDS = 1.0
MIGRATE = "run python -m db.migrate"


async def fits(dsn: str) -> bool:
    """True once the database has what this release needs; it is waited for, since a migration may be on its way.

    What the release can do without for the length of a deploy is not waited for. False when a later release has taken
    away what this one needs. A database that does not answer is not waited for here: whoever needs it says so.
    """
    engine.configure(dsn, 1)
    try:
        revision, fit = await _once_there_is_enough()
    except (SQLAlchemyError, OSError) as silence:
        log.warning("schema_not_known", error=str(silence).splitlines()[0])
        return True
    finally:
        await engine.close()
    if fit is Fit.OLDER:
        log.warning("schema_is_old", at=revision, release=newest(), what_to_do=MIGRATE)
    if fit is Fit.PAST:
        log.error("schema_is_newer", at=revision, release=newest(), what_to_do="start the release that is deployed")
    return fit is not Fit.PAST


async def _once_there_is_enough() -> tuple[str | None, Fit]:
    told = False
    while True:
        async with engine.transaction() as tx:
            revision, fit = await standing(tx)
        if fit is not Fit.BEHIND:
            return revision, fit
        if not told:
            log.warning("schema_is_awaited", at=revision, needed=least(), what_to_do=MIGRATE)
            told = True
        await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def seen() -> tuple[bool, list[str]]:
    """Whether the database answers, and what is to be said of its schema while it is not that of this release."""
    try:
        async with engine.transaction() as tx:
            revision, _ = await standing(tx)
    except (SQLAlchemyError, OSError, RuntimeError):
        return False, []
    at, own = revision or "", newest()
    if at < own:
        return True, [f"The schema is older than this release: {at or 'none'}, not {own}. Run python -m db.migrate."]
    if at > own:
        return True, [f"The schema is newer than this release: {at}, not {own}. Finish the deployment."]
    return True, []


async def lacks_something() -> bool:
    """Whether the schema is older than this release: what needs the rest cannot be done just now."""
    try:
        async with engine.transaction() as tx:
            return (await standing(tx))[1] in (Fit.OLDER, Fit.BEHIND)
    except (SQLAlchemyError, OSError, RuntimeError):
        return False
