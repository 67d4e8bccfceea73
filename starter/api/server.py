"""The API's process: `python -m starter.api.server`, one event loop, settings from the environment."""

from __future__ import annotations

import asyncio
import signal
from types import FrameType

import structlog
import uvicorn

from starter import schema, tracing
from starter.api.app import create_app
from starter.api.front_door import MOST_CONNECTIONS, FrontDoor
from starter.exit import finish
from starter.logs import configure
from starter.memory import settle
from starter.settings import own_settings

_GRACE_SECONDS = 10
# Longer than the 5 s after which common clients drop an idle connection: a server that drops it in the same instant
# meets a request that is on its way.
_KEEP_ALIVE_SECONDS = 65
log = structlog.get_logger("api")


def _already_stopping(signum: int, frame: FrameType | None) -> None:
    # The server raises the signal once more after it has stopped; by then there is nothing left to stop.
    return


class _Server(uvicorn.Server):
    """Ends the streams of open pages first, which would keep it from stopping."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop serving."""
        self.config.app.state.bell.close_soon()  # type: ignore[union-attr]
        super().handle_exit(sig, frame)


def run() -> int:
    """Serve until SIGINT or SIGTERM; the exit code."""
    settings = own_settings()
    configure("api", settings)
    tracing.configure("api")
    if not settings.database_url:
        log.error("database_not_set", detail="Set ORDERKEEP_DATABASE_URL, or run `orderkeep up`, which sets it.")
        return 2
    if not asyncio.run(schema.fits(settings.database_url)):
        return 2
    for signum in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, _already_stopping)
    server = _Server(
        uvicorn.Config(
            create_app(settings),
            host=settings.host,
            port=settings.port,
            loop="uvloop",
            http=FrontDoor,
            limit_concurrency=MOST_CONNECTIONS,
            ws="none",
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        )
    )
    settle()
    try:
        server.run()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0 if server.started else 3


if __name__ == "__main__":
    finish(run())
