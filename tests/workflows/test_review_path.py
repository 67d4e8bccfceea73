"""An order in review: held, released, cleared by itself, escalated, expired, rejected."""

from __future__ import annotations

from decimal import Decimal

import pytest

from db import engine
from db.queries import policies
from domain.policy import Policy
from tests import builders
from tests.workflows.world import World

RESERVED = "SELECT reserved FROM customer_account WHERE customer = :c"
ALLOCATED = "SELECT coalesce(sum(reserved), 0) FROM stock_level"


@pytest.mark.path("held_for_credit_then_released")
async def test_an_order_over_the_limit_waits_until_somebody_releases_it_by_name(world: World) -> None:
    await builders.a_customer("SMALL", credit_limit="100")
    order = await world.submit({"BOLT": 10}, customer="SMALL")
    await world.held(order, "CREDIT")
    await world.quiet(order)
    assert await world.value(RESERVED, c="SMALL") == 0
    assert await world.value(ALLOCATED) == 0
    assert (await world.heard(order, "order_held"))[0]["over_by"] == "20.0000"

    await world.release(order, "CREDIT", by=builders.CREDIT)
    await world.shipment_of(order)
    await world.quiet(order)
    assert await world.value(RESERVED, c="SMALL") == 120
    assert (await world.heard(order, "hold_released"))[0]["by"] == "credit controller"
    events = await world.events(order)
    assert events == [
        "order_submitted", "order_held", "hold_released", "order_confirmed", "stock_allocated", "shipment_created"
    ]  # fmt: skip


@pytest.mark.path("credit_hold_clears_itself")
async def test_a_credit_hold_clears_itself_when_money_arrives(world: World) -> None:
    await builders.a_customer("SMALL", credit_limit="100")
    first = await world.submit({"BOLT": 5}, customer="SMALL")
    invoice = await world.billed(first)
    second = await world.submit({"BOLT": 5}, customer="SMALL")
    await world.held(second, "CREDIT")

    await world.pay("60.00", invoice=invoice)
    await world.shipment_of(second)
    assert await world.value("SELECT status FROM hold WHERE order_number = :n", n=second) == "CLEARED"
    assert await world.value("SELECT decided_by FROM hold WHERE order_number = :n", n=second) is None
    assert (await world.events(second))[:4] == ["order_submitted", "order_held", "hold_cleared", "order_confirmed"]


async def test_of_two_orders_held_for_credit_the_more_urgent_gets_the_money(world: World) -> None:
    await builders.a_customer("SMALL", credit_limit="100", priority=5)
    first = await world.submit({"BOLT": 6}, customer="SMALL")
    invoice = await world.billed(first)
    older = await world.submit({"BOLT": 5}, customer="SMALL")
    await builders.a_customer("SMALL", credit_limit="100", priority=1)
    urgent = await world.submit({"BOLT": 5}, customer="SMALL")
    await world.held(older, "CREDIT")
    await world.held(urgent, "CREDIT")

    await world.pay("72.00", invoice=invoice)
    await world.shipment_of(urgent)
    await world.quiet(older, urgent)
    await world.held(older, "CREDIT")
    assert "hold_cleared" not in await world.events(older)
    assert await world.value(RESERVED, c="SMALL") == 60


async def test_a_small_order_does_not_wait_behind_an_urgent_one_that_does_not_fit(world: World) -> None:
    await builders.a_customer("SMALL", credit_limit="100", priority=1)
    first = await world.submit({"BOLT": 8}, customer="SMALL")
    invoice = await world.billed(first)
    huge = await world.submit({"BOLT": 50}, customer="SMALL")
    await builders.a_customer("SMALL", credit_limit="100", priority=5)
    small = await world.submit({"BOLT": 2}, customer="SMALL")
    await world.held(small, "CREDIT")

    await world.pay("96.00", invoice=invoice)
    await world.shipment_of(small)
    await world.held(huge, "CREDIT")


@pytest.mark.path("hold_escalates_and_expires")
async def test_a_hold_escalates_at_its_deadline_and_the_order_expires(world: World) -> None:
    await builders.a_customer("SMALL", credit_limit="100")
    order = await world.submit({"BOLT": 10}, customer="SMALL")
    await world.held(order, "CREDIT")

    await world.pass_days(order, 1.9)
    assert "hold_escalated" not in await world.events(order)
    await world.pass_days(order, 0.2)
    assert (await world.events(order))[-1] == "hold_escalated"
    await world.pass_days(order, 11.8)
    await world.order_is(order, "IN_REVIEW")
    await world.pass_days(order, 0.2)
    await world.order_is(order, "EXPIRED")

    assert (await world.end_of(order))["state"] == "EXPIRED"
    assert await world.value("SELECT status FROM hold WHERE order_number = :n", n=order) == "CLOSED"
    assert (await world.events(order)).count("hold_escalated") == 1
    assert (await world.events(order))[-2:] == ["hold_closed", "order_expired"]
    assert sorted(await world.letters(order)) == ["hold_escalated", "order_expired", "order_received"]
    assert await world.value("SELECT recipient FROM notice WHERE event = 'hold_escalated'") == "manager@staff.invalid"
    assert await world.value(RESERVED, c="SMALL") == 0
    assert await world.value(ALLOCATED) == 0


async def test_an_order_expires_at_its_date_though_its_hold_would_escalate_later(world: World) -> None:
    async with engine.transaction() as tx:
        await policies.put_in_force(tx, Policy(hold_deadline_days=20), world.now(""))
    await builders.a_customer("SMALL", credit_limit="100")
    order = await world.submit({"BOLT": 10}, customer="SMALL")
    await world.held(order, "CREDIT")
    await world.pass_days(order, 14.1)
    await world.order_is(order, "EXPIRED")
    assert "hold_escalated" not in await world.events(order)


async def test_a_release_stops_the_clock_of_the_hold(world: World) -> None:
    await builders.a_customer("SMALL", credit_limit="100")
    order = await world.submit({"BOLT": 10}, customer="SMALL")
    await world.held(order, "CREDIT")
    await world.release(order, "CREDIT")
    await world.shipment_of(order)
    await world.pass_days(order, 20)
    events = await world.events(order)
    assert not {"hold_escalated", "order_expired"} & set(events)
    await world.order_is(order, "IN_FULFILMENT")


@pytest.mark.path("discount_hold_rejected")
async def test_a_discount_beyond_the_sellers_authority_is_rejected(world: World) -> None:
    lines = [{"sku": "BOLT", "quantity": 3, "discount_percent": "20"}]
    order = await builders.an_order(lines, now=world.now(""))
    await world.held(order, "PRICE")
    await world.reject(order, "PRICE")
    await world.order_is(order, "REJECTED")

    assert (await world.end_of(order))["state"] == "REJECTED"
    assert await world.events(order) == ["order_submitted", "order_held", "hold_rejected"]
    assert sorted(await world.letters(order)) == ["order_received", "order_rejected"]
    assert await world.value(RESERVED, c="ACME") == 0
    assert await world.value(ALLOCATED) == 0


async def test_all_holds_show_at_once_and_each_must_be_released(world: World) -> None:
    await builders.a_customer("SMALL", credit_limit="100")
    lines = [{"sku": "BOLT", "quantity": 20, "discount_percent": "20"}]
    order = await builders.an_order(lines, now=world.now(""), customer="SMALL")
    await world.held(order, "CREDIT", "PRICE")

    await world.release(order, "PRICE")
    await world.quiet(order)
    await world.held(order, "CREDIT")
    await world.order_is(order, "IN_REVIEW")
    await world.release(order, "CREDIT")
    await world.shipment_of(order)
    assert await world.value(RESERVED, c="SMALL") == Decimal(192)


@pytest.mark.path("prepaid_waits_for_cash")
async def test_a_prepaid_order_waits_for_all_of_its_cash(world: World) -> None:
    order = await world.submit({"BOLT": 3}, payment_terms="prepaid")
    await world.held(order, "PREPAYMENT")
    await world.pay("35.99", reference=order)
    await world.quiet(order)
    await world.held(order, "PREPAYMENT")
    await world.pay("0.01", reference=order)

    invoice = await world.billed(order)
    await world.until("SELECT state FROM invoice WHERE number = :n", "PAID", n=invoice)
    await world.pass_days(order, 31)
    await world.order_is(order, "COMPLETED")
    assert "reminder_sent" not in await world.events(order)
    assert await world.value("SELECT sum(unapplied) FROM payment") == 0
