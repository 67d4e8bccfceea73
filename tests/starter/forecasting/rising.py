"""A company with half a year of demand of which every forecast can be worked out by hand.

One order in each of 24 weeks before NOW's: always 10 BOLT; of NUT 1 in the first week and one more each week; KIT is
asked for in the last three weeks alone. And what must not count: an order that was cancelled whole in the week before,
and one of the running week.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from activities.cancellation import undo_order
from db.engine import settled
from domain.facts import Cancellation
from domain.steps import OrderStep
from intake import cancellation
from tests import builders
from tests.builders import NOW, SALES

WEEK = timedelta(days=7)
WEEKS = 24


async def rising_demand() -> list[str]:
    """Live through it; the orders that make the demand, oldest first."""
    await builders.a_company()
    taken = []
    for week in range(1, WEEKS + 1):
        lines = {"BOLT": 10, "NUT": week} | ({"KIT": 1} if week > WEEKS - 3 else {})
        taken.append(await builders.an_order(lines, now=NOW - (WEEKS + 1 - week) * WEEK))
    await cancelled(await builders.an_order({"BOLT": 500}, now=NOW - WEEK))
    await builders.an_order({"BOLT": 700}, now=NOW)
    return taken


async def cancelled(order: str) -> None:
    """The customer wants nothing of it any more."""
    wish = Cancellation(reason="ordered twice")
    await settled(partial(_cancel, order=order, wish=wish))
    await undo_order(OrderStep(number=order, now=NOW))


async def _cancel(tx: AsyncConnection, order: str, wish: Cancellation) -> None:
    await cancellation.cancel_order(tx, SALES, order, wish, NOW)
