"""An order whose goods are not there: bought, made, awaited, chased."""

from __future__ import annotations

import pytest

from tests import builders
from tests.activities.fingerprint import assert_sound
from tests.workflows.world import World

LINE = "SELECT concat_ws(' ', open, allocated, shipped, delivered, cancelled) FROM order_line WHERE order_number = :n"
FREE = "SELECT sum(on_hand - reserved) FROM stock_level WHERE sku = :sku"


@pytest.mark.path("shortage_bought_in_two_receipts")
async def test_a_shortage_is_bought_and_leaves_as_it_arrives(world: World) -> None:
    order = await world.submit({"NUT": 8})
    supply = await world.supply_of("NUT")
    await world.quiet(order)
    assert supply.startswith("PO-")
    assert await world.value("SELECT quantity FROM supply_order WHERE number = :n", n=supply) == 10
    assert await world.value("SELECT count(*) FROM shipment") == 0

    await builders.received(supply, 5, now=world.now(order))
    first = await world.ship(order)
    await builders.received(supply, 5, now=world.now(order))
    second = await world.ship(order, nth=1)
    await world.order_is(order, "FULFILLED")
    await world.end_of(supply)

    assert await world.value("SELECT state FROM supply_order WHERE number = :n", n=supply) == "RECEIVED"
    assert [await world.value("SELECT quantity FROM shipment_line WHERE shipment = :n", n=s) for s in (first, second)] \
        == [5, 3]  # fmt: skip
    assert await world.value(FREE, sku="NUT") == 2
    assert (await world.events(order)).count("supply_received") == 2
    assert (await world.events(order)).count("supply_ordered") == 1
    assert await world.value("SELECT count(*) FROM supply_order") == 1
    assert (await world.letters(order)).count("backordered") == 1


@pytest.mark.path("shortage_made_of_bought_parts")
async def test_a_product_is_made_of_parts_of_which_one_is_bought(world: World) -> None:
    order = await world.submit({"KIT": 4})
    production = await world.supply_of("KIT")
    purchase = await world.supply_of("NUT")
    assert (production[:3], purchase[:3]) == ("MO-", "PO-")
    component = "SELECT reserved FROM supply_component WHERE supply_order = :n AND sku = :sku"
    assert await world.value(component, n=production, sku="BOLT") == 8
    assert await world.value(component, n=production, sku="NUT") == 0

    await builders.received(purchase, 10, now=world.now(order))
    await world.until(component, 4, n=production, sku="NUT")
    assert await world.value("SELECT count(*) FROM shipment") == 0
    await builders.received(production, 4, now=world.now(order))
    await world.ship(order)
    await world.order_is(order, "FULFILLED")
    for supply in (production, purchase):
        await world.end_of(supply)
    assert await world.value(FREE, sku="NUT") == 6
    assert await world.value(FREE, sku="BOLT") == 132
    assert await world.value("SELECT count(*) FROM supply_order") == 2


@pytest.mark.path("ship_complete")
async def test_a_complete_delivery_waits_for_the_last_piece_and_leaves_once(world: World) -> None:
    order = await world.submit({"BOLT": 3, "NUT": 5}, shipping_policy="ship_complete")
    supply = await world.supply_of("NUT")
    await world.quiet(order)
    assert await world.value("SELECT count(*) FROM shipment") == 0

    await builders.received(supply, 4, now=world.now(order))
    await world.quiet(order)
    assert await world.value("SELECT count(*) FROM shipment") == 0
    await builders.received(supply, 6, now=world.now(order))
    await world.ship(order)
    await world.order_is(order, "FULFILLED")
    assert await world.value("SELECT count(*) FROM shipment") == 1
    assert await world.value("SELECT sum(quantity) FROM shipment_line") == 8


async def test_a_complete_delivery_that_is_picked_short_waits_for_what_is_missing(world: World) -> None:
    order = await world.submit({"BOLT": 140}, shipping_policy="ship_complete")
    notes = [await world.shipment_of(order, nth) for nth in range(2)]
    await world.pick(notes[0], {"line": 1, "quantity": "39"})
    await world.quiet(order)
    assert [await builders.state("shipment", note) for note in notes] == ["CANCELLED", "CANCELLED"]
    assert await world.value("SELECT count(*) FROM shipment") == 2
    assert await world.value("SELECT sum(on_hand - reserved) FROM stock_level WHERE sku = 'BOLT'") == 0
    assert (await world.events(order)).count("shipment_cancelled") == 2

    await builders.some_stock("BOLT", 1, now=world.now(order))
    for nth in (2, 3):
        await world.ship(order, nth)
    await world.order_is(order, "FULFILLED")
    left = "SELECT sum(quantity) FROM shipment_line WHERE shipment <> ALL(:notes)"
    assert await world.value(left, notes=notes) == 140
    assert await world.value("SELECT count(*) FROM shipment") == 4
    await assert_sound()


@pytest.mark.path("ship_partial")
async def test_a_partial_delivery_leaves_at_once_and_the_rest_follows(world: World) -> None:
    order = await world.submit({"BOLT": 3, "NUT": 5})
    await world.ship(order)
    await world.order_is(order, "IN_FULFILMENT")
    supply = await world.supply_of("NUT")
    await builders.received(supply, 10, now=world.now(order))
    await world.ship(order, nth=1)
    await world.order_is(order, "FULFILLED")
    assert [await world.invoice_of(order, nth) for nth in (0, 1)] == ["INV-000001", "INV-000002"]
    assert await world.value("SELECT count(*) FROM shipment") == 2


@pytest.mark.path("cancel_remainder")
async def test_what_is_not_there_is_dropped_when_the_customer_wants_no_rest(world: World) -> None:
    order = await world.submit({"BOLT": 150}, shipping_policy="cancel_remainder")
    await world.ship(order, nth=0)
    await world.ship(order, nth=1)
    await world.order_is(order, "FULFILLED")
    assert await world.value(LINE, n=order) == "0.0000 0.0000 140.0000 140.0000 10.0000"
    assert (await world.heard(order, "remainder_cancelled"))[0]["quantity"] == "10.0000"
    assert await world.value("SELECT count(*) FROM supply_order") == 0
    await world.until("SELECT sum(total) FROM invoice", 1680)
    assert await world.value("SELECT reserved FROM customer_account WHERE customer = 'ACME'") == 0


async def test_when_nothing_is_there_the_order_without_a_rest_is_cancelled(world: World) -> None:
    order = await world.submit({"NUT": 5}, shipping_policy="cancel_remainder")
    await world.order_is(order, "CANCELLED")
    assert (await world.end_of(order))["state"] == "CANCELLED"
    assert await world.value("SELECT count(*) FROM shipment") == 0
    assert await world.value("SELECT count(*) FROM supply_order") == 0
    assert await world.value("SELECT reserved FROM customer_account WHERE customer = 'ACME'") == 0
    assert (await world.letters(order)).count("order_cancelled") == 1


@pytest.mark.path("short_pick_resourced")
async def test_a_short_pick_is_taken_from_the_other_warehouse(world: World) -> None:
    order = await world.submit({"BOLT": 3})
    shipment = await world.shipment_of(order)
    await world.pick(shipment, {"line": 1, "quantity": 1})
    rest = await world.shipment_of(order, nth=1)
    for number in (shipment, rest):
        if number == rest:
            await world.pick(rest)
        await world.deliver(number)
    await world.order_is(order, "FULFILLED")
    assert await world.value("SELECT sum(quantity) FROM shipment_line WHERE shipment = :n", n=rest) == 2
    assert await world.value("SELECT sum(quantity) FROM stock_movement WHERE reason = 'short_pick'") == -2
    assert await world.value("SELECT count(*) FROM supply_order") == 0


async def test_a_pick_that_finds_nothing_cancels_the_shipment_and_the_pieces_come_from_elsewhere(world: World) -> None:
    order = await world.submit({"BOLT": 3})
    shipment = await world.shipment_of(order)
    await world.pick(shipment, {"line": 1, "quantity": 0})
    rest = await world.ship(order, nth=1)
    await world.order_is(order, "FULFILLED")
    assert await world.value("SELECT state FROM shipment WHERE number = :n", n=shipment) == "CANCELLED"
    await world.quiet(order)
    assert await world.bookings(shipment, rest) == ["never", "booked"]
    assert await world.value("SELECT count(*) FROM invoice") == 1


async def test_a_short_pick_without_stock_elsewhere_is_backordered(world: World) -> None:
    await builders.some_stock("NUT", 6)
    order = await world.submit({"NUT": 6})
    shipment = await world.shipment_of(order)
    await world.pick(shipment, {"line": 1, "quantity": 4})
    supply = await world.supply_of("NUT")
    assert (await world.heard(order, "stock_backordered"))[0]["quantity"] == "2.0000"
    await world.deliver(shipment)
    await builders.received(supply, 10, now=world.now(order))
    await world.ship(order, nth=1)
    await world.order_is(order, "FULFILLED")
    assert await world.value(FREE, sku="NUT") == 8


@pytest.mark.path("split_shipment")
async def test_an_order_that_no_warehouse_holds_alone_is_split(world: World) -> None:
    order = await world.submit({"BOLT": 120})
    for nth in (0, 1):
        await world.ship(order, nth)
    await world.order_is(order, "FULFILLED")
    split = "SELECT string_agg(warehouse || ' ' || round(quantity), ', ' ORDER BY warehouse) FROM shipment s"
    assert await world.value(f"{split} JOIN shipment_line l ON l.shipment = s.number") == "EAST 20, MAIN 100"
    await world.until("SELECT sum(total) FROM invoice", 1440)


@pytest.mark.path("supply_late")
async def test_a_late_supplier_is_chased_every_day_until_the_goods_arrive(world: World) -> None:
    order = await world.submit({"NUT": 8})
    supply = await world.supply_of("NUT")
    await world.pass_days(supply, 4.9)
    chased = "SELECT count(*) FROM notice WHERE event = 'supply_overdue'"
    assert await world.value(chased) == 0
    await world.pass_days(supply, 2.2)
    assert await world.value(chased) == 3
    assert (await world.events(order)).count("supply_late") == 1

    await builders.received(supply, 10, now=world.now(supply))
    await world.end_of(supply)
    await world.ship(order)
    await world.order_is(order, "FULFILLED")
    assert await world.value(chased) == 3


async def test_two_orders_share_one_supply_order_and_the_more_urgent_is_served_first(world: World) -> None:
    older = await world.submit({"NUT": 4})
    supply = await world.supply_of("NUT")
    await builders.a_customer("VIP", priority=1)
    urgent = await world.submit({"NUT": 4}, customer="VIP")
    await world.until("SELECT count(*) FROM supply_peg WHERE order_number = :n", 1, n=urgent)
    assert await world.value("SELECT count(*) FROM supply_order") == 1

    await builders.received(supply, 4, now=world.now(older))
    await world.ship(urgent)
    await world.order_is(urgent, "FULFILLED")
    assert await world.value("SELECT count(*) FROM shipment WHERE order_number = :n", n=older) == 0
    await builders.received(supply, 6, now=world.now(older))
    await world.ship(older)
    await world.order_is(older, "FULFILLED")
    assert await world.value(FREE, sku="NUT") == 2
