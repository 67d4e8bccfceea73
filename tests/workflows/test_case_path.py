"""An after-sales case: its response clock, its resolution clock, its end; it may outlive its order."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests import builders
from tests.workflows.world import World

ESCALATED = "SELECT count(*) FROM notice WHERE event = 'hold_escalated'"


async def _of(case: str, column: str) -> datetime:
    return (await builders.rows(f"SELECT {column} AS value FROM support_case WHERE number = :n", n=case))[0].value


async def _opened(world: World, **request: object) -> tuple[str, str]:
    order = await world.submit()
    await world.billed(order)
    return order, await builders.a_case(order, world.now(order), **request)


@pytest.mark.path("case_escalated_resolved_reopened_closed")
async def test_a_case_is_escalated_once_resolved_reopened_and_closes_by_itself(world: World) -> None:
    order, case = await _opened(world)
    await world.pass_days(case, 0.9)
    assert await world.value(ESCALATED) == 0
    await world.pass_days(case, 0.2)
    assert await world.value(ESCALATED) == 1
    await world.pass_days(case, 5)
    assert await world.value(ESCALATED) == 1
    assert (await world.events(order)).count("case_escalated") == 1

    await world.move_case(case, "start")
    await world.move_case(case, "resolve", comment="sent a new bolt")
    await world.pass_days(case, 6.9)
    assert await builders.state("support_case", case) == "RESOLVED"
    await world.move_case(case, "reopen")
    await world.pass_days(case, 30)
    assert await builders.state("support_case", case) == "IN_PROGRESS"
    await world.move_case(case, "resolve")
    await world.pass_days(case, 7.1)
    assert await world.end_of(case) == "CLOSED"
    assert await world.value(ESCALATED) == 1
    moves = [row["move"] for row in await world.heard(order, "case_moved")]
    assert moves == ["start", "resolve", "reopen", "resolve", "close"]
    assert (await world.letters(order)).count("case_resolved") == 2


@pytest.mark.path("case_answered_in_time")
async def test_a_case_that_is_answered_in_time_is_not_escalated(world: World) -> None:
    order, case = await _opened(world, priority="urgent")
    await world.pass_days(case, 0.1)
    await world.move_case(case, "start")
    await world.pass_days(case, 10)
    assert await world.value(ESCALATED) == 0
    await world.move_case(case, "resolve")
    await world.move_case(case, "close")
    assert await world.end_of(case) == "CLOSED"
    assert "case_escalated" not in await world.events(order)


async def test_while_the_customer_is_asked_the_resolution_clock_stands_still(world: World) -> None:
    _, case = await _opened(world)
    await world.move_case(case, "start")
    before = await _of(case, "resolve_by")
    await world.move_case(case, "wait", comment="which bolt?")
    assert await _of(case, "resolve_by") == before
    await world.pass_days(case, 3)
    await world.move_case(case, "resume")
    moved = await _of(case, "resolve_by") - before
    assert timedelta(days=3) <= moved < timedelta(days=3, minutes=1)
    assert await _of(case, "waiting_since") is None


@pytest.mark.path("case_outlives_its_order")
async def test_a_case_goes_on_when_its_order_is_completed(world: World) -> None:
    order, case = await _opened(world)
    await world.move_case(case, "assign", assignee="support desk")
    await world.pay("36.00", of=order, invoice=await world.invoice_of(order))
    await world.quiet(order)
    await world.pass_days(order, 31)
    await world.order_is(order, "COMPLETED")
    await world.end_of(order)
    await world.move_case(case, "resolve")
    await world.pass_days(case, 7.1)
    assert await world.end_of(case) == "CLOSED"
    assert await world.value(ESCALATED) == 0


async def test_a_lost_case_is_started_again_by_its_next_move(world: World) -> None:
    _, case = await _opened(world)
    await world.pass_days(case, 1.1)
    assert await world.value(ESCALATED) == 1
    await world.case(case).terminate("lost")
    await world.move_case(case, "resolve")
    await world.until("SELECT outcome FROM engine_outbox ORDER BY id DESC LIMIT 1", "restarted")
    await world.pass_days(case, 9)
    assert await world.end_of(case) == "CLOSED"
    assert await world.value(ESCALATED) == 1
