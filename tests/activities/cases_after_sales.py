"""After-sales on a real database: one follow-up, one end of an order, one escalation and one end of a case."""

from __future__ import annotations

from activities.after_sales import (
    close_case,
    close_order,
    escalate_case,
    look_at_case,
    plan_after_sales,
    send_follow_up,
)
from db.engine import settled
from domain.facts import CaseMove
from domain.steps import CaseStep, OrderStep
from intake import after_sales
from tests import builders
from tests.activities.fingerprint import Case
from tests.builders import DAY, NOW, SUPPORT


async def _delivered() -> OrderStep:
    order = await builders.an_order()
    await builders.invoiced(order)
    return OrderStep(number=order, now=NOW)


async def _paid() -> OrderStep:
    order = await builders.an_order()
    await builders.paid(order)
    return OrderStep(number=order, now=NOW)


async def _case(*moves: str, days: int = 0) -> CaseStep:
    number = await builders.a_case(await builders.an_order())
    for move in moves:
        await settled(lambda tx, m=move: after_sales.move_case(tx, SUPPORT, number, m, CaseMove(), NOW))  # type: ignore[misc]
    return CaseStep(number=number, now=NOW + days * DAY)


CASES = (
    Case(
        plan_after_sales, "counts from the delivery", _delivered,
        {"follow_up_at": NOW + 5 * DAY, "window_ends_at": NOW + 30 * DAY, "followed_up": False}, {},
    ),
    Case(
        send_follow_up, "asks the customer once", _delivered,
        {"follow_up_at": NOW + 5 * DAY, "window_ends_at": NOW + 30 * DAY, "followed_up": True},
        {"timeline": 1, "notice": 1},
    ),
    Case(close_order, "completes an order that is paid", _paid, {"state": "COMPLETED", "ended": True}, {"timeline": 1}),
    Case(close_order, "leaves an order open that is owed", _delivered, {"state": "FULFILLED", "ended": False}, {}),
    Case(
        look_at_case, "reads the clocks of a case", _case,
        {"state": "NEW", "respond_by": NOW + DAY, "responded": False, "escalated": False, "closes_at": None}, {},
    ),
    Case(
        escalate_case, "tells a manager of a late response", lambda: _case(days=2),
        {"state": "NEW", "responded": False, "escalated": True}, {"timeline": 1, "notice": 1},
    ),
    Case(
        escalate_case, "leaves a case alone that was answered", lambda: _case("start", days=2),
        {"responded": True, "escalated": False}, {},
    ),
    Case(
        close_case, "closes a resolved case that nobody reopened", lambda: _case("start", "resolve", days=7),
        {"state": "CLOSED", "closes_at": None}, {"case_note": 1, "timeline": 1},
    ),
    Case(
        close_case, "leaves a case open that may still be reopened", lambda: _case("start", "resolve", days=6),
        {"state": "RESOLVED", "closes_at": NOW + 7 * DAY}, {},
    ),
)  # fmt: skip
