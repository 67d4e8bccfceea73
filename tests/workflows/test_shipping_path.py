"""A shipment on its way: the carrier is down, silent, early, confused, or loses the parcel."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from db import engine
from domain.facts import Address, TrackingFact
from gateways.carriers import registry
from gateways.carriers.port import BookingRequest
from gateways.carriers.registry import carrier
from gateways.carriers.simulator.running import beside
from gateways.carriers.simulator.settings import SimulatorSettings
from intake import shipping
from tests import builders
from tests.workflows.world import PATIENCE, World

SCANS = "SELECT string_agg(status, ' ' ORDER BY sequence) FROM tracking_event WHERE shipment = :n"


@pytest.fixture(scope="module")
def hasty_carrier() -> Iterator[str]:
    """A carrier whose parcels arrive at once, and which tells nobody."""
    with beside(SimulatorSettings(simulator_port=0, simulator_step_seconds=0)) as url:
        yield url


@pytest.mark.path("carrier_down_then_back")
async def test_a_carrier_that_is_down_shows_as_a_failing_booking_and_is_booked_once_when_it_is_back(
    world: World,
) -> None:
    await world.faults(mode="down")
    order = await world.submit()
    shipment = await world.shipment_of(order)
    await world.pick(shipment)
    async with asyncio.timeout(PATIENCE):
        while not (failing := [seen for seen in await world.pending(order) if seen[1] > 1]):
            await asyncio.sleep(0.02)
    assert [(name, "503" in error) for name, _, error in failing] == [("book_shipment", True)]
    assert await world.value("SELECT state FROM shipment WHERE number = :n", n=shipment) == "PACKED"
    assert "shipment_booked" not in await world.events(order)

    await world.faults()
    assert await world.bookings(shipment) == ["never"]
    await world.deliver(shipment)
    await world.order_is(order, "FULFILLED")
    assert await world.bookings(shipment) == ["booked"]
    assert (await world.events(order)).count("shipment_booked") == 1


@pytest.mark.path("poll_finds_delivery")
async def test_a_delivery_whose_webhook_got_lost_is_found_by_asking(world: World, hasty_carrier: str) -> None:
    await registry.close()
    registry.configure(hasty_carrier)
    order = await world.submit()
    shipment = await world.shipment_of(order)
    await world.pick(shipment)
    await world.shipment_is(shipment, "BOOKED")
    await world.pass_days(order, 1.9)
    assert await world.value(SCANS, n=shipment) is None
    await world.pass_days(order, 0.2)
    await world.order_is(order, "FULFILLED")
    assert await world.value(SCANS, n=shipment) == "in_transit out_for_delivery delivered"
    assert (await world.events(order)).count("shipment_delivered") == 1
    assert (await world.letters(order)).count("delivered") == 1
    assert await world.invoice_of(order) == "INV-000001"


async def test_a_carrier_that_stays_silent_is_asked_every_other_day(world: World) -> None:
    order = await world.submit()
    shipment = await world.shipment_of(order)
    await world.pick(shipment)
    await world.shipment_is(shipment, "BOOKED")
    await world.pass_days(order, 7)
    history = await world.order(order).fetch_history()
    asked = [event.activity_task_scheduled_event_attributes.activity_type.name for event in history.events]
    assert asked.count("poll_tracking") == 3
    await world.deliver(shipment)
    await world.order_is(order, "FULFILLED")


@pytest.mark.path("scan_before_booking")
async def test_a_scan_that_comes_before_the_booking_is_kept_and_applied(world: World) -> None:
    order = await world.submit()
    shipment = await world.shipment_of(order)
    address = Address.model_validate(builders.ADDRESS)
    known = await carrier("parcelway").book(BookingRequest(shipment, shipment, address))
    for sequence, status in ((1, "in_transit"), (2, "delivered")):
        fact = TrackingFact.model_validate(
            {"tracking_number": known.tracking_number, "status": status, "at": datetime.now(UTC), "sequence": sequence}
        )
        async with engine.transaction() as tx:
            await shipping.record_tracking(tx, builders.WAREHOUSE, "parcelway", fact, fact.at)
    assert await world.value("SELECT count(*) FROM stray_tracking WHERE matched_at IS NULL") == 2

    await world.pick(shipment)
    await world.order_is(order, "FULFILLED")
    assert await world.value("SELECT count(*) FROM stray_tracking WHERE matched_at IS NULL") == 0
    assert await world.value(SCANS, n=shipment) == "in_transit delivered"
    assert await world.invoice_of(order) == "INV-000001"


async def test_scans_out_of_order_and_twice_change_nothing_twice(world: World) -> None:
    order = await world.submit()
    shipment = await world.shipment_of(order)
    await world.pick(shipment)
    await world.shipment_is(shipment, "BOOKED")
    for status, sequence in (
        ("out_for_delivery", 2), ("in_transit", 1), ("out_for_delivery", 2), ("delivered", 3), ("delivered", 3),
        ("in_transit", 1), ("exception", 2),
    ):  # fmt: skip
        await world.scan(shipment, status, sequence)
    await world.invoice_of(order)
    await world.quiet(order)
    events = await world.events(order)
    assert (events.count("tracking_updated"), events.count("shipment_delivered")) == (1, 1)
    assert events.count("order_fulfilled") == events.count("invoice_posted") == 1
    assert await world.value("SELECT state FROM shipment WHERE number = :n", n=shipment) == "DELIVERED"
    assert await world.value("SELECT count(*) FROM stock_movement WHERE reason = 'goods_issue'") == 1
    assert await world.value("SELECT count(*) FROM journal_entry WHERE kind = 'goods_issue'") == 1
    assert sorted(set(await world.letters(order))) == sorted(await world.letters(order))


@pytest.mark.path("parcel_lost")
async def test_a_lost_parcel_waits_for_a_person_and_is_not_billed(world: World) -> None:
    order = await world.submit()
    shipment = await world.shipment_of(order)
    await world.pick(shipment)
    await world.shipment_is(shipment, "BOOKED")
    await world.scan(shipment, "in_transit", 1)
    await world.scan(shipment, "lost", 2)
    await world.quiet(order)
    await world.pass_days(order, 10)
    assert (await world.events(order))[-1] == "shipment_gone_wrong"
    assert await world.value("SELECT count(*) FROM invoice") == 0
    await world.order_is(order, "IN_FULFILMENT")


async def test_a_booking_whose_answer_got_lost_is_found_and_not_made_twice(world: World) -> None:
    await registry.close()
    registry.configure(world.carrier_url, timeout_seconds=0.5)
    await world.faults(timeout_after_booking=1)
    order = await world.submit()
    shipment = await world.shipment_of(order)
    await world.pick(shipment)
    await world.deliver(shipment)
    await world.order_is(order, "FULFILLED")
    assert await world.bookings(shipment) == ["booked"]
    assert (await world.events(order)).count("shipment_booked") == 1
