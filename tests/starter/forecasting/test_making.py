"""Forecasts from real orders in PostgreSQL: with the model, without the extra, and when its process dies."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import settled, transaction
from db.queries import forecast
from db.queries.forecast import Forecast
from domain.forecast import MOST_WEEKS, SMOOTHING, monday
from starter.ending import ended
from starter.forecasting.asking import Model
from starter.forecasting.making import make
from starter.forecasting.weekly import forecast_weekly
from tests.builders import NOW, rows
from tests.starter.forecasting.rising import WEEK, WEEKS, rising_demand

ROOT = Path(__file__).parents[3]
RISING = [Decimal(week) for week in range(1, WEEKS + 1)]


@pytest.fixture
async def orders(database: str) -> list[str]:
    """The orders of the rising company."""
    return await rising_demand()


@pytest.fixture
def without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if it were not installed."""
    monkeypatch.setitem(sys.modules, "statsforecast", None)


async def kept(sku: str) -> Forecast:
    """A product's forecast, which there is."""
    async with transaction() as tx:
        found = await forecast.forecast_of(tx, sku)
    assert found is not None
    return found


def test_neither_api_nor_worker_nor_command_loads_what_the_model_needs():
    heavy = "{'numpy', 'pandas', 'scipy', 'statsforecast'}"
    code = f"import sys, worker, starter.api.app, starter.cli.forecasting; print({heavy} & sys.modules.keys())"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert ended.stdout == "set()\n"


async def test_without_the_extra_the_average_alone_is_computed(orders, without_the_extra):
    made = await make(NOW)
    assert (made.with_model, made.methods) == (False, {"average": 2, "too_little": 1})
    nut = await kept("NUT")
    assert nut.history["weeks"] == RISING
    assert (nut.first_week, nut.running_week) == ((NOW - WEEKS * WEEK).date(), NOW.date())
    # The last eight weeks, 17 to 24, are 20.5 on average; always too low, by 4.5, 5.5, 6.5 and 7.5 at each of twelve
    # origins: 288 of the 816 pieces that came, and six times the 1 by which repeating the week before is off.
    assert (nut.method, nut.model, nut.expected) == ("average", None, Decimal("20.5"))
    assert (nut.average_wape, nut.average_bias, nut.average_mase) == (
        Decimal("0.3529"), Decimal("-0.3529"), Decimal("6.00"),
    )  # fmt: skip
    assert (nut.model_wape, nut.model_bias, nut.model_mase) == (None, None, None)
    assert nut.ahead["average"] == [Decimal("20.50")] * 8
    assert (nut.ahead["average_low"][0], nut.ahead["average_high"][0]) == (Decimal("20.50"), Decimal("28.00"))
    # Five days of the supplier and the week: 12/7 weeks of 20.5 are 35.14; 24 too few over four weeks each time are
    # 1.645 x 24 x root of (12/7 through 4) = 25.85 of safety: 60.99. Four weeks are 82, in fives 85.
    assert [nut.lead_time_days, nut.reorder_point, nut.reorder_quantity] == [5, 61, 85]


async def test_what_always_is_the_same_is_forecast_without_error_and_what_is_not_supplied_gets_no_proposal(
    orders, without_the_extra
):
    await make(NOW)
    bolt = await kept("BOLT")
    assert [bolt.expected, bolt.average_wape, bolt.average_bias, bolt.average_mase] == [10, 0, 0, None]
    assert [bolt.lead_time_days, bolt.reorder_point, bolt.reorder_quantity] == [7, None, None]


async def test_three_weeks_are_too_little_and_nothing_is_proposed(orders):
    await make(NOW)
    kit = await kept("KIT")
    assert [kit.method, kit.history["weeks"], kit.ahead] == ["too_little", [1, 1, 1], {}]
    assert (kit.expected, kit.average_wape, kit.reorder_point, kit.reorder_quantity) == (None, None, None, None)


async def test_a_model_that_sees_the_rise_is_used_and_its_error_stands_beside_that_of_the_average(orders):
    made = await make(NOW)
    assert (made.with_model, made.methods) == (True, {SMOOTHING: 1, "average": 1, "too_little": 1})
    nut = await kept("NUT")
    assert (nut.method, nut.model, nut.average_wape) == (SMOOTHING, SMOOTHING, Decimal("0.3529"))
    assert nut.model_wape is not None and nut.model_wape < Decimal("0.05")
    assert nut.model_mase is not None and nut.model_mase < 1
    assert [round(week) for week in nut.ahead["model"][:4]] == [25, 26, 27, 28]
    assert nut.expected is not None and 26 <= nut.expected <= 27
    bolt = await kept("BOLT")
    assert (bolt.method, bolt.model) == ("average", SMOOTHING), "without error there is nothing to be better at"


async def test_one_product_alone(orders, without_the_extra):
    made = await make(NOW, "NUT")
    assert made.products == 1
    assert [row.sku for row in await rows("SELECT sku FROM demand_forecast")] == ["NUT"]
    assert await rows("SELECT 1 FROM forecast_run") == [], "the week is not made by one product"
    assert (await make(NOW, "NOTHING")).products == 0


async def test_what_nobody_asks_for_any_more_has_no_forecast_and_proposes_nothing(orders, without_the_extra):
    await make(NOW)
    later = NOW + (MOST_WEEKS + 1) * WEEK
    assert (await make(later, "NUT")).products == 0
    assert [row.sku for row in await rows("SELECT sku FROM demand_forecast ORDER BY sku")] == ["BOLT", "KIT"]
    assert (await make(later)).products == 0
    assert await rows("SELECT sku FROM demand_forecast") == []


async def test_made_twice_they_are_the_same_and_later_ones_take_their_place(orders, without_the_extra):
    await make(NOW)
    first = await rows("SELECT * FROM demand_forecast ORDER BY sku")
    await make(NOW)
    assert await rows("SELECT * FROM demand_forecast ORDER BY sku") == first
    await make(NOW + WEEK)
    assert (await kept("BOLT")).history["weeks"] == [10] * WEEKS + [700]


async def test_a_model_whose_process_dies_leaves_the_average(orders):
    async with Model() as model:
        assert set(await model.of({"NUT": RISING})) == {"NUT"}
        assert model._process is not None
        os.kill(model._process.pid, signal.SIGKILL)
        await model._process.wait()
        assert await model.of({"NUT": RISING}) == {}
        assert model.there is False


async def test_the_week_is_made_once_whoever_claims_it(orders, without_the_extra):
    week, dead = monday(NOW.date()), NOW + timedelta(minutes=31)
    assert await settled(lambda tx: forecast.due(tx, week, NOW))
    assert await settled(lambda tx: forecast.claim(tx, week, NOW))
    assert not await settled(lambda tx: forecast.claim(tx, week, NOW))
    assert not await settled(lambda tx: forecast.due(tx, week, NOW))
    assert await settled(lambda tx: forecast.due(tx, week, dead)), "whoever had claimed it has died over it"
    assert await settled(lambda tx: forecast.claim(tx, week, dead))
    await make(dead)
    assert not await settled(lambda tx: forecast.claim(tx, week, dead + timedelta(days=1)))
    assert await settled(lambda tx: forecast.due(tx, week + WEEK, dead))


async def test_a_process_of_its_own_makes_them_for_the_worker(orders, database):
    made = asyncio.create_task(forecast_weekly(database, 0.01))
    try:
        async with asyncio.timeout(120):
            while not await rows("SELECT 1 FROM forecast_run WHERE ended_at IS NOT NULL AND with_model"):
                await asyncio.sleep(0.2)
    finally:
        await ended(made)
    assert {row.sku for row in await rows("SELECT sku FROM demand_forecast")} == {"BOLT", "NUT", "KIT"}


async def test_nobody_makes_them_while_the_worker_is_told_not_to(orders, database):
    never = asyncio.create_task(forecast_weekly(database, 0))
    await asyncio.sleep(0.1)
    assert not never.done(), "the worker ends with any of its parts"
    never.cancel()
    assert await rows("SELECT 1 FROM forecast_run") == []
