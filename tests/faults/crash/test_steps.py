"""Every step that the engine may run is killed wherever it can be killed, is tried again, and has the same one effect.

The steps come from the worker's registry, the arrangements from their own tests, the points from watching them: a step
is covered the day it is registered.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from starter.plugin import ACTIVITIES
from tests.faults.crash.arranged import cases_of, reads_only, staged
from tests.faults.crash.points import ANSWERED, ASKS, BEGINS, COMMITS, COMMITTED, DONE
from tests.faults.crash.processes import Nursery
from tests.faults.crash.reach import reaches_outside
from tests.faults.crash.stage import killed_everywhere


@pytest.mark.parametrize("step", ACTIVITIES, ids=[step.__name__ for step in ACTIVITIES])
async def test_a_step_that_is_killed_anywhere_and_tried_again_has_one_effect(
    step: Any, database_server: str, nursery: Nursery, tmp_path: Path
) -> None:
    kinds: Counter[str] = Counter()
    wrong: dict[str, Any] = {}
    for nth, case in enumerate(cases_of(step)):
        folder = tmp_path / str(nth)
        folder.mkdir()
        async with staged(case, database_server, nursery, folder) as (stage, act):
            found = await killed_everywhere(stage, act)
        kinds.update(point.rpartition(" ")[0] for point in found.points)
        wrong |= {f"{case.name}, killed {deaths}": what for deaths, what in found.wrong.items()}
    assert wrong == {}, json.dumps(wrong, indent=1, ensure_ascii=False, default=str)
    must_be_met = {BEGINS, COMMITTED, DONE}
    must_be_met |= set() if reads_only(step) else {COMMITS}
    must_be_met |= {ASKS, ANSWERED} if reaches_outside(step) else set()
    assert must_be_met - set(kinds) == set(), f"{step.__name__} was never killed there: arrange a case that gets there"


def test_there_are_steps_to_kill_and_some_reach_outside() -> None:
    assert len(ACTIVITIES) > 20
    assert {step.__name__ for step in ACTIVITIES if reaches_outside(step)} >= {"book_shipment", "void_booking"}
