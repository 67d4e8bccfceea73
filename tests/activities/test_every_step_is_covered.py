"""A step that the engine may run has a case here: nobody adds one that is not known to be safe to repeat."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from starter.plugin import ACTIVITIES
from tests.activities import (
    test_after_sales,
    test_cancellation,
    test_collection,
    test_invoicing,
    test_replenishment,
    test_review,
    test_shipping,
    test_stock,
)

STAGES: dict[str, ModuleType] = {
    "activities.review": test_review,
    "activities.stock": test_stock,
    "activities.replenishment": test_replenishment,
    "activities.shipping": test_shipping,
    "activities.invoicing": test_invoicing,
    "activities.collection": test_collection,
    "activities.after_sales": test_after_sales,
    "activities.cancellation": test_cancellation,
}


def _name(step: Callable[..., Any]) -> str:
    return f"{step.__module__}.{step.__name__}"


@pytest.mark.parametrize("step", ACTIVITIES, ids=_name)
def test_the_step_has_a_case_that_runs_it_twice_in_the_file_of_its_stage(step: Callable[..., Any]):
    assert step.__module__ in STAGES, f"tests/{step.__module__.replace('.', '/test_')}.py is missing"
    assert step in [case.step for case in STAGES[step.__module__].CASES], f"{_name(step)} has no case"


@pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)
def test_no_two_cases_of_a_stage_say_the_same(stage: ModuleType):
    names = [case.name for case in stage.CASES]
    assert len(set(names)) == len(names)
