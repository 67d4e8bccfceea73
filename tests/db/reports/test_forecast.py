"""The report of forecasts on the rising company, and reorder points beside stock, supply and what is lacking."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from db.engine import settled, transaction
from db.queries import reorder
from starter.forecasting.making import make
from tests import builders
from tests.builders import NOW
from tests.db.reports.company import march
from tests.db.reports.test_reports import figures, orders, picked
from tests.starter.forecasting.rising import rising_demand

TODAY = replace(march("product"), now=NOW)


@pytest.fixture
async def taken(database: str) -> list[str]:
    """The orders that make the demand of the rising company, with its forecasts."""
    numbers = await rising_demand()
    await make(NOW)
    return numbers


async def set_point(sku: str, point: int, quantity: int | None) -> None:
    wanted = {"reorder_point": Decimal(point), "reorder_quantity": None if quantity is None else Decimal(quantity)}
    await settled(lambda tx: reorder.put(tx, sku, wanted, "buyer", NOW))


async def test_a_row_per_product_with_both_errors_and_what_is_used(taken):
    found = await figures("forecast", TODAY)
    assert picked(found, "group", "method", "average_wape", "average_bias", "average_mase", "lead_time_days") == [
        ("BOLT", "average", "0.0000", "0.0000", None, "7"),
        ("KIT", "too_little", None, None, None, "2"),
        ("NUT", "AutoETS", "0.3529", "-0.3529", "6.00", "5"),
    ]
    assert picked(found, "expected")[:2] == [("10",), (None,)]


async def test_without_forecasts_the_products_are_there_and_nothing_is_known(database):
    await builders.a_company()
    assert picked(await figures("forecast", TODAY), "group", "expected", "method", "proposed", "present") == [
        (sku, None, None, None, None) for sku in ("BOLT", "KIT", "NUT")
    ]


async def test_behind_a_row_are_the_orders_that_made_the_demand(taken):
    # Not the one that was cancelled whole, and not the one of the running week.
    assert await orders("forecast", TODAY, "BOLT") == sorted(taken)
    assert await orders("forecast", TODAY, "KIT") == sorted(taken[-3:])
    # A week later the forecast of the week before still is what it was made of.
    later = replace(TODAY, now=NOW + 7 * builders.DAY)
    assert await orders("forecast", later, "BOLT") == sorted(taken)
    await make(later.now)
    assert len(await orders("forecast", later, "BOLT")) == len(taken) + 1


async def test_projected_stock_is_free_stock_and_supply_less_what_orders_and_production_lack(database):
    await builders.a_company()
    # 100 + 40 BOLT, of which an order reserves 30.
    await builders.allocated(await builders.an_order({"BOLT": 30}))
    assert picked(await figures("forecast", TODAY), "group", "projected") == [
        ("BOLT", "110"), ("KIT", "0"), ("NUT", "0"),
    ]  # fmt: skip
    # 12 NUT are ordered by a customer and 15 of the supplier: 3 will be free.
    await builders.allocated(await builders.an_order({"NUT": 12}))
    assert picked(await figures("forecast", TODAY), "projected")[2] == ("3",)
    # Two KIT are to be made: four BOLT go there, and the two NUT that they need are taken from what comes.
    await builders.allocated(await builders.an_order({"KIT": 2}))
    assert picked(await figures("forecast", TODAY), "group", "projected") == [
        ("BOLT", "106"), ("KIT", "0"), ("NUT", "1"),
    ]  # fmt: skip


async def test_what_to_order_is_the_quantity_or_what_lacks(database):
    await builders.a_company()
    await set_point("BOLT", 140, 25)  # exactly at its point: 25
    await set_point("NUT", 17, None)  # 17 lack, at least 10 and in fives: 20
    await set_point("KIT", -1, 5)  # above its point
    await builders.a_product("IDLE")
    await set_point("IDLE", 0, 0)  # at its point, and nothing is to be ordered
    assert picked(await figures("forecast", TODAY), "group", "present", "to_order") == [
        ("BOLT", "140", "25"), ("IDLE", "0", None), ("KIT", "-1", None), ("NUT", "17", "20"),
    ]  # fmt: skip
    async with transaction() as tx:
        due, following = await reorder.due(tx, limit=1, after=None)
        rest, end = await reorder.due(tx, limit=1, after=following)
    assert [(each["sku"], each["to_order"]) for each in (*due, *rest)] == [("BOLT", 25), ("NUT", 20)]
    assert end is None
