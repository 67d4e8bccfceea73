"""Every step that the engine may run is run twice: one after the other, and at the same instant."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from starter.plugin import ACTIVITIES
from tests.activities import (
    cases_after_sales,
    cases_cancellation,
    cases_collection,
    cases_invoicing,
    cases_replenishment,
    cases_review,
    cases_shipping,
    cases_stock,
)
from tests.activities.fingerprint import Case, run_at_the_same_instant, run_one_after_the_other, sentence

STAGES: dict[str, ModuleType] = {
    "activities.review": cases_review,
    "activities.stock": cases_stock,
    "activities.replenishment": cases_replenishment,
    "activities.shipping": cases_shipping,
    "activities.invoicing": cases_invoicing,
    "activities.collection": cases_collection,
    "activities.after_sales": cases_after_sales,
    "activities.cancellation": cases_cancellation,
}
CASES: list[Case] = [case for stage in STAGES.values() for case in stage.CASES]


def _name(step: Callable[..., Any]) -> str:
    return f"{step.__module__}.{step.__name__}"


@pytest.mark.parametrize("case", CASES, ids=sentence)
async def test_a_step_that_runs_again_has_one_effect(database: str, case: Case):
    await run_one_after_the_other(case)


@pytest.mark.parametrize("case", CASES, ids=sentence)
async def test_a_step_that_runs_twice_at_once_has_one_effect(database: str, case: Case):
    await run_at_the_same_instant(case)


@pytest.mark.parametrize("step", ACTIVITIES, ids=_name)
def test_the_step_has_a_case_in_the_file_of_its_stage(step: Callable[..., Any]):
    """Nobody adds a step that is not known to be safe to repeat."""
    assert step.__module__ in STAGES, f"tests/{step.__module__.replace('.', '/cases_')}.py is missing"
    assert step in [case.step for case in STAGES[step.__module__].CASES], f"{_name(step)} has no case"


@pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)
def test_no_two_cases_of_a_stage_say_the_same(stage: ModuleType):
    names = [case.name for case in stage.CASES]
    assert len(set(names)) == len(names)
