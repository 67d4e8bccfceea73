"""The house under measurement: the real product in processes of its own, and the bare worker on the same engine."""

from __future__ import annotations

import contextlib
import os
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

from benchmarks.bare import QUEUE, Shape, shape_of
from benchmarks.company import SLEEP_SECONDS, found
from benchmarks.costs import Processors, Statements
from benchmarks.lives import Customers, Round, lived, outside
from benchmarks.wire import Wire
from starter.embedded.children import ROOT
from starter.embedded.processes import Program
from starter.embedded.stack import Stack
from starter.engine import connect_at

SCAN_SECONDS = 0.1
SCANS = 3
OURS = ("ORDERKEEP_", "TEMPORAL_")
PROCESSES = ("api", "worker", "temporal", "postgres", "simulator", "bare")


@dataclass
class House:
    """What the rounds are run with."""

    stack: Stack
    shop: Wire
    client: Client
    customers: Customers
    statements: Statements
    processors: Processors
    shape: Shape | None = None

    def take_shape(self, history: list[HistoryEvent]) -> Shape:
        """Bare lives do from now on as much as this history shows."""
        self.shape = shape_of(history, SLEEP_SECONDS, SCANS * SCAN_SECONDS)
        return self.shape

    async def history(self, order: str) -> list[HistoryEvent]:
        """The events of an order's workflow."""
        handle = self.client.get_workflow_handle(f"order/{order}")
        return [event async for event in handle.fetch_history_events()]

    async def real_round(self, count: int, at_once: int) -> Round:
        """Real lives."""
        return await lived(self.customers.live, count, at_once)

    async def bare_round(self, count: int, at_once: int) -> Round:
        """Bare lives."""
        return await lived(self.bare_life, count, at_once)

    async def bare_life(self) -> None:
        """One life without content."""
        await self.client.execute_workflow("BareLife", self.shape, id=f"bare/{uuid.uuid4()}", task_queue=QUEUE)

    async def backlog(self) -> int:
        """Messages that the engine has not been given yet."""
        return await self.statements.backlog()

    @contextlib.contextmanager
    def worker_asleep(self) -> Iterator[None]:
        """The worker's process stands still; the engine rests."""
        worker = psutil.Process(self.stack.pid("worker"))
        worker.suspend()
        try:
            yield
        finally:
            worker.resume()


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[House]:
    """The house, from its servers to its master data; nothing is left of it afterwards."""
    # What the environment names is somebody's real server: it has no part in a measurement.
    nothing_else = {name: "" for name in os.environ if name.startswith(OURS)}
    async with AsyncExitStack() as leaving:
        stack = await leaving.enter_async_context(Stack(folder, env=nothing_else, step_seconds=SCAN_SECONDS))
        await _start_bare(stack, folder)
        shop = Wire(stack.endpoints.api, stack.endpoints.key)
        leaving.push_async_callback(shop.close)
        await found(shop, stack.endpoints.database)
        client = await connect_at(stack.endpoints.temporal, None)
        yield House(
            stack=stack,
            shop=shop,
            client=client,
            customers=await leaving.enter_async_context(outside(shop, stack.endpoints.database, client)),
            statements=Statements(stack.endpoints.database),
            processors=Processors({name: stack.pid(name) for name in PROCESSES}),
        )


async def _start_bare(stack: Stack, folder: Path) -> None:
    ready = folder / "bare.ready"
    env = {"PYTHONPATH": str(ROOT), "TEMPORAL_ADDRESS": stack.endpoints.temporal, "TEMPORAL_CONFIG_FILE": os.devnull}
    command = (sys.executable, "-P", "-m", "benchmarks.bare_worker", "--ready", str(ready))
    program = Program("bare", command, stack.servers.dir.logs / "bare.log", env)

    async def answers() -> bool:
        return ready.exists()

    await stack.servers.start_all([(program, answers)])
