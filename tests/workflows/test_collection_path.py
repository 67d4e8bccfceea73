"""The money of an order: reminders, partial, over and early payments, cash that waits for its invoice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from db import engine
from db.queries import policies
from domain.policy import Policy
from tests import builders
from tests.workflows.world import World

LEVELS = "SELECT string_agg(level::text, ' ' ORDER BY level) FROM reminder WHERE invoice = :n"
OUTSTANDING = "SELECT outstanding FROM invoice WHERE number = :n"
UNAPPLIED = "SELECT unapplied FROM payment WHERE number = :n"
PAYMENT = "SELECT state FROM payment WHERE number = :n"


@pytest.mark.path("unpaid_until_second_reminder_then_paid_in_two_parts")
async def test_reminders_go_on_after_a_partial_payment_and_stop_at_once_when_the_rest_is_paid(world: World) -> None:
    order = await world.submit()
    invoice = await world.billed(order)
    for days, levels in ((26.9, None), (0.2, "0"), (9.8, "0"), (0.2, "0 1"), (6.8, "0 1"), (0.2, "0 1 2")):
        await world.pass_days(order, days)
        assert await world.value(LEVELS, n=invoice) == levels
    await world.pay("16.00", of=order, invoice=invoice)
    await world.pass_days(order, 14)
    assert await world.value(LEVELS, n=invoice) == "0 1 2 3"
    assert [row["outstanding"] for row in await world.heard(order, "reminder_sent")] == [
        "36.0000", "36.0000", "36.0000", "20.0000",
    ]  # fmt: skip
    await world.order_is(order, "FULFILLED")

    await world.pay("20.00", of=order, invoice=invoice)
    await world.order_is(order, "COMPLETED")
    await world.end_of(order)
    assert await world.value(LEVELS, n=invoice) == "0 1 2 3"
    letters = await world.letters(order)
    assert [letter for letter in letters if letter.startswith("reminder")] == [
        "reminder_courtesy", "reminder_1", "reminder_2", "reminder_3",
    ]  # fmt: skip


async def test_after_the_rest_is_paid_no_reminder_follows_in_sixty_days(world: World) -> None:
    order = await world.submit(payment_terms="instalments:30@10,70@100")
    invoice = await world.billed(order)
    await world.pass_days(order, 25)
    assert await world.value(LEVELS, n=invoice) == "0 1 2"
    await world.pay("10.80", of=order, invoice=invoice)
    await world.quiet(order)
    await world.pass_days(order, 60)
    assert await world.value(LEVELS, n=invoice) == "0 1 2"
    assert await world.value("SELECT count(*) FROM notice WHERE event LIKE 'reminder%'") == 3
    await world.order_is(order, "FULFILLED")

    await world.pay("25.20", of=order, invoice=invoice)
    await world.order_is(order, "COMPLETED")
    assert await world.value(LEVELS, n=invoice) == "0 1 2"


async def test_each_instalment_has_its_own_ladder(world: World) -> None:
    order = await world.submit(payment_terms="instalments:30@10,70@60")
    invoice = await world.billed(order)
    await world.pass_days(order, 68)
    sent = "SELECT string_agg(instalment || '.' || level, ' ' ORDER BY instalment, level) FROM reminder"
    assert await world.value(f"{sent} WHERE invoice = :n", n=invoice) == "1.0 1.1 1.2 1.3 2.0 2.1"


@pytest.mark.path("reminders_after_an_outage")
async def test_after_an_outage_the_reminders_keep_their_distances_and_none_is_skipped(world: World) -> None:
    day = timedelta(seconds=0.03)
    async with engine.transaction() as tx:
        await policies.put_in_force(tx, Policy(day_seconds=day.total_seconds()), datetime.now(UTC))
    order = await world.submit(payment_terms="net10")
    invoice = await world.billed(order)
    await world.stop()
    await asyncio.sleep(50 * day.total_seconds())
    assert await world.value(LEVELS, n=invoice) is None
    await world.start()
    await world.until(LEVELS, "0 1 2 3", n=invoice)
    rows = await builders.rows("SELECT sent_at FROM reminder WHERE invoice = :n ORDER BY level", n=invoice)
    sent = [row.sent_at for row in rows]
    gaps = [later - earlier for earlier, later in pairwise(sent)]
    assert [gap >= days * day for gap, days in zip(gaps, (10, 7, 14), strict=True)] == [True, True, True]


@pytest.mark.path("overpaid")
async def test_an_overpayment_is_kept_and_settles_the_next_invoice(world: World) -> None:
    first = await world.submit()
    payment = await world.pay("50.00", of=first, invoice=await world.billed(first))
    assert await world.value(UNAPPLIED, n=payment) == 14
    assert (await world.heard(first, "payment_unapplied"))[0]["amount"] == "14.0000"

    second = await world.submit({"BOLT": 1})
    invoice = await world.billed(second)
    assert await world.value(OUTSTANDING, n=invoice) == 0
    assert await world.value(UNAPPLIED, n=payment) == 2
    await world.pass_days(second, 31)
    await world.order_is(second, "COMPLETED")
    assert await world.value(LEVELS, n=invoice) is None
    assert await world.value("SELECT received FROM sales_order WHERE number = :n", n=first) == 38


@pytest.mark.path("paid_before_the_invoice")
async def test_a_payment_before_the_invoice_is_matched_when_the_invoice_is_posted(world: World) -> None:
    order = await world.submit()
    shipment = await world.shipment_of(order)
    payment = await world.pay("36.00", of=order, reference=order)
    assert await world.value(PAYMENT, n=payment) == "UNAPPLIED"
    await world.pick(shipment)
    await world.deliver(shipment)
    invoice = await world.invoice_of(order)
    assert await world.value(OUTSTANDING, n=invoice) == 0
    assert await world.value(PAYMENT, n=payment) == "APPLIED"
    await world.pass_days(order, 31)
    await world.order_is(order, "COMPLETED")
    assert await world.value(LEVELS, n=invoice) is None


async def test_cash_that_names_another_open_order_is_left_for_that_one(world: World) -> None:
    first = await world.submit({"BOLT": 3})
    payment = await world.pay("36.00", reference=first)
    second = await world.submit({"BOLT": 1})
    invoice = await world.billed(second)
    assert await world.value(OUTSTANDING, n=invoice) == 12
    await world.billed(first)
    assert await world.value(PAYMENT, n=payment) == "APPLIED"
    assert await world.value(OUTSTANDING, n=invoice) == 12


async def test_one_payment_settles_two_orders_and_wakes_both(world: World) -> None:
    first, second = await world.submit({"BOLT": 3}), await world.submit({"BOLT": 1})
    invoices = [await world.billed(first), await world.billed(second)]
    await world.pay("48.00", customer="ACME")
    assert [await world.value(OUTSTANDING, n=invoice) for invoice in invoices] == [0, 0]
    await world.quiet(first, second)
    for order in (first, second):
        await world.pass_days(order, 31)
        await world.order_is(order, "COMPLETED")
        assert "reminder_sent" not in await world.events(order)


async def test_money_for_a_completed_order_is_unapplied_cash_and_wakes_nobody(world: World) -> None:
    order = await world.submit()
    await world.pay("36.00", invoice=await world.billed(order))
    await world.quiet(order)
    await world.pass_days(order, 31)
    await world.order_is(order, "COMPLETED")
    await world.end_of(order)
    late = await world.pay("36.00", of=order, reference=order)
    await world.until("SELECT count(*) FROM engine_outbox WHERE sent_at IS NULL", 0)
    outcome = "SELECT outcome FROM engine_outbox ORDER BY id DESC LIMIT 1"
    assert await world.value(outcome) == "ended"
    assert await world.value(PAYMENT, n=late) == "UNAPPLIED"
    assert await world.value("SELECT unapplied FROM customer_account WHERE customer = 'ACME'") == Decimal(36)
    runs = [run async for run in world.client.list_workflows(f"WorkflowId = 'order/{order}'")]
    assert len(runs) <= 1
    await world.order_is(order, "COMPLETED")


async def test_money_of_an_unknown_payer_waits_and_is_matched_by_what_it_names(world: World) -> None:
    payment = await world.pay("36.00", reference="order po-77")
    assert await world.value("SELECT customer FROM payment WHERE number = :n", n=payment) is None
    order = await world.submit(customer_po="PO-77")
    invoice = await world.billed(order)
    assert await world.value(OUTSTANDING, n=invoice) == 0
    assert await world.value("SELECT customer FROM payment WHERE number = :n", n=payment) == "ACME"
