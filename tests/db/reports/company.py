"""A small company of which every figure can be worked out by hand.

All in EUR, net prices; tax is 20 %. BOLT costs 4 and sells at 10, NUT costs 1 and sells at 3; 100 BOLT in MAIN and 40
in EAST since 2 March 2026 at 9:00, no NUT. ACME may owe 10,000, SMALL 100.

| order | customer | lines          | net | 2 March  | then                                                          |
|-------|----------|----------------|-----|----------|---------------------------------------------------------------|
| a     | ACME     | 10 BOLT        | 100 | taken    | confirmed 10:00, noted 12:00, delivered 3 March 9:00, billed   |
|       |          |                |     |          | 10:00 (120.00), paid in full on 13 March 10:00                |
| b     | ACME     | 4 BOLT, 12 NUT |  76 | taken    | confirmed at once; the 12 NUT are promised for 10 March (5+1+2 |
|       |          |                |     |          | days); BOLT delivered 4 March 9:00 and billed (48.00)         |
| c     | SMALL    | 20 BOLT        | 200 | taken    | held for credit; released by a person on 4 March 15:00 (54 h); |
|       |          |                |     |          | delivered and billed 5 March 9:00 (240.00)                    |
| d     | ACME     | 2 BOLT at -40 %|  12 | taken    | held for its price; rejected on 2 March 12:00 (3 h)           |
| e     | ACME     | 5 BOLT         |  50 | taken    | asked for on 20 March; confirmed, cancelled whole 3 March     |

Asked for is the day of taking, 2 March, unless another is said.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from activities.cancellation import undo_order
from activities.review import review_order
from db.engine import settled
from domain.facts import Cancellation, CaseMove, HoldRejection, HoldRelease
from domain.reports.asked import Asked
from domain.steps import OrderStep
from intake import after_sales, cancellation, review
from tests import builders
from tests.builders import CREDIT, DAY, MANAGER, NOW, SALES, SUPPORT, rows

HOUR = timedelta(hours=1)
TODAY = datetime(2026, 4, 10, 12, tzinfo=UTC)


def march(by: str, **filters: str) -> Asked:
    """A question about March, asked on 10 April."""
    return Asked(date(2026, 3, 1), date(2026, 3, 31), by, TODAY, filters)


async def a_small_company() -> dict[str, str]:
    """Live through the table above; the numbers of the orders by their letters."""
    await builders.a_company()
    await builders.a_customer("SMALL", credit_limit="100")
    return {"a": await _a(), "b": await _b(), "c": await _c(), "d": await _d(), "e": await _e()}


async def _a() -> str:
    order = await builders.an_order({"BOLT": 10})
    await builders.confirmed(order, NOW + HOUR)
    await builders.noted(order, NOW + 3 * HOUR)
    await builders.delivered(order, NOW + DAY)
    await builders.invoiced(order, NOW + DAY + HOUR)
    await builders.paid(order, NOW + 11 * DAY + HOUR)
    return order


async def _b() -> str:
    order = await builders.an_order({"BOLT": 4, "NUT": 12})
    await builders.allocated(order)
    await builders.delivered(order, NOW + 2 * DAY)
    await builders.invoiced(order, NOW + 2 * DAY)
    return order


async def _c() -> str:
    order = await builders.an_order({"BOLT": 20}, customer="SMALL")
    release = HoldRelease(comment="long known to us")
    hold = await _held(order)
    await settled(lambda tx: review.release_hold(tx, CREDIT, order, hold, release, NOW + 54 * HOUR))
    await builders.invoiced(order, NOW + 3 * DAY)
    return order


async def _d() -> str:
    order = await builders.an_order([{"sku": "BOLT", "quantity": 2, "discount_percent": "40"}])
    hold = await _held(order)
    rejection = HoldRejection(comment="below cost")
    await settled(lambda tx: review.reject_hold(tx, MANAGER, order, hold, rejection, NOW + 3 * HOUR))
    return order


async def _e() -> str:
    order = await builders.an_order({"BOLT": 5}, requested_date=date(2026, 3, 20))
    await builders.allocated(order)
    await cancelled(order, NOW + DAY)
    return order


async def cancelled(order: str, now: datetime) -> None:
    """What has not left of an order is cancelled."""
    wish = Cancellation(reason="not needed any more")
    await settled(lambda tx: cancellation.cancel_order(tx, SALES, order, wish, now))
    await undo_order(OrderStep(number=order, now=now))


async def two_cases(order: str) -> None:
    """One answered in an hour and solved in a day; one of which nobody took notice: a normal case has 1 and 5 days."""
    first = await builders.a_case(order)
    await builders.a_case(order)
    for move, at in (("start", NOW + HOUR), ("resolve", NOW + DAY)):
        await settled(partial(_moved, case=first, move=move, at=at))


async def _moved(tx: AsyncConnection, case: str, move: str, at: datetime) -> None:
    await after_sales.move_case(tx, SUPPORT, case, move, CaseMove(comment=move), at)


async def _held(order: str) -> int:
    assert (await review_order(OrderStep(number=order, now=NOW))).held
    [found] = await rows("SELECT id FROM hold WHERE order_number = :order AND status = 'OPEN'", order=order)
    return int(found.id)
