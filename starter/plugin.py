"""Everything that the engine may run, gathered by folder so that a new step is registered by being written."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from activities import after_sales, cancellation, collection, invoicing, replenishment, review, shipping, stock
from workflows.case import CaseWorkflow
from workflows.order import OrderWorkflow
from workflows.supply_order import SupplyOrderWorkflow

WORKFLOWS = (OrderWorkflow, SupplyOrderWorkflow, CaseWorkflow)
_STAGES = (review, stock, replenishment, shipping, invoicing, collection, after_sales, cancellation)


def _steps_of(module: ModuleType) -> list[Callable[..., Any]]:
    found = [value for name, value in sorted(vars(module).items()) if hasattr(value, "__temporal_activity_definition")]
    return [step for step in found if step.__module__ == module.__name__]


ACTIVITIES = tuple(step for stage in _STAGES for step in _steps_of(stage))
