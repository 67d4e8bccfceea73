"""What the histories and the machine found, each as the smallest story that shows it."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from activities import invoicing
from db.engine import transaction
from domain.steps import ShipmentStep
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
