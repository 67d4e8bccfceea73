"""How a workflow takes a step: locally first, in the open when it fails; and how it waits for news.

A step is one short database transaction, so it runs inside the workflow task; when that fails twice, the same step is
scheduled as an activity of its own, where staff see its attempt, its error and its next retry.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError, FailureError, is_cancelled_exception

Argument = TypeVar("Argument")
Result = TypeVar("Result")

LOCAL_TIMEOUT = timedelta(seconds=5)
LOCAL_RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_attempts=2)
STEP_TIMEOUT = timedelta(seconds=30)
CALL_TIMEOUT = timedelta(seconds=40)
DURABLE_RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=1), backoff_coefficient=2.0, maximum_interval=timedelta(minutes=1)
)


STOPPED = "stopped for good"
"""The name of a part of a story that was stopped. The client of the engine forgets a cancellation when the activity
that was waited for ends in the same workflow task; the name stays."""


def stop(part: asyncio.Task[Any]) -> None:
    """Stop a part of a story, wherever it waits, and whatever it waits for."""
    part.set_name(STOPPED)
    part.cancel()


def _heed_stop() -> None:
    """End the part that was stopped and goes on all the same."""
    part = asyncio.current_task()
    if part is not None and part.get_name() == STOPPED and workflow.patched("stopped-for-good"):
        raise asyncio.CancelledError


def _final(failure: FailureError) -> bool:
    cause = failure.cause if isinstance(failure.cause, ApplicationError) else failure
    return is_cancelled_exception(failure) or (isinstance(cause, ApplicationError) and cause.non_retryable)


async def step(activity: Callable[[Argument], Awaitable[Result]], argument: Argument, about: str) -> Result:
    """Run a step on the document `about`: as a local activity, then as a visible one that is retried until it works.

    Both are safe together because every step is idempotent under its row locks.
    """
    outcome = await _step(activity, argument, about)
    _heed_stop()
    return outcome


async def _step(activity: Callable[[Argument], Awaitable[Result]], argument: Argument, about: str) -> Result:
    name = activity.__name__
    summary = f"{name.replace('_', ' ')}: {about}"
    try:
        return await workflow.execute_local_activity(
            activity,
            argument,
            start_to_close_timeout=LOCAL_TIMEOUT,
            retry_policy=LOCAL_RETRY,
            summary=summary,
        )
    except FailureError as failure:
        if _final(failure):
            raise
    return await workflow.execute_activity(
        activity,
        argument,
        activity_id=f"{name}/{about}",
        start_to_close_timeout=STEP_TIMEOUT,
        retry_policy=DURABLE_RETRY,
        summary=summary,
    )


async def call_outside(activity: Callable[[Argument], Awaitable[Result]], argument: Argument, about: str) -> Result:
    """Run an activity that calls an outside company: visible at once, retried until the company answers."""
    name = activity.__name__
    outcome = await workflow.execute_activity(
        activity,
        argument,
        activity_id=f"{name}/{about}",
        start_to_close_timeout=CALL_TIMEOUT,
        retry_policy=DURABLE_RETRY,
        cancellation_type=workflow.ActivityCancellationType.TRY_CANCEL,
        summary=f"{name.replace('_', ' ')}: {about}",
    )
    _heed_stop()
    return outcome


def fact_of(message: tuple[Any, ...]) -> dict[str, Any] | str:
    """The fact that a signal carries; what is no JSON object, or not alone, as its text.

    Handlers take whatever comes: a signature that a message does not fit would fail the workflow's task for ever.
    """
    if len(message) == 1 and isinstance(message[0], dict):
        return message[0]
    return repr(message[0] if len(message) == 1 else message)[:1000]


class Bells:
    """Facts that came in, counted by topic. Whoever waits notes the count, asks the database, then waits for more."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def ring(self, topic: str) -> None:
        """Something happened that concerns the topic; the topic `any` hears everything."""
        for name in (topic, "any"):
            self._counts[name] = self._counts.get(name, 0) + 1

    def ring_all(self) -> None:
        """Everything that somebody has waited for may have happened: all of them look again."""
        for topic in [*self._counts]:
            self._counts[topic] += 1

    def count(self, topic: str) -> int:
        """How often the topic rang so far."""
        return self._counts.get(topic, 0)

    async def wait(self, topic: str, since: int, until: datetime | None = None, summary: str | None = None) -> bool:
        """Wait until the topic rings more than `since` times: True; or until the instant has come: False."""
        self._counts.setdefault(topic, 0)
        timeout = None if until is None else max(until - workflow.now(), timedelta(0))
        # To wait for no time is to be told that it has passed, whatever was heard before: it would be heard never.
        if timeout == timedelta(0) and self.count(topic) > since and workflow.patched("heard-before-the-time"):
            return True
        try:
            await workflow.wait_condition(
                lambda: self.count(topic) > since, timeout=timeout, timeout_summary=summary if timeout else None
            )
        except TimeoutError:
            _heed_stop()
            return False
        _heed_stop()
        return True
