"""The engine's worker as this process runs it: which steps it takes, and under which version of the program."""

from __future__ import annotations

import asyncio
import signal
from datetime import timedelta

import structlog
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.service import RPCError
from temporalio.worker import Worker, WorkerDeploymentConfig

from starter.deploying import routing
from starter.ending import ended
from starter.plugin import PLUGIN
from starter.settings import Settings

log = structlog.get_logger()

GRACE = timedelta(seconds=20)
STICKY = timedelta(seconds=5)


def make_worker(client: Client, settings: Settings) -> Worker:
    """A worker for everything that the engine may run."""
    return Worker(
        client,
        task_queue=settings.task_queue,
        plugins=[PLUGIN],
        graceful_shutdown_timeout=GRACE,
        # A sleeping order is woken in days, and what is not in memory then is replayed from its history in some
        # milliseconds; each workflow that is kept costs about 0.13 MB (benchmarks/sleeping.py).
        max_cached_workflows=settings.cached_workflows,
        # So long a dead worker's workflows wait for it before any other worker gets them.
        sticky_queue_schedule_to_start_timeout=STICKY,
        deployment_config=_version(settings),
    )


def _version(settings: Settings) -> WorkerDeploymentConfig | None:
    """Which build this is; without a build id the engine gives work to any worker, as on one machine.

    Every workflow goes on with the build that is current (AUTO_UPGRADE): orders, supply orders and cases live for
    weeks, and a build that each of them stayed with would have to be kept running for as long. See decision 0009.
    """
    if settings.build_id is None:
        return None
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(settings.deployment, settings.build_id),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )


async def say_what_comes(client: Client, settings: Settings) -> None:
    """Log that the worker serves; and, when no work will come to its build, what must be done first."""
    log.info("worker_ready", task_queue=settings.task_queue, build_id=settings.build_id)
    if settings.build_id is None:
        return
    try:
        seen = await routing(client, settings.deployment)
    except RPCError as silence:
        log.warning("deployment_not_known", error=str(silence))
        return
    if settings.build_id not in (seen.current, seen.ramping):
        remedy = f"orderkeep deploy current --build-id {settings.build_id}"
        log.warning("build_receives_nothing_yet", current=seen.current, what_to_do=remedy)


async def until_stopped(*parts: asyncio.Task[None]) -> bool:
    """Wait for SIGTERM or Ctrl-C: True; or for a part that ended by itself, which is a fault: False."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    asked = asyncio.create_task(stop.wait())
    await asyncio.wait([*parts, asked], return_when=asyncio.FIRST_COMPLETED)
    await ended(*parts)
    return asked.done()
