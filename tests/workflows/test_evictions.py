"""A worker that lives for weeks lets go of the orders that sleep: what it no longer keeps leaves nothing in memory."""

from __future__ import annotations

import asyncio
import gc
import sys

from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import WorkflowInstance

from domain.steps import OrderRef
from starter.settings import Settings
from starter.working import make_worker
from workflows.order import OrderWorkflow

QUEUE = "evictions"
KEPT, ROUND = 10, 40
FIRST_TASK = 4
"""Events of an order that a person has paused, once it sleeps: begun, and its task scheduled, started and done."""


async def put_to_sleep(client: Client, first: int) -> None:
    """Orders that do nothing begin; they sleep afterwards."""
    handles = [
        await client.start_workflow(
            OrderWorkflow.run,
            OrderRef(number=f"SO-{number}", paused=True),
            id=f"{QUEUE}/{number}",
            task_queue=QUEUE,
        )
        for number in range(first, first + ROUND)
    ]
    async with asyncio.timeout(60):
        for handle in handles:
            while (await handle.describe()).history_length < FIRST_TASK:
                await asyncio.sleep(0.05)


def in_memory() -> set[str]:
    """The orders whose workflows are in this process, reachable or not."""
    found = [thing for thing in gc.get_objects() if isinstance(thing, WorkflowInstance)]
    return {told.workflow_id for told in (one.get_info() for one in found) if told.task_queue == QUEUE}


async def settled() -> tuple[int, int]:
    """Wait until the worker keeps no more than it may; the objects and pieces of memory that it then holds."""
    gc.collect()
    async with asyncio.timeout(30):
        while len(in_memory()) > KEPT:
            await asyncio.sleep(0.05)
            gc.collect()
    return len(gc.get_objects()), sys.getallocatedblocks()


async def test_an_order_that_sleeps_leaves_the_workers_memory_whole(temporal: WorkflowEnvironment) -> None:
    settings = Settings(_env_file=None, cached_workflows=KEPT, task_queue=QUEUE)
    async with make_worker(temporal.client, settings):
        await put_to_sleep(temporal.client, 0)
        objects, blocks = await settled()
        await put_to_sleep(temporal.client, ROUND)
        more_objects, more_blocks = await settled()
        assert len(in_memory()) == KEPT
    # Of each of the orders, a single object that nobody lets go of would be seen.
    assert more_objects - objects < ROUND
    assert more_blocks - blocks < ROUND
    gc.collect()
    assert in_memory() == set()
