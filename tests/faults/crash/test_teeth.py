"""The instrument sees: steps that are wrong on purpose are found, at the very point at which they are wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from activities.after_sales import send_follow_up
from domain.steps import OrderStep
from tests import builders
from tests.activities.fingerprint import Case
from tests.faults.crash import careless
from tests.faults.crash.arranged import staged
from tests.faults.crash.processes import Nursery
from tests.faults.crash.stage import killed_everywhere, rehearsed


async def _delivered() -> OrderStep:
    order = await builders.an_order()
    await builders.delivered(order)
    return OrderStep(number=order, now=builders.NOW)


def grown(found: Any, table: str) -> int:
    """How many rows of the table, and of no other one, were too many or too few."""
    assert found is None or set(found) <= {table}
    return len(found[table]["too much"]) - len(found[table]["missing"]) if found else 0


@pytest.mark.parametrize(
    ("step", "point", "table", "growth"),
    [
        (careless.notes_apart, "after its commit 2", "timeline", 1),
        (careless.marks_first, "before a transaction 2", "timeline", -1),
        (careless.books_under_a_random_key, "after the answer from outside 1", "(carrier)", 1),
        (careless.books_inside_its_transaction, "after the answer from outside 1", "(carrier)", 1),
    ],
)
async def test_a_careless_step_is_found_at_the_point_at_which_it_is_wrong(
    database_server: str, nursery: Nursery, tmp_path: Path, step: Any, point: str, table: str, growth: int
) -> None:
    async with staged(Case(step, "", _delivered, {}, {}), database_server, nursery, tmp_path) as (stage, act):
        whole = await rehearsed(stage, act)
        assert point in whole.points
        for deaths, difference in (((point,), growth), (("before a transaction 1",), 0)):
            missed, found = await whole.killed(*deaths)
            assert missed == []
            assert grown(found, table) == difference


async def test_a_careful_step_is_not_accused(database_server: str, nursery: Nursery, tmp_path: Path) -> None:
    case = Case(send_follow_up, "", _delivered, {}, {})
    async with staged(case, database_server, nursery, tmp_path) as (stage, act):
        found = await killed_everywhere(stage, act)
    assert found.points == (
        "before a transaction 1",
        "before its commit 1",
        "after its commit 1",
        "before its end is reported 1",
    )
    assert found.wrong == {}, found.told()
