"""Everything that the engine may run, in one plugin; a step is gathered from its folder once it is written."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

import structlog
from temporalio import activity
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.plugin import SimplePlugin
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from activities import after_sales, cancellation, collection, invoicing, replenishment, review, shipping, stock
from starter.logs import bind_order
from starter.runner import ContextFreeRunner
from workflows.case import CaseWorkflow
from workflows.order import OrderWorkflow
from workflows.supply_order import SupplyOrderWorkflow

WORKFLOWS = (OrderWorkflow, SupplyOrderWorkflow, CaseWorkflow)
_STAGES = (review, stock, replenishment, shipping, invoicing, collection, after_sales, cancellation)

log = structlog.get_logger()


def _steps_of(module: ModuleType) -> list[Callable[..., Any]]:
    found = [value for name, value in sorted(vars(module).items()) if hasattr(value, "__temporal_activity_definition")]
    return [step for step in found if step.__module__ == module.__name__]


ACTIVITIES = tuple(step for stage in _STAGES for step in _steps_of(stage))


class _Logged(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        """Every line that a step logs carries the document's number; a step that fails says so with its attempt."""
        info = activity.info()
        started = time.perf_counter()
        with bind_order((info.workflow_id or "").rpartition("/")[2], step=info.activity_type):
            try:
                result = await self.next.execute_activity(input)
            except Exception as error:
                log.warning("step_failed", attempt=info.attempt, error=f"{type(error).__name__}: {error}"[:500])
                raise
            log.info("step_done", attempt=info.attempt, ms=round((time.perf_counter() - started) * 1000, 1))
            return result


class _Logging(Interceptor):
    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Wrap every step."""
        return _Logged(next)


PLUGIN = SimplePlugin(
    "orderkeep",
    data_converter=pydantic_data_converter,
    interceptors=[_Logging()],
    workflows=WORKFLOWS,
    activities=ACTIVITIES,
    workflow_runner=ContextFreeRunner(),
)
"""Hand it to the worker; a client needs no more of it than the pydantic data converter (starter/engine.py)."""
