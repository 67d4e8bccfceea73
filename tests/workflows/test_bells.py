"""Whoever waits for news hears them, also those that came before the time to wait was over, or had begun."""

from __future__ import annotations

from datetime import timedelta

import pytest
from temporalio import workflow
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    from workflows.steps import Bells


@workflow.defn
class Listener:
    """Waits for a bell that rang before, or not, until an instant so many seconds from now."""

    @workflow.run
    async def run(self, rung: bool, seconds: float) -> bool:
        """What the wait answers."""
        bells = Bells()
        if rung:
            bells.ring("news")
        return await bells.wait("news", 0, workflow.now() + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-3600, 0, 0.1])
@pytest.mark.parametrize("rung", [True, False])
async def test_what_rang_before_is_heard_and_silence_is_told(
    temporal: WorkflowEnvironment, rung: bool, seconds: float
) -> None:
    async with Worker(temporal.client, task_queue="bells", workflows=[Listener]):
        heard = await temporal.client.execute_workflow(
            Listener.run, args=[rung, seconds], id=f"bells/{rung}/{seconds}", task_queue="bells"
        )
    assert heard is rung
