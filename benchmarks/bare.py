"""The yardstick: a workflow that does nothing, in the cheapest shape that the engine allows, with as much to report.

It takes as many steps, makes as many calls, hears as many facts and sets as many timers as the history of a real order
shows. One workflow; steps are local activities that do nothing; the facts after the first come together (goods may be
paid for before they arrive, but nothing is booked before it is picked); of the timers, those that a fact calls off run
side by side. What happens outside (the warehouse, the carrier, the bank) happens in the worker process, a moment after
the step that allows it, and the delivery as long after the booking as the real one: a start and an answer are all that
this life costs anybody else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client

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
    delivery_seconds: float = 0.0


def shape_of(events: Sequence[HistoryEvent], sleep_seconds: float, delivery_seconds: float = 0.0) -> Shape:
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
        delivery_seconds=delivery_seconds,
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
            await workflow.execute_activity(
                "call", args=[shape.facts - 1, shape.delivery_seconds], start_to_close_timeout=TIMEOUT
            )
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
        self._tell(facts, A_MOMENT)

    @activity.defn
    async def call(self, facts: int, after_seconds: float) -> None:
        """A call that nobody answers, so many seconds after which `facts` facts come in together."""
        self._tell(facts, max(A_MOMENT, after_seconds))

    def _tell(self, facts: int, after_seconds: float) -> None:
        if facts > 0:
            task = asyncio.create_task(self._happen(activity.info().workflow_id or "", facts, after_seconds))
            self._happening.add(task)
            task.add_done_callback(self._happening.discard)

    async def _happen(self, workflow_id: str, facts: int, after_seconds: float) -> None:
        await asyncio.sleep(after_seconds)
        handle = self._client.get_workflow_handle(workflow_id)
        await asyncio.gather(*(handle.signal("fact", {"id": str(number)}) for number in range(facts)))
