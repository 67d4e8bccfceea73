"""The worker of bare lives: the SDK as it comes, its workflow's module compiled once as ours are.

Apart from the workflow, because what the sandbox loads for each life is to be no more than that.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvloop
from temporalio.worker import Worker

from benchmarks import bare
from starter import memory
from starter.engine import connect
from starter.exit import finish
from starter.runner import compile_once


async def serve(ready: Path) -> None:
    """Run bare lives until SIGTERM."""
    client = await connect()
    world = bare.World(client)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    compile_once(bare.__name__)
    steps: list[Callable[..., Any]] = [world.nothing, world.call]
    async with Worker(client, task_queue=bare.QUEUE, workflows=[bare.BareLife], activities=steps):
        ready.touch()
        await stop.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="The worker of bare lives.")
    parser.add_argument("--ready", type=Path, required=True, help="file to make when lives can be run")
    memory.settle()
    uvloop.run(serve(parser.parse_args().ready))
    finish(0)
