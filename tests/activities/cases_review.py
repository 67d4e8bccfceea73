"""Review on a real database: an order is decided once, its credit reserved once, its holds escalated once."""

from __future__ import annotations

from activities.review import escalate_holds, expire_order, review_order
from domain.steps import OrderStep
from tests import builders
from tests.activities.fingerprint import Case
from tests.builders import DAY, NOW


async def _affordable() -> OrderStep:
    return OrderStep(number=await builders.an_order({"BOLT": 3}), now=NOW)


async def _too_dear() -> OrderStep:
    return OrderStep(number=await builders.an_order({"BOLT": 1000}), now=NOW)


async def _held(days: int) -> OrderStep:
    step = await _too_dear()
    assert (await review_order(step)).held
    return OrderStep(number=step.number, now=NOW + days * DAY)


async def _limit_raised() -> OrderStep:
    step = await _held(0)
    await builders.a_customer("ACME", credit_limit="12000")
    return step


async def _paid_before() -> OrderStep:
    await builders.a_payment("36.00", reference="for PO-9.")
    return OrderStep(number=await builders.an_order(payment_terms="prepaid", customer_po="PO-9"), now=NOW)


CASES = (
    Case(
        review_order, "confirms an order and reserves its credit", _affordable,
        {"state": "CONFIRMED", "held": False, "reasons": ()},
        {"review_finding": 10, "credit_reservation": 1, "timeline": 1, "notice": 1, "credit reserved": 36},
    ),
    Case(
        review_order, "holds an order over the limit", _too_dear,
        {"state": "IN_REVIEW", "held": True, "reasons": ("CREDIT",), "escalate_at": NOW + 2 * DAY},
        {"review_finding": 10, "hold": 1, "timeline": 1},
    ),
    Case(
        review_order, "clears a hold whose reason is gone", _limit_raised,
        {"state": "CONFIRMED", "held": False, "reasons": (), "escalate_at": None},
        {"credit_reservation": 1, "timeline": 2, "notice": 1, "credit reserved": 12000},
    ),
    Case(
        review_order, "takes cash that came before as the deposit that it names", _paid_before,
        {"state": "CONFIRMED", "held": False, "reasons": ()},
        {
            "review_finding": 10, "credit_reservation": 1, "timeline": 2, "notice": 1, "journal_entry": 1,
            "journal_line": 2, "debited": 36, "credit reserved": 36,
        },
    ),
    Case(
        escalate_holds, "tells a manager of a hold past its deadline", lambda: _held(3),
        {"state": "IN_REVIEW", "held": True, "reasons": ("CREDIT",), "escalate_at": None},
        {"timeline": 1, "notice": 1},
    ),
    Case(
        escalate_holds, "leaves a hold alone before its deadline", lambda: _held(1),
        {"state": "IN_REVIEW", "held": True, "escalate_at": NOW + 2 * DAY}, {},
    ),
    Case(
        expire_order, "ends an order that nobody approved in time", lambda: _held(14),
        {"state": "EXPIRED", "held": False}, {"timeline": 2, "notice": 1},
    ),
    Case(
        expire_order, "leaves an order alone before its time", lambda: _held(13), {"state": "IN_REVIEW"}, {},
    ),
)  # fmt: skip
