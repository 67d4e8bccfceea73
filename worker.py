"""The worker process: everything is put together here, and only here. Imported by nothing."""

from __future__ import annotations

import asyncio
import signal
from datetime import UTC, datetime, timedelta

import structlog
from temporalio.worker import Worker

from db import engine
from db.queries.policies import put_in_force
from domain.policy import Policy
from gateways.carriers import registry as carriers
from gateways.notices import registry as notices
from starter import logs
from starter.engine import connect, metrics_runtime
from starter.exit import finish
from starter.plugin import ACTIVITIES, WORKFLOWS
from starter.relay.bell import Doorbell
from starter.relay.engine import EngineRelay
from starter.relay.letters import LetterRelay
from starter.settings import Settings

log = structlog.get_logger()
GRACE = timedelta(seconds=20)


async def serve(settings: Settings) -> int:
    """Run steps, relay messages and letters until asked to stop; 1 when a part of it broke."""
    dsn = settings.database_url
    if dsn is None:
        log.error("no_database", what_to_do="set ORDERKEEP_DATABASE_URL, or use `orderkeep up`")
        return 2
    engine.configure(dsn, settings.pool_size)
    async with engine.transaction() as tx:
        policy = Policy(day_seconds=settings.policy_day, default_credit_limit=settings.default_credit_limit)
        await put_in_force(tx, policy, datetime.now(UTC))
    if settings.carrier_url is not None:
        carriers.configure(
            settings.carrier_url, settings.carrier_key.get_secret_value() if settings.carrier_key else ""
        )
    smtp = settings.smtp_url.get_secret_value() if settings.smtp_url else None
    notices.configure(settings.mailbox, settings.mail_from, smtp)
    client = await connect(metrics_runtime(settings.metrics_port, settings.host))
    worker = Worker(
        client,
        task_queue=settings.task_queue,
        workflows=WORKFLOWS,
        activities=ACTIVITIES,
        graceful_shutdown_timeout=GRACE,
        max_cached_workflows=2000,
    )
    bell = Doorbell(dsn, "engine_outbox", "notice")
    parts = [bell.run(), EngineRelay(client, settings.task_queue, bell).run(), LetterRelay(bell).run()]
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with worker:
        log.info("worker_ready", task_queue=settings.task_queue)
        tasks = [asyncio.create_task(part) for part in parts]
        stopping = asyncio.create_task(stop.wait())
        done, _ = await asyncio.wait([*tasks, stopping], return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await carriers.close()
    await engine.close()
    log.info("worker_stopped")
    return 0 if stopping in done else 1


if __name__ == "__main__":
    own = Settings()
    logs.configure("worker", own)
    finish(asyncio.run(serve(own)))
