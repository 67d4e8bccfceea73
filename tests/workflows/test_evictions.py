"""A worker that lives for weeks lets go of the orders that sleep: what it no longer keeps leaves nothing in memory."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Callable, Iterator

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import WorkflowInstance

from domain.steps import OrderRef
from starter.settings import Settings
from starter.working import make_worker
from workflows.order import OrderWorkflow

QUEUE = "evictions"
KEPT, ROUND = 10, 30
SOME = 4 * 2 * ROUND
"""Objects of two rounds of orders when each left four of its 200; a thread that the worker begins when many orders come
at once has some dozens."""
FIRST_TASK = 4
"""Events of an order that a person has paused, once it sleeps: begun, and its task scheduled, started and done."""


async def put_to_sleep(client: Client, turn: int) -> None:
    """More orders that do nothing begin; they sleep afterwards."""
    async with asyncio.timeout(60):
        await asyncio.gather(*(_put_to_sleep(client, turn * ROUND + number) for number in range(ROUND)))


async def _put_to_sleep(client: Client, number: int) -> None:
    paused = OrderRef(number=f"SO-{number}", paused=True)
    order = await client.start_workflow(OrderWorkflow.run, paused, id=f"{QUEUE}/{number}", task_queue=QUEUE)
    while (await order.describe()).history_length < FIRST_TASK:
        await asyncio.sleep(0.05)


def in_memory() -> set[str]:
    """The orders whose workflows are in this process, reachable or not."""
    found = [thing for thing in gc.get_objects() if isinstance(thing, WorkflowInstance)]
    return {told.workflow_id for told in (one.get_info() for one in found) if told.task_queue == QUEUE}


async def until(true: Callable[[], bool]) -> None:
    """Search for garbage until it is so."""
    async with asyncio.timeout(60):
        gc.collect()
        while not true():
            await asyncio.sleep(0.1)
            gc.collect()


def held() -> tuple[int, int]:
    """The objects and the pieces of memory of this process."""
    return len(gc.get_objects()), sys.getallocatedblocks()


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    gc.freeze()  # what others have left is not to be looked through
    yield
    gc.unfreeze()


async def test_an_order_that_sleeps_leaves_the_workers_memory_whole(temporal: WorkflowEnvironment) -> None:
    settings = Settings(_env_file=None, cached_workflows=KEPT, task_queue=QUEUE)
    async with make_worker(temporal.client, settings):
        for turn in range(2):  # the first fill what is kept for all orders
            await put_to_sleep(temporal.client, turn)
            await until(lambda: len(in_memory()) == KEPT)
        before = held()
        for turn in range(2, 4):
            await put_to_sleep(temporal.client, turn)
        await until(lambda: all(now < then + SOME for now, then in zip(held(), before, strict=True)))
        assert len(in_memory()) == KEPT
    await until(lambda: in_memory() == set())
