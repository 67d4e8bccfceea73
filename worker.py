"""The worker process: everything is put together here, and only here. Imported by nothing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import structlog
import uvloop

from db import engine
from db.queries.policies import put_in_force
from gateways.carriers import registry as carriers
from gateways.notices import registry as notices
from starter import logs, memory, schema, tracing
from starter.engine import connect, metrics_runtime
from starter.exit import finish
from starter.forecasting.weekly import forecast_weekly
from starter.relay.bell import Doorbell
from starter.relay.engine import EngineRelay
from starter.relay.forgetting import forget_sent
from starter.relay.letters import LetterRelay
from starter.settings import Settings, own_settings
from starter.working import make_worker, say_what_comes, until_stopped

log = structlog.get_logger()
OPENING_SECONDS = 30.0


async def open_house(settings: Settings, dsn: str) -> None:
    """The pool, the policy in force, the carrier and the post."""
    engine.configure(dsn, settings.pool_size, plan_once=True)
    async with engine.transaction() as tx:
        await put_in_force(tx, settings.policy, datetime.now(UTC))
    if settings.carrier_url is not None:
        key = settings.carrier_key.get_secret_value() if settings.carrier_key else ""
        carriers.configure(settings.carrier_url, key)
    smtp = settings.smtp_url.get_secret_value() if settings.smtp_url else None
    notices.configure(settings.mailbox, settings.mail_from, smtp)


async def serve(settings: Settings) -> int:
    """Run steps, relay messages and letters until asked to stop."""
    dsn = settings.database_url
    if dsn is None:
        log.error("no_database", what_to_do="set ORDERKEEP_DATABASE_URL, or use `orderkeep up`")
        return 2
    if not await schema.fits(dsn):
        return 2
    async with asyncio.timeout(OPENING_SECONDS):
        await open_house(settings, dsn)
    client = await connect(metrics_runtime(settings.metrics_port, settings.host))
    bell = Doorbell(dsn, "engine_outbox", "notice")
    async with make_worker(client, settings):
        await say_what_comes(client, settings)
        relays = (
            bell.run(),
            EngineRelay(client, settings.task_queue, bell).run(),
            LetterRelay(bell, settings.seller).run(),
            forget_sent(),
            forecast_weekly(dsn, settings.forecast_seconds),
        )
        asked = await until_stopped(*map(asyncio.create_task, relays))
    await carriers.close()
    await engine.close()
    log.info("worker_stopped", asked=asked)
    return 0 if asked else 1


if __name__ == "__main__":
    own = own_settings()
    logs.configure("worker", own)
    tracing.configure("worker")
    memory.settle(keeps_workflows=True)
    finish(uvloop.run(serve(own)))
