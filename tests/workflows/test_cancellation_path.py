"""An order is cancelled, whatever it has come to: everything it caused is as it was before."""

from __future__ import annotations

import pytest

from domain.errors import IllegalMove
from gateways.carriers import registry
from gateways.carriers.simulator.running import beside
from gateways.carriers.simulator.settings import SimulatorSettings
from tests import builders
from tests.workflows.picture import picture
from tests.workflows.world import World


async def _cancelled(world: World, order: str) -> None:
    await world.cancel(order)
    await world.order_is(order, "CANCELLED")
    assert (await world.end_of(order))["state"] == "CANCELLED"
    assert (await world.events(order))[-1] == "order_cancelled"
    assert (await world.letters(order)).count("order_cancelled") == 1
    undone = "SELECT count(*) FROM undo_step WHERE order_number = :n AND status <> 'done'"
    assert await world.value(undone, n=order) == 0


async def test_cancelled_before_the_engine_has_heard_of_it(world: World) -> None:
    before = await picture()
    await world.stop()
    order = await world.submit()
    await world.cancel(order)
    await world.start()
    await world.order_is(order, "CANCELLED")
    await world.end_of(order)
    assert await picture() == before
    assert not {"order_confirmed", "stock_allocated"} & set(await world.events(order))


@pytest.mark.path("cancelled_while_held")
async def test_cancelled_while_it_is_held(world: World) -> None:
    await builders.a_customer("SMALL", credit_limit="10")
    before = await picture()
    order = await world.submit(customer="SMALL")
    await world.held(order, "CREDIT")
    await _cancelled(world, order)
    assert await picture() == before
    assert await world.value("SELECT status FROM hold WHERE order_number = :n", n=order) == "CLOSED"


async def test_cancelled_while_nothing_is_allocated(world: World) -> None:
    await builders.a_product("RARE", "5.00")
    before = await picture()
    order = await world.submit({"RARE": 3})
    await world.until("SELECT backordered FROM order_line WHERE order_number = :n", 3, n=order)
    await _cancelled(world, order)
    assert await picture() == before


@pytest.mark.path("cancelled_while_on_order")
async def test_cancelled_while_its_supply_is_on_order(world: World) -> None:
    before = await picture()
    order = await world.submit({"NUT": 8})
    supply = await world.supply_of("NUT")
    await _cancelled(world, order)
    assert await picture() == before
    assert await world.end_of(supply) == "CANCELLED"


async def test_cancelled_while_it_is_being_made_of_parts_that_are_bought_for_it(world: World) -> None:
    before = await picture()
    order = await world.submit({"KIT": 4})
    production, purchase = await world.supply_of("KIT"), await world.supply_of("NUT")
    await world.until("SELECT sum(reserved) FROM supply_component", 8)
    await _cancelled(world, order)
    assert await picture() == before
    assert [await world.end_of(supply) for supply in (production, purchase)] == ["CANCELLED", "CANCELLED"]


async def test_supply_that_others_need_is_kept_when_one_of_them_is_cancelled(world: World) -> None:
    first = await world.submit({"NUT": 4})
    supply = await world.supply_of("NUT")
    second = await world.submit({"NUT": 4})
    await world.until("SELECT count(*) FROM supply_peg WHERE order_number = :n", 1, n=second)
    await _cancelled(world, first)
    assert await builders.state("supply_order", supply) == "ORDERED"
    await builders.received(supply, 10, now=world.now(second))
    await world.ship(second)
    await world.order_is(second, "FULFILLED")


@pytest.mark.path("cancelled_after_allocation")
async def test_cancelled_after_allocation(world: World) -> None:
    before = await picture()
    order = await world.submit({"BOLT": 120})
    shipments = [await world.shipment_of(order, nth) for nth in (0, 1)]
    await _cancelled(world, order)
    assert await picture() == before
    assert await world.bookings(*shipments) == ["never", "never"]


@pytest.mark.path("cancelled_while_carrier_is_down")
async def test_cancelled_while_packed_and_the_carrier_is_down(world: World) -> None:
    before = await picture()
    await world.faults(mode="down")
    order = await world.submit()
    shipment = await world.shipment_of(order)
    await world.pick(shipment)
    await world.shipment_is(shipment, "PACKED")
    await world.cancel(order)
    await world.quiet()
    await world.order_is(order, "CANCELLING")
    await world.faults()
    await world.order_is(order, "CANCELLED")
    await world.end_of(order)
    assert await picture() == before
    assert await world.bookings(shipment) == ["voided"]


@pytest.mark.path("cancelled_after_booking")
async def test_cancelled_after_the_carrier_was_booked(world: World) -> None:
    before = await picture()
    order = await world.submit()
    shipment = await world.shipment_of(order)
    await world.pick(shipment)
    await world.shipment_is(shipment, "BOOKED")
    assert await world.bookings(shipment) == ["booked"]
    await _cancelled(world, order)
    assert await picture() == before
    assert await world.bookings(shipment) == ["voided"]


@pytest.mark.path("cancelled_too_late")
async def test_a_parcel_that_is_on_its_way_already_arrives_in_spite_of_the_cancellation(world: World) -> None:
    with beside(SimulatorSettings(simulator_port=0, simulator_step_seconds=0)) as hasty:
        await registry.close()
        registry.configure(hasty)
        order = await world.submit()
        shipment = await world.shipment_of(order)
        await world.pick(shipment)
        await world.shipment_is(shipment, "BOOKED")
        await world.cancel(order)
        await world.until("SELECT count(*) FROM timeline WHERE event = 'remainder_dropped'", 1)
        await world.order_is(order, "IN_FULFILMENT")
        await world.pass_days(order, 2.1)
        await world.order_is(order, "FULFILLED")
    assert await world.invoice_of(order) == "INV-000001"
    assert await world.value("SELECT status FROM undo_step WHERE document = :n", n=shipment) == "kept"
    assert "order_cancelled" not in await world.letters(order)


@pytest.mark.path("released_stock_goes_to_the_next")
async def test_the_stock_of_a_cancelled_order_goes_to_the_one_that_waits(world: World) -> None:
    first = await world.submit({"BOLT": 138})
    await world.shipment_of(first, nth=1)
    second = await world.submit({"BOLT": 5}, shipping_policy="ship_complete")
    await world.until("SELECT backordered FROM order_line WHERE order_number = :n", 3, n=second)
    await _cancelled(world, first)
    await world.shipment_of(second)
    assert await world.value("SELECT sum(reserved) FROM stock_level") == 5
    assert (await world.events(second))[-3:] == ["no_supply_route", "stock_allocated", "shipment_created"]


async def test_the_credit_of_a_cancelled_order_goes_to_the_one_that_is_held(world: World) -> None:
    await builders.a_customer("SMALL", credit_limit="100")
    first = await world.submit({"BOLT": 8}, customer="SMALL")
    await world.shipment_of(first)
    second = await world.submit({"BOLT": 5}, customer="SMALL")
    await world.held(second, "CREDIT")
    await _cancelled(world, first)
    await world.shipment_of(second)
    assert await world.value("SELECT reserved FROM customer_account WHERE customer = 'SMALL'") == 60


async def test_money_paid_in_advance_for_a_cancelled_order_settles_the_next_invoice(world: World) -> None:
    first = await world.submit({"BOLT": 3}, payment_terms="prepaid")
    await world.held(first, "PREPAYMENT")
    payment = await world.pay("36.00", reference=first)
    await world.shipment_of(first)
    await _cancelled(world, first)
    assert await world.value("SELECT unapplied FROM customer_account WHERE customer = 'ACME'") == 36
    second = await world.submit({"BOLT": 3})
    invoice = await world.billed(second)
    assert await builders.state("invoice", invoice) == "PAID"
    assert await builders.state("payment", payment) == "APPLIED"


@pytest.mark.path("cancelled_after_one_of_two_shipments")
async def test_what_has_left_goes_on_and_is_billed_and_paid(world: World) -> None:
    order = await world.submit({"BOLT": 3, "NUT": 5})
    shipment = await world.shipment_of(order)
    supply = await world.supply_of("NUT")
    await world.pick(shipment)
    await world.shipment_is(shipment, "BOOKED")
    await world.scan(shipment, "in_transit", 1)
    await world.cancel(order)
    await world.until("SELECT count(*) FROM timeline WHERE event = 'remainder_dropped'", 1)
    await world.order_is(order, "IN_FULFILMENT")
    assert await world.end_of(supply) == "CANCELLED"

    await world.scan(shipment, "delivered", 2)
    invoice = await world.invoice_of(order)
    assert await world.value("SELECT total FROM invoice WHERE number = :n", n=invoice) == 36
    await world.pay("36.00", of=order, invoice=invoice)
    await world.quiet(order)
    await world.pass_days(order, 31)
    await world.order_is(order, "COMPLETED")
    assert (await world.end_of(order))["state"] == "COMPLETED"
    assert await world.value("SELECT count(*) FROM shipment") == 1
    assert await world.value("SELECT sum(reserved) FROM stock_level") == 0
    assert await world.value("SELECT reserved FROM customer_account WHERE customer = 'ACME'") == 0
    assert "order_cancelled" not in await world.letters(order)


async def test_cancelled_when_one_shipment_is_delivered_and_nothing_else_has_left(world: World) -> None:
    order = await world.submit({"BOLT": 3, "NUT": 5})
    await world.supply_of("NUT")
    await world.ship(order)
    invoice = await world.invoice_of(order)
    await world.cancel(order)
    await world.order_is(order, "FULFILLED")
    await world.pay("36.00", of=order, invoice=invoice)
    await world.quiet(order)
    await world.pass_days(order, 31)
    await world.order_is(order, "COMPLETED")


async def test_an_order_that_has_shipped_cannot_be_cancelled(world: World) -> None:
    order = await world.submit()
    await world.billed(order)
    with pytest.raises(IllegalMove, match="FULFILLED"):
        await world.cancel(order)
    await world.order_is(order, "FULFILLED")
