"""The carrier simulator as a process: `python -m gateways.carriers.simulator`."""

from __future__ import annotations

import asyncio
import logging
import os
import sys

import structlog
from pydantic import ValidationError

from gateways.carriers.simulator.running import serve
from gateways.carriers.simulator.settings import SimulatorSettings

log = structlog.get_logger("gateways.carriers.simulator")


def run() -> int:
    """Serve until stopped; 0 after a stop, 1 when it cannot serve, 2 when the settings are wrong."""
    _write_logs(as_json=False)
    try:
        settings = SimulatorSettings()
    except ValidationError as error:
        log.error("simulator.settings_wrong", problems=[str(wrong["loc"][0]) for wrong in error.errors()])
        return 2
    _write_logs(settings.log_json)
    if settings.carrier_webhook_url and not settings.webhook_secret_carriers:
        log.error("simulator.settings_wrong", sentence="set ORDERKEEP_WEBHOOK_SECRET_CARRIERS to sign the webhooks")
        return 2
    log.info("simulator.starting", host=settings.simulator_host, port=settings.port)
    try:
        asyncio.run(serve(settings))
    except (OSError, RuntimeError) as error:
        log.error("simulator.cannot_serve", sentence=str(error))
        return 1
    log.info("simulator.stopped")
    return 0


def _write_logs(as_json: bool) -> None:
    renderer = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


if __name__ == "__main__":
    code = run()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # nothing is left to clean up, and no finaliser may change the exit code
