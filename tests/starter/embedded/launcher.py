"""A launcher for the tests to kill: serves from a directory until it is stopped, and says when it is ready."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from starter.embedded.servers import Servers
from starter.embedded.signals import Interrupted, StopRequests
from starter.exit import finish


async def serve(directory: Path, *, temporal: bool) -> None:
    """Serve until a signal comes."""
    requests = StopRequests()
    requests.listen()
    async with Servers(directory, temporal=temporal, durable=False) as servers:
        sys.stdout.write(f"ready {servers.database}\n")
        sys.stdout.flush()
        await requests.wait()


if __name__ == "__main__":
    try:
        asyncio.run(serve(Path(sys.argv[1]), temporal="temporal" in sys.argv[2:]))
    except Interrupted as interrupted:
        finish(interrupted.code)
    finish(0)
