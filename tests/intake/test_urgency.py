"""Credit that comes free goes to the most urgent order held for it, whichever is looked at first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from activities.cancellation import undo_order
from activities.review import expire_order, review_order
from activities.stock import allocate_order
from db.engine import settled
from domain.facts import Cancellation, HoldRejection, Pause
from domain.steps import OrderStep
from intake import cancellation, repair, review
from tests import builders
from tests.activities.fingerprint import assert_sound
from tests.builders import NOW, rows


@pytest.fixture(autouse=True)
async def company(database: str) -> None:
    """The company of the builders."""
    await builders.a_company()


async def _ordered(priority: int, pieces: int = 5) -> str:
    """An order of a customer with a credit limit of 100, looked at; a bolt is 12 with tax."""
    await builders.a_customer("SMALL", credit_limit="100", priority=priority)
    order = await builders.an_order({"BOLT": pieces}, customer="SMALL")
    await _look(order)
    return order


async def _look(order: str, after: timedelta = timedelta(0)) -> str:
    return (await review_order(OrderStep(number=order, now=NOW + after))).state


async def _two_that_wait_for_the_same_money() -> tuple[str, str]:
    """72 is owed, and two orders of 60 are held: the older, and one with priority; then the 72 are paid."""
    await builders.a_customer("SMALL", credit_limit="100")
    [invoice] = await builders.invoiced(await builders.an_order({"BOLT": 6}, customer="SMALL"))
    older, urgent = await _ordered(5), await _ordered(1)
    await builders.a_payment("72.00", invoice=invoice)
    return older, urgent


async def _told_of_credit(by: str) -> list[str]:
    told = await rows(
        "SELECT workflow_id FROM engine_outbox WHERE payload->>'status' = 'CREDIT_FREED' AND payload->>'by' = :by"
        " ORDER BY 1",
        by=by,
    )
    return [row.workflow_id for row in told]


@pytest.mark.parametrize("the_older_first", [True, False])
async def test_the_more_urgent_gets_the_credit_whichever_is_looked_at_first(the_older_first: bool):
    older, urgent = await _two_that_wait_for_the_same_money()
    turns = [older, urgent] if the_older_first else [urgent, older]
    states = {order: await _look(order) for order in turns}
    assert states == {older: "IN_REVIEW", urgent: "CONFIRMED"}
    await assert_sound()


async def test_who_leaves_credit_to_a_more_urgent_order_says_so():
    older, _ = await _two_that_wait_for_the_same_money()
    await _look(older)
    [held] = await rows("SELECT figures FROM hold WHERE order_number = :order AND status = 'OPEN'", order=older)
    figures = {name: Decimal(held.figures[name]) for name in ("more_urgent", "exposure", "over_by")}
    assert figures == {"more_urgent": 60, "exposure": 120, "over_by": 20}


async def test_an_urgent_order_that_waits_for_something_else_keeps_nobody_waiting():
    older, urgent = await _two_that_wait_for_the_same_money()
    await builders.run(
        "INSERT INTO hold (order_number, reason, owner_role, deadline, status, figures, opened_at)"
        f" SELECT '{urgent}', 'PRICE', 'manager', now(), 'OPEN', '{{}}', now()"
    )
    assert await _look(older) == "CONFIRMED"


async def _rejected(order: str) -> None:
    [hold] = await rows("SELECT id FROM hold WHERE order_number = :order", order=order)
    told = HoldRejection(comment="no longer sold to")
    await settled(lambda tx: review.reject_hold(tx, builders.CREDIT, order, hold.id, told, NOW))


async def _expired(order: str) -> None:
    await expire_order(OrderStep(number=order, now=NOW + timedelta(days=60)))


async def _cancelled(order: str) -> None:
    asked = Cancellation(reason="ordered by mistake")
    await settled(lambda tx: cancellation.cancel_order(tx, builders.SALES, order, asked, NOW))
    await undo_order(OrderStep(number=order, now=NOW))


@pytest.mark.parametrize("end", [_rejected, _expired, _cancelled])
async def test_when_the_more_urgent_order_ends_the_other_is_looked_at_again(end: Callable[[str], Awaitable[None]]):
    older, urgent = await _two_that_wait_for_the_same_money()
    assert await _look(older) == "IN_REVIEW"
    assert await _told_of_credit(urgent) == []
    await end(urgent)
    assert await _told_of_credit(urgent) == [f"order/{older}"]
    assert await _look(older) == "CONFIRMED"
    await assert_sound()


async def _paused(order: str) -> None:
    await settled(lambda tx: repair.pause_order(tx, builders.MANAGER, order, Pause(comment="wait for them"), NOW))


async def test_when_the_more_urgent_order_is_paused_the_other_is_looked_at_again():
    older, urgent = await _two_that_wait_for_the_same_money()
    assert await _look(older) == "IN_REVIEW"
    await _paused(urgent)
    assert await _told_of_credit(urgent) == [f"order/{older}"]
    assert await _look(older) == "CONFIRMED"


async def test_credit_that_the_more_urgent_cannot_take_any_more_goes_to_who_fits():
    await builders.a_customer("SMALL", credit_limit="100")
    [invoice] = await builders.invoiced(await builders.an_order({"BOLT": 6}, customer="SMALL"))
    smaller, urgent = await _ordered(5, pieces=3), await _ordered(1, pieces=6)
    await builders.a_payment("72.00", invoice=invoice)
    assert await _look(await builders.an_order({"BOLT": 3}, customer="SMALL")) == "CONFIRMED"
    assert await _look(urgent) == "IN_REVIEW"
    assert await _told_of_credit(urgent) == [f"order/{smaller}"]
    assert await _look(smaller) == "CONFIRMED"
    assert await _told_of_credit(smaller) == []
    await assert_sound()


async def test_the_remainder_that_is_cancelled_gives_its_credit_to_who_waits():
    await builders.a_customer("SMALL", credit_limit="100")
    await builders.a_product("RARE", "10.00", "4.00")
    await builders.some_stock("RARE", 1)
    first = await builders.an_order({"RARE": 5}, customer="SMALL", shipping_policy="cancel_remainder")
    await builders.confirmed(first)
    waiting = await _ordered(5)
    await allocate_order(OrderStep(number=first, now=NOW))
    assert await _told_of_credit(first) == [f"order/{waiting}"]
    assert await _look(waiting) == "CONFIRMED"
    await assert_sound()


async def test_cash_that_an_invoice_finds_gives_credit_to_who_waits():
    await builders.a_customer("SMALL", credit_limit="100")
    await builders.a_payment("72.00", reference="P-7")
    first = await builders.an_order({"BOLT": 6}, customer="SMALL", customer_po="P-7")
    await builders.confirmed(first)
    waiting = await _ordered(5)
    assert [await builders.state("invoice", invoice) for invoice in await builders.invoiced(first)] == ["PAID"]
    assert await _told_of_credit(first) == [f"order/{waiting}"]
    assert await _look(waiting) == "CONFIRMED"
    await assert_sound()


async def test_a_deposit_that_finds_its_order_gives_what_is_left_of_it_to_who_waits():
    await builders.a_customer("SMALL", credit_limit="100")
    await builders.confirmed(await builders.an_order({"BOLT": 6}, customer="SMALL"))
    waiting = await _ordered(5)
    await builders.a_payment("92.00", reference="P-8")
    prepaid = await builders.an_order({"BOLT": 5}, customer="SMALL", customer_po="P-8", payment_terms="prepaid")
    assert await _look(prepaid) == "CONFIRMED"
    assert await _told_of_credit(prepaid) == [f"order/{waiting}"]
    assert await _look(waiting) == "CONFIRMED"
    await assert_sound()
