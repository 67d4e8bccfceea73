"""Cards that are completed after the order came: an address, a limit, an active customer, a route of supply."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from activities.replenishment import replenish_order
from activities.review import review_order
from db.engine import settled
from domain.errors import IllegalMove
from domain.facts import HoldRelease
from domain.steps import OrderStep
from intake import review
from tests import builders
from tests.builders import MANAGER, NOW, rows


@pytest.fixture(autouse=True)
async def company(database: str) -> None:
    """The company of the builders, and a customer whose address nobody knows."""
    await builders.a_company()
    await builders.a_customer("NOWHERE", shipping_address=None)


async def reviewed(order: str) -> Sequence[str]:
    """The reasons for which an order is held after it was reviewed."""
    return (await review_order(OrderStep(number=order, now=NOW))).reasons


async def woken() -> list[tuple[str, str]]:
    """The signals that wait for the engine, and forgets them."""
    found = await rows("SELECT workflow_id, signal FROM engine_outbox WHERE kind = 'signal' ORDER BY workflow_id")
    await rows("DELETE FROM engine_outbox RETURNING 1")
    return [(row.workflow_id, row.signal) for row in found]


async def released(order: str) -> None:
    """Somebody releases the only hold of an order."""
    [hold] = await rows("SELECT id FROM hold WHERE order_number = :order", order=order)
    await settled(lambda tx: review.release_hold(tx, MANAGER, order, hold.id, HoldRelease(comment="go"), NOW))


async def test_an_order_without_an_address_takes_that_of_the_card_when_it_is_known():
    order = await builders.an_order(customer="NOWHERE")
    assert await reviewed(order) == ("ADDRESS",)
    await woken()
    await builders.a_customer("NOWHERE")
    assert await woken() == [(f"order/{order}", "hold_decided")]
    assert await reviewed(order) == ()
    [kept] = await rows("SELECT state, ship_to FROM sales_order WHERE number = :number", number=order)
    assert (kept.state, kept.ship_to) == ("CONFIRMED", builders.ADDRESS)
    told = [row.event for row in await rows("SELECT event FROM timeline WHERE order_number = :number", number=order)]
    assert told.count("address_taken") == 1
    await builders.booked(order)


async def test_an_order_with_an_address_of_its_own_keeps_it():
    own = {**builders.ADDRESS, "city": "Leeds"}
    order = await builders.an_order(customer="NOWHERE", ship_to=own)
    await builders.a_customer("NOWHERE")
    assert await reviewed(order) == ()
    [kept] = await rows("SELECT ship_to FROM sales_order WHERE number = :number", number=order)
    assert kept.ship_to == own


async def test_goods_without_an_address_are_not_released_until_there_is_one():
    order = await builders.an_order(customer="NOWHERE")
    await reviewed(order)
    with pytest.raises(IllegalMove, match=r"No goods can leave without an address\. Give NOWHERE one") as refusal:
        await released(order)
    assert refusal.value.legal_moves == ("REJECTED",)
    await builders.a_customer("NOWHERE")
    await released(order)
    assert await reviewed(order) == ()
    [kept] = await rows("SELECT ship_to FROM sales_order WHERE number = :number", number=order)
    assert kept.ship_to == builders.ADDRESS


async def test_a_higher_limit_wakes_as_many_orders_as_fit_the_most_urgent_first():
    await builders.a_customer("ACME", credit_limit="10")
    first, second = [await builders.an_order({"BOLT": 3}, note=str(each)) for each in range(2)]
    assert [await reviewed(order) for order in (first, second)] == [("CREDIT",), ("CREDIT",)]
    await woken()
    await builders.a_customer("ACME", credit_limit="50")
    assert await woken() == [(f"order/{first}", "hold_decided")]


async def test_a_customer_who_is_active_again_wakes_the_held_orders():
    await builders.a_customer("ACME", active=False)
    order = await builders.an_order()
    assert await reviewed(order) == ("CUSTOMER",)
    await woken()
    await builders.a_customer("ACME")
    assert await woken() == [(f"order/{order}", "hold_decided")]
    assert await reviewed(order) == ()


async def test_a_card_wakes_nobody_who_is_confirmed_or_another_customers():
    await builders.confirmed(await builders.an_order())
    held = await builders.an_order(customer="NOWHERE")
    assert await reviewed(held) == ("ADDRESS",)
    await woken()
    await builders.a_customer("ACME", credit_limit="20000")
    assert await woken() == []


async def test_a_product_that_gets_a_route_is_ordered_for_who_waits():
    await builders.a_product("ODD")
    order = await builders.an_order({"ODD": 4})
    assert await builders.allocated(order) == []
    await woken()
    await builders.a_product("ODD", supply={"route": "buy", "supplier": "STEELWORKS"})
    assert await woken() == [(f"order/{order}", "stock_allocated")]
    await replenish_order(OrderStep(number=order, now=NOW))
    [supply] = await rows("SELECT sku, quantity FROM supply_order")
    assert (supply.sku, supply.quantity) == ("ODD", 4)
