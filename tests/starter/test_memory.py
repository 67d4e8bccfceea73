"""Garbage is looked for where it is: never among what was loaded, and soon among workflows that are kept no longer."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Iterator
from itertools import islice

import pytest
from temporalio import workflow
from temporalio.api.common.v1 import Payloads
from temporalio.api.failure.v1 import Failure
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker._workflow_instance import _WorkflowInstanceImpl
from temporalio.worker.workflow_sandbox._runner import _fake_info

from starter import memory
from starter.failures import CONVERTER
from starter.runner import ContextFreeRunner
from workflows.order import OrderWorkflow

KEPT, CHURN = 100, 600
"""Kept for so long that they are no longer young when others take their place."""


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def workflows() -> Iterator[WorkflowInstance]:
    """Ever new orders' workflows, each in its sandbox, as the worker makes them."""
    runner, order = ContextFreeRunner(), workflow._Definition.must_from_class(OrderWorkflow)
    runner.prepare_workflow(order)
    while True:
        yield runner.create_instance(
            WorkflowInstanceDetails(
                payload_converter_factory=CONVERTER._new_payload_converter,
                failure_converter_class=CONVERTER.failure_converter_class,
                interceptor_classes=[],
                defn=order,
                info=_fake_info,
                randomness_seed=1,
                extern_functions={},
                disable_eager_activity_execution=False,
                worker_level_failure_exception_types=[],
                patch_activation_callback=None,
                last_completion_result=Payloads(),
                last_failure=Failure(),
            )
        )


def in_memory() -> int:
    """The workflows in this process, also those that nobody can reach."""
    return sum(isinstance(thing, _WorkflowInstanceImpl) for thing in gc.get_objects())


def test_what_is_loaded_is_left_out_of_the_search_for_garbage() -> None:
    before = gc.get_threshold()
    memory.settle()
    assert gc.get_freeze_count() > 1000
    assert gc.get_threshold() > before


async def test_workflows_that_are_kept_no_longer_do_not_pile_up() -> None:
    memory.settle(keeps_workflows=True)
    kept, most = deque[WorkflowInstance](maxlen=KEPT), 0
    for count, one in enumerate(islice(workflows(), CHURN)):
        kept.append(one)
        if count % KEPT == 0:
            most = max(most, in_memory())
    assert KEPT < most < CHURN * 0.75
    gc.collect()
    assert in_memory() == KEPT
