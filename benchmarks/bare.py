"""The yardstick: a workflow that does nothing, in the cheapest shape that the engine allows, with as much to report.

It takes as many steps, makes as many calls, hears as many facts and sets as many timers as the history of a real order
shows. One workflow; steps are local activities that do nothing; the facts after the first come together (goods may be
paid for before they arrive, but nothing is booked before it is picked); of the timers, those that a fact calls off run
side by side. What happens outside (the warehouse, the carrier, the bank) happens in the worker process, a moment after
the step that allows it: a start and an answer are all that this life costs anybody else.

As a script it is the worker of these lives.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from temporalio import activity, workflow
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    from starter.engine import connect
    from starter.exit import finish

QUEUE = "bare"
A_MOMENT = 0.02
TIMEOUT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a life consists of; `fired` of the `timers` run out, the others are called off. Times in seconds."""

    steps: int
    calls: int
    facts: int
    timers: int
    fired: int
    sleep_seconds: float = 0.5


def shape_of(events: Sequence[HistoryEvent], sleep_seconds: float) -> Shape:
    """The shape of a life that was lived."""

    def count(kind: EventType.ValueType) -> int:
        return sum(event.event_type == kind for event in events)

    return Shape(
        steps=count(EventType.EVENT_TYPE_MARKER_RECORDED),
        calls=count(EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED),
        facts=count(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED),
        timers=count(EventType.EVENT_TYPE_TIMER_STARTED),
        fired=count(EventType.EVENT_TYPE_TIMER_FIRED),
        sleep_seconds=sleep_seconds,
    )


@workflow.defn
class BareLife:
    """A life without content."""

    def __init__(self) -> None:
        self.heard = 0

    @workflow.run
    async def run(self, shape: Shape) -> None:
        """Steps, the first fact, the calls, the other facts, steps, and a step after each timer that runs out."""
        steps_before = (shape.steps - shape.fired + 1) // 2
        steps_between = shape.steps - steps_before - shape.fired
        for _ in range(steps_before - 1):
            await self._step("nothing", 0)
        await self._step("nothing", min(shape.facts, 1))
        await workflow.wait_condition(lambda: self.heard >= min(shape.facts, 1))
        for _ in range(shape.calls):
            await workflow.execute_activity("call", shape.facts - 1, start_to_close_timeout=TIMEOUT)
        await self._hear_the_rest(shape)
        for _ in range(steps_between):
            await self._step("nothing", 0)
        for _ in range(shape.fired):
            await workflow.sleep(shape.sleep_seconds)
            await self._step("nothing", 0)

    async def _hear_the_rest(self, shape: Shape) -> None:
        await asyncio.gather(
            *(
                workflow.wait_condition(lambda: self.heard >= shape.facts, timeout=3600)
                for _ in range(shape.timers - shape.fired)
            ),
            workflow.wait_condition(lambda: self.heard >= shape.facts),
        )

    async def _step(self, name: str, facts: int) -> None:
        await workflow.execute_local_activity(name, facts, start_to_close_timeout=TIMEOUT)

    @workflow.signal
    def fact(self, body: dict[str, str]) -> None:
        """Something happened outside."""
        self.heard += 1


class World:
    """What happens outside: it answers a step or a call with facts, a moment later."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._happening: set[asyncio.Task[None]] = set()

    @activity.defn
    async def nothing(self, facts: int) -> None:
        """A step that does nothing, after which `facts` facts come in."""
        self._tell(facts)

    @activity.defn
    async def call(self, facts: int) -> None:
        """A call that nobody answers, after which `facts` facts come in together."""
        self._tell(facts)

    def _tell(self, facts: int) -> None:
        if facts > 0:
            task = asyncio.create_task(self._happen(activity.info().workflow_id or "", facts))
            self._happening.add(task)
            task.add_done_callback(self._happening.discard)

    async def _happen(self, workflow_id: str, facts: int) -> None:
        await asyncio.sleep(A_MOMENT)
        handle = self._client.get_workflow_handle(workflow_id)
        await asyncio.gather(*(handle.signal("fact", {"id": str(number)}) for number in range(facts)))


async def serve(ready: Path) -> None:
    """Run bare lives until SIGTERM."""
    client = await connect()
    world = World(client)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with Worker(client, task_queue=QUEUE, workflows=[BareLife], activities=[world.nothing, world.call]):
        ready.touch()
        await stop.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="The worker of bare lives.")
    parser.add_argument("--ready", type=Path, required=True, help="file to make when lives can be run")
    asyncio.run(serve(parser.parse_args().ready))
    finish(0)
