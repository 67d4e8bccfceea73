"""The processes that work on uploaded files: begun here, noted when they die, ended with the API's process."""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import structlog

import starter
from db.engine import settled
from db.queries import uploads
from starter.ending import ended

log = structlog.get_logger("console")
_ROOT = Path(next(iter(starter.__path__))).parent


class Workers:
    """One process per file that is worked on. A file whose process was ended is gone on with when somebody asks."""

    def __init__(self, dsn: str | None) -> None:
        self._dsn = dsn or ""
        self._running: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(2)

    def begin(self, upload: str) -> None:
        """Work on an upload, apart from the request that asked for it."""
        task = asyncio.create_task(self._watch(upload))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """End them all; what they had taken is taken."""
        await ended(*self._running)

    async def _watch(self, upload: str) -> None:
        async with self._places:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "starter.files.uploaded", upload, cwd=_ROOT,
                env={**os.environ, "ORDERKEEP_DATABASE_URL": self._dsn}, stdin=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
            try:
                code = await process.wait()
            except asyncio.CancelledError:
                process.terminate()
                await process.wait()
                raise
        if code:
            log.error("upload_stopped", upload=upload, code=code)
            await settled(lambda tx: uploads.stop(tx, upload, datetime.now(UTC)))
