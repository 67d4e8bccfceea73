"""A figure is the sum of what the orders behind it add, order by order; an order that adds nothing is not behind it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from db.engine import transaction
from db.reports.registry import REPORTS
from db.reports.report import ALL
from domain.reports.asked import Asked
from tests import builders
from tests.builders import DAY, NOW
from tests.db.reports.company import HOUR, a_small_company, march, two_cases

OF_ORDERS = [name for name, report in REPORTS.items() if not report.orders_from]
"""The reports whose figures are made of orders; those of the others are made of stock and of weeks."""


@pytest.fixture
async def company(database: str) -> dict[str, str]:
    """The small company with two cases, and an order in another currency with two lines of one product."""
    orders = await a_small_company()
    await two_cases(orders["a"])
    lines = [{"sku": "BOLT", "quantity": "1"}, {"sku": "BOLT", "quantity": "2"}]
    other = await builders.an_order(lines=lines, customer="HUAXIN", currency="CNY", now=NOW + HOUR)
    await builders.invoiced(other, NOW + DAY)
    return orders


async def behind(name: str, asked: Asked, group: str | None = None, figure: str = "") -> list[dict[str, Any]]:
    """The orders behind a figure, with what each adds."""
    async with transaction() as tx:
        return (await REPORTS[name].orders(tx, asked, group, limit=50, after=None, figure=figure))[0]


def of_row(name: str, row: dict[str, Any], by: str) -> Asked:
    """The question whose orders are those of a row and its currency."""
    money = {"currency": row["currency"]} if row.get("currency") and "currency" in REPORTS[name].filters else {}
    return march(by, **money)


@pytest.mark.parametrize("name", OF_ORDERS)
async def test_every_figure_is_the_sum_of_its_orders(company, name):
    report, seen = REPORTS[name], 0
    adding = [column.name for column in report.columns_of_orders if column.adds]
    for by in report.statements:
        async with transaction() as tx:
            rows, totals = await report.answer(tx, march(by))
        for row, group in (*((row, row["group"] or "") for row in rows if by != ALL), *((row, None) for row in totals)):
            asked = of_row(name, row, report.default if group is None else by)
            orders = await behind(name, asked, group)
            async with transaction() as tx:
                (altogether,) = await report.sums(tx, asked, group)
            for figure in adding:
                assert sum(each["figures"][figure] for each in orders) == row[figure], (by, group, figure)
                assert altogether[figure] == row[figure], (by, group, figure)
                seen += 1
    assert seen or not adding


@pytest.mark.parametrize("name", REPORTS)
async def test_behind_a_figure_stand_the_orders_that_add_to_it_and_no_others(company, name):
    for by, figure in REPORTS[name].narrowed:
        whole = {each["number"]: each["figures"][figure] for each in await behind(name, march(by))}
        only = await behind(name, march(by), figure=figure)
        assert {each["number"] for each in only} == {number for number, adds in whole.items() if adds}, (by, figure)


async def test_an_order_adds_to_a_product_only_what_it_has_of_it(company):
    # b has 4 BOLT for 40 of its 76; c 20 BOLT for 200.
    rows = await behind("bookings", march("product", currency="EUR"), "BOLT")
    adds = {each["number"]: (each["net"], each["figures"]["net"]) for each in rows}
    assert adds[company["b"]] == (Decimal("76.00"), Decimal("40.00"))
    assert adds[company["c"]] == (Decimal("200.00"), Decimal("200.00"))
    # Cancelled was e's alone.
    rows = await behind("bookings", march("product", currency="EUR"), "BOLT", "cancelled")
    assert [(each["number"], each["figures"]["cancelled"]) for each in rows] == [(company["e"], Decimal("50.00"))]


async def test_orders_behind_stock_and_forecasts_say_their_goods(company):
    rows = await behind("stock-turns", march("product", currency="EUR"), "BOLT")
    # 34 pieces at 4, and three of the order in another currency.
    assert sum(each["figures"]["issued"] for each in rows) == Decimal("148.00")
    (b,) = [each for each in await behind("forecast", march("product"), "NUT") if each["number"] == company["b"]]
    assert b["figures"]["asked"] == Decimal(12)
