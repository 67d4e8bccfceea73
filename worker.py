"""The worker process: everything is put together here, and only here. Imported by nothing."""

from __future__ import annotations

import asyncio
import signal
from datetime import UTC, datetime, timedelta

import structlog
import uvloop
from temporalio.worker import Worker

from db import engine
from db.queries.policies import put_in_force
from domain.policy import Policy
from gateways.carriers import registry as carriers
from gateways.notices import registry as notices
from starter import logs
from starter.engine import connect, metrics_runtime
from starter.exit import finish
from starter.plugin import PLUGIN
from starter.relay.bell import Doorbell
from starter.relay.engine import EngineRelay
from starter.relay.letters import LetterRelay
from starter.settings import Settings

log = structlog.get_logger()
GRACE = timedelta(seconds=20)


async def open_house(settings: Settings, dsn: str) -> None:
    """The pool, the policy in force, the carrier and the post."""
    engine.configure(dsn, settings.pool_size)
    policy = Policy(day_seconds=settings.policy_day, default_credit_limit=settings.default_credit_limit)
    async with engine.transaction() as tx:
        await put_in_force(tx, policy, datetime.now(UTC))
    if settings.carrier_url is not None:
        key = settings.carrier_key.get_secret_value() if settings.carrier_key else ""
        carriers.configure(settings.carrier_url, key)
    smtp = settings.smtp_url.get_secret_value() if settings.smtp_url else None
    notices.configure(settings.mailbox, settings.mail_from, smtp)


async def until_stopped(*parts: asyncio.Task[None]) -> bool:
    """Wait for SIGTERM or Ctrl-C: True; or for a part that ended by itself, which is a fault: False."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    asked = asyncio.create_task(stop.wait())
    await asyncio.wait([*parts, asked], return_when=asyncio.FIRST_COMPLETED)
    for part in parts:
        part.cancel()
    await asyncio.gather(*parts, return_exceptions=True)
    return asked.done()


async def serve(settings: Settings) -> int:
    """Run steps, relay messages and letters until asked to stop."""
    dsn = settings.database_url
    if dsn is None:
        log.error("no_database", what_to_do="set ORDERKEEP_DATABASE_URL, or use `orderkeep up`")
        return 2
    await open_house(settings, dsn)
    client = await connect(metrics_runtime(settings.metrics_port, settings.host))
    bell = Doorbell(dsn, "engine_outbox", "notice")
    async with Worker(client, task_queue=settings.task_queue, plugins=[PLUGIN], graceful_shutdown_timeout=GRACE):
        log.info("worker_ready", task_queue=settings.task_queue)
        relays = (bell.run(), EngineRelay(client, settings.task_queue, bell).run(), LetterRelay(bell).run())
        asked = await until_stopped(*map(asyncio.create_task, relays))
    await carriers.close()
    await engine.close()
    log.info("worker_stopped", asked=asked)
    return 0 if asked else 1


if __name__ == "__main__":
    own = Settings()
    logs.configure("worker", own)
    finish(uvloop.run(serve(own)))
