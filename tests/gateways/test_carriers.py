"""The contract of the carrier port, for every carrier in the registry, and what each fault does to it."""

from __future__ import annotations

import asyncio
import socket
from decimal import Decimal

import pytest

from domain.facts import Address
from gateways.carriers import registry
from gateways.carriers.port import AnswerLost, CarrierRefused, CarrierUnavailable

CARRIERS = pytest.mark.parametrize("name", registry.names())


@CARRIERS
async def test_a_booking_has_a_tracking_number_and_a_cost(name, simulate, connect, booking):
    carrier = connect(simulate(), name)
    booked = await carrier.book(booking())
    assert booked.key == "booking/SH-000001"
    assert booked.carrier == carrier.name == name
    assert booked.tracking_number
    assert booked.label_url
    assert (booked.cost, booked.currency) == (Decimal("15.13"), "EUR")


@CARRIERS
async def test_the_same_key_is_the_same_booking(name, simulate, connect, booking, all_bookings):
    url = simulate()
    carrier = connect(url, name)
    first, second, *others = await asyncio.gather(*(carrier.book(booking()) for _ in range(5)))
    assert {first, second, *others} == {first}
    assert await carrier.find_booking(first.key) == first
    assert all_bookings(url)["count"] == 1


@CARRIERS
async def test_another_key_is_another_parcel(name, simulate, connect, booking, all_bookings):
    url = simulate()
    carrier = connect(url, name)
    one, two = await carrier.book(booking(1)), await carrier.book(booking(2))
    assert one.tracking_number != two.tracking_number
    assert all_bookings(url)["count"] == 2


@CARRIERS
async def test_a_key_that_was_never_booked_finds_nothing(name, simulate, connect):
    assert await connect(simulate(), name).find_booking("booking/SH-000404") is None


@CARRIERS
async def test_voiding_is_final_and_may_be_repeated(name, simulate, connect, booking, all_bookings):
    url = simulate()
    carrier = connect(url, name)
    await carrier.book(booking())
    assert await carrier.void_booking("booking/SH-000001") is True
    assert await carrier.void_booking("booking/SH-000001") is True
    assert await carrier.find_booking("booking/SH-000001") is None
    with pytest.raises(CarrierRefused) as refused:
        await carrier.book(booking())
    assert refused.value.code == "voided"
    assert all_bookings(url)["live"] == 0


@CARRIERS
async def test_a_booking_that_comes_after_its_cancellation_is_refused(name, simulate, connect, booking, all_bookings):
    url = simulate()
    carrier = connect(url, name)
    assert await carrier.void_booking("booking/SH-000001") is True
    with pytest.raises(CarrierRefused, match="voided"):
        await carrier.book(booking())
    assert all_bookings(url)["count"] == 0


@CARRIERS
async def test_a_parcel_on_its_way_cannot_be_voided(name, simulate, connect, booking, shop, wait_until):
    carrier = connect(simulate(step=0.02), name)
    await carrier.book(booking())
    await asyncio.to_thread(wait_until, lambda: "delivered" in shop.statuses())
    assert await carrier.void_booking("booking/SH-000001") is False


@CARRIERS
async def test_tracking_tells_all_scans_in_order(name, simulate, connect, booking, shop, wait_until):
    carrier = connect(simulate(step=0.02), name)
    booked = await carrier.book(booking())
    await asyncio.to_thread(wait_until, lambda: "delivered" in shop.statuses())
    scans = await carrier.track(booked.tracking_number)
    assert [scan.status for scan in scans] == ["in_transit", "out_for_delivery", "delivered"]
    assert [scan.sequence for scan in scans] == [1, 2, 3]
    assert scans[2].signed_by == "Dock 3"
    assert scans == [scan for _, scan in shop.received]


@CARRIERS
async def test_an_unknown_tracking_number_is_refused(name, simulate, connect):
    with pytest.raises(CarrierRefused, match="tracking number"):
        await connect(simulate(), name).track("PW000000000000")


@CARRIERS
async def test_a_carrier_that_is_not_there_is_unavailable(name, connect, booking):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(CarrierUnavailable) as unavailable:
        await connect(f"http://127.0.0.1:{port}", name).book(booking())
    assert not isinstance(unavailable.value, AnswerLost)


@CARRIERS
async def test_a_carrier_that_is_down_comes_back(name, simulate, connect, booking, faults, all_bookings):
    url = simulate()
    carrier = connect(url, name)
    faults(url, mode="down")
    with pytest.raises(CarrierUnavailable, match="503"):
        await carrier.book(booking())
    assert all_bookings(url)["count"] == 0
    faults(url, mode="up")
    assert (await carrier.book(booking())).tracking_number


@CARRIERS
async def test_a_lost_answer_is_resolved_by_asking(name, simulate, connect, booking, faults, all_bookings):
    url = simulate()
    carrier = connect(url, name, timeout=0.3)
    faults(url, timeout_after_booking=1)
    booked = await carrier.book(booking())
    assert booked == await carrier.find_booking(booked.key)
    assert all_bookings(url)["count"] == 1


@CARRIERS
async def test_an_answer_that_stays_lost_is_unknown(name, simulate, connect, booking, faults):
    url = simulate()
    faults(url, delay=1)
    with pytest.raises(AnswerLost):
        await connect(url, name, timeout=0.2).book(booking())


@CARRIERS
async def test_errors_at_random_never_double_a_booking(name, simulate, connect, booking, faults, all_bookings):
    url = simulate()
    carrier = connect(url, name)
    faults(url, error_rate=0.6)
    failures = 0
    for number in range(1, 9):
        while True:
            try:
                await carrier.book(booking(number))
                break
            except CarrierUnavailable:
                failures += 1
    assert failures > 0
    assert all_bookings(url)["count"] == 8


@CARRIERS
async def test_a_wrong_key_waits_for_whoever_sets_it(name, simulate, connect, booking):
    with pytest.raises(CarrierUnavailable, match="does not accept our key"):
        await connect(simulate(), name, key="wrong").book(booking())


@CARRIERS
async def test_a_refusal_carries_the_carriers_own_reason(name, simulate, connect, booking, faults, all_bookings):
    url = simulate()
    faults(url, outcome={"LS1": "refused"})
    with pytest.raises(CarrierRefused) as refused:
        await connect(url, name).book(booking())
    assert refused.value.reason == "We do not deliver to LS1 4AP."
    assert all_bookings(url)["count"] == 0


@CARRIERS
async def test_a_body_that_the_carrier_cannot_take_is_refused(name, simulate, connect, booking):
    nowhere = Address.model_construct(name="Dock", street="1", city="", postal_code="", country="GB")
    with pytest.raises(CarrierRefused, match=r"ship_to\.city"):
        await connect(simulate(), name).book(booking(ship_to=nowhere))


async def test_an_answer_that_is_no_booking_is_unavailable(shop, connect, booking):
    shop.answers = []
    with pytest.raises((CarrierUnavailable, CarrierRefused)):
        await connect(shop.url).find_booking("x")


async def test_a_carrier_that_nobody_configured_is_named():
    with pytest.raises(LookupError, match="'parcelway' is not configured"):
        registry.carrier("parcelway")
    with pytest.raises(LookupError, match="'pigeon' is not known"):
        registry.carrier("pigeon")
    with pytest.raises(LookupError, match="pigeon"):
        registry.configure("http://127.0.0.1:1", name="pigeon")
