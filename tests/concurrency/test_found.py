"""What the histories and the machine found, each as the smallest story that shows it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from activities import invoicing
from activities.after_sales import close_order
from activities.review import review_order
from db.engine import autocommit, transaction
from domain.facts import PaymentFact, TrackingFact
from domain.steps import OrderStep, ShipmentStep
from intake.collection import record_payment
from intake.shipping import record_tracking
from tests import builders
from tests.activities.fingerprint import assert_sound
from tests.builders import NOW, rows


@pytest.fixture(autouse=True)
async def company(database: str) -> None:
    """The small company."""
    await builders.a_company()


async def somebody_waits_for_a_lock() -> None:
    """Until a connection of this database waits for the transaction that the test holds open."""
    query = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with asyncio.timeout(30):
        while not await rows(query):
            await asyncio.sleep(0.01)


async def test_money_that_names_nothing_meets_the_invoice_that_is_posted_while_it_waits_for_the_account():
    order = await builders.an_order({"BOLT": 3})
    [shipment] = await builders.delivered(order)
    async with transaction() as tx:
        await invoicing._post(tx, ShipmentStep(number=shipment, order=order, now=NOW))
        paying = asyncio.create_task(builders.a_payment("40.00", customer="ACME"))
        await somebody_waits_for_a_lock()
    payment = await paying
    [found] = await rows("SELECT number, applied, unapplied FROM payment")
    assert (found.number, found.applied, found.unapplied) == (payment, Decimal(36), Decimal(4))
    assert (await rows("SELECT outstanding FROM invoice"))[0].outstanding == 0
    await assert_sound()


async def test_a_connection_that_is_lost_outside_a_transaction_says_so():
    with pytest.raises(DBAPIError) as lost:
        async with autocommit() as tx:
            await tx.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert lost.value.connection_invalidated
    async with autocommit() as tx:
        assert (await tx.execute(text("SELECT 1"))).scalar_one() == 1


async def test_an_order_whose_parcel_arrives_while_it_is_looked_at_is_not_complete_before_it_is_billed():
    order = await builders.an_order({"BOLT": 3})
    [shipment] = await builders.issued(order)
    fact = TrackingFact(tracking_number=f"TRK-{shipment}", status="delivered", at=NOW, sequence=9)
    async with transaction() as tx:
        await record_tracking(tx, builders.WAREHOUSE, builders.CARRIER, fact, NOW)
        closing = asyncio.create_task(close_order(OrderStep(number=order, now=NOW)))
        await somebody_waits_for_a_lock()
    closed = await closing
    assert (closed.state, closed.ended) == ("FULFILLED", False)
    await assert_sound()


async def test_an_order_reviewed_while_its_customer_pays_is_not_held_for_what_is_paid():
    [invoice] = await builders.invoiced(await builders.an_order({"BOLT": 30}))
    later = NOW + timedelta(days=80)
    order = await builders.an_order({"BOLT": 3}, now=later)
    told = {"amount": "360.00", "currency": "EUR", "invoice": invoice, "provider": "bank"}
    fact = PaymentFact.model_validate({**told, "provider_payment_id": "late", "received_at": later})
    async with transaction() as tx:
        await record_payment(tx, builders.FINANCE, fact, later)
        reviewing = asyncio.create_task(review_order(OrderStep(number=order, now=later)))
        await somebody_waits_for_a_lock()
    assert ((await reviewing).state, (await reviewing).reasons) == ("CONFIRMED", ())
    await assert_sound()


@pytest.mark.parametrize("way", ["movement", "receipt"])
async def test_goods_that_come_in_lock_the_warehouses_of_their_product_in_one_order(way: str):
    """Whoever locked the warehouse of the goods first and then the others stood in the way of every allocation."""
    await builders.some_stock("NUT", 5, "EAST")
    await builders.some_stock("NUT", 5)
    [supply] = await builders.allocated(await builders.an_order({"NUT": 12}))
    async with transaction() as tx:
        await tx.execute(text("SELECT 1 FROM stock_level WHERE sku = 'NUT' AND warehouse = 'EAST' FOR UPDATE"))
        comes = builders.some_stock("NUT", 1) if way == "movement" else builders.received(supply, 1)
        coming = asyncio.create_task(comes)
        await somebody_waits_for_a_lock()
        free = await rows("SELECT warehouse FROM stock_level WHERE sku = 'NUT' FOR UPDATE SKIP LOCKED")
        assert [row.warehouse for row in free] == ["MAIN"]
    await coming
    await assert_sound()
