"""Shipping: delivery notes are made, the carrier is booked, and asked when it stays silent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from db.engine import autocommit, settled
from db.locks import lock_tracking
from db.queries import policies, shipping, stock
from db.queries.effects import Effects
from domain.actor import SYSTEM
from domain.facts import Address, TrackingFact
from domain.order_life import is_legal
from domain.steps import OrderStep, ShipmentOutcome, ShipmentRef, ShipmentsOutcome, ShipmentStep
from gateways.carriers.port import Booking, BookingRequest, CarrierRefused
from gateways.carriers.registry import carrier, names
from intake.shipping import apply_scan


@activity.defn
async def create_shipments(step: OrderStep) -> ShipmentsOutcome:
    """A shipment per warehouse for what is allocated and may leave. Safe to repeat: allocated pieces ship once."""

    async def work(tx: AsyncConnection) -> ShipmentsOutcome:
        order = await stock.order_header(tx, step.number)
        assert order is not None
        loose = await shipping.loose_allocations(tx, step.number) if order.state == "IN_FULFILMENT" else []
        if order.shipping_policy == "ship_complete" and await stock.open_pieces(tx, step.number):
            loose = []
        effects = Effects(SYSTEM.name, step.now)
        for warehouse in sorted({piece.warehouse for piece in loose}):
            pieces = [piece for piece in loose if piece.warehouse == warehouse]
            number = await shipping.create_shipment(
                tx, step.number, warehouse, [piece.id for piece in pieces], step.now
            )
            effects.note(
                step.number, "shipment_created", document=number, shipment=number, warehouse=warehouse,
                pieces=sum((piece.quantity for piece in pieces), Decimal(0)),
            )  # fmt: skip
        await effects.save(tx)
        refs = await shipping.shipments_of(tx, step.number)
        return ShipmentsOutcome(shipments=tuple(ShipmentRef(number=number, state=state) for number, state in refs))

    return await settled(work)


async def _outcome(tx: AsyncConnection, step: ShipmentStep) -> ShipmentOutcome:
    shipment = await shipping.read(tx, step.number)
    assert shipment is not None
    policy = await policies.policy(tx, shipment.policy_version)
    since = max(shipment.booked_at or step.now, step.now)
    return ShipmentOutcome(state=shipment.state, poll_at=since + policy.days(policy.tracking_poll_days))


@activity.defn
async def book_shipment(step: ShipmentStep) -> ShipmentOutcome:
    """Book the carrier, outside any transaction, under the shipment's number as key.

    Safe to repeat: the carrier gives the same booking for the same key, and a shipment is marked as booked once. A
    booking that meets a cancellation is voided here; one that comes later is refused by the carrier's tombstone.
    """
    async with autocommit() as tx:
        shipment = await shipping.read(tx, step.number)
        assert shipment is not None
        if shipment.state != "PACKED":
            return await _outcome(tx, step)
        request = _request(shipment, await shipping.lines(tx, step.number))
    chosen = carrier(names()[0])
    booking = await chosen.book(request)
    outcome = await settled(lambda tx: _keep_booking(tx, step, booking))
    if outcome.state == "CANCELLED":
        await chosen.void_booking(step.number)
    return outcome


def _request(shipment: shipping.ShipmentRow, lines: Sequence[shipping.ShippedLine]) -> BookingRequest:
    if shipment.ship_to is None:
        raise CarrierRefused(f"order {shipment.order_number} has no address to ship to")
    return BookingRequest(
        key=shipment.number,
        shipment=shipment.number,
        ship_to=Address.model_validate(shipment.ship_to),
        weight_kg=sum((line.quantity * line.weight_kg for line in lines), Decimal(0)),
        packages=shipment.packages,
    )


async def _keep_booking(tx: AsyncConnection, step: ShipmentStep, booking: Booking) -> ShipmentOutcome:
    shipment = await shipping.locked(tx, step.number)
    assert shipment is not None
    if shipment.state != "PACKED":
        return await _outcome(tx, step)
    await lock_tracking(tx, booking.carrier, booking.tracking_number)
    await shipping.mark_booked(
        tx, step.number, booking.carrier, booking.tracking_number, booking.label_url, booking.cost, step.now
    )
    effects = Effects(SYSTEM.name, step.now)
    effects.note(
        shipment.order_number, "shipment_booked", before="PACKED", after="BOOKED", document=step.number,
        shipment=step.number, carrier=booking.carrier, tracking_number=booking.tracking_number,
    )  # fmt: skip
    strays = await shipping.take_strays(tx, booking.carrier, booking.tracking_number, step.now)
    await _apply(tx, effects, step.number, strays, step.now)
    await effects.save(tx)
    if strays:
        return await _outcome(tx, step)
    policy = await policies.policy(tx, shipment.policy_version)
    return ShipmentOutcome(state="BOOKED", poll_at=step.now + policy.days(policy.tracking_poll_days))


async def _apply(
    tx: AsyncConnection, effects: Effects, number: str, facts: Sequence[TrackingFact], now: datetime
) -> None:
    for fact in facts:
        shipment = await shipping.locked(tx, number)
        assert shipment is not None
        await apply_scan(tx, effects, shipment, fact, now)


@activity.defn
async def poll_tracking(step: ShipmentStep) -> ShipmentOutcome:
    """Ask the carrier for its scans when none came. Safe to repeat: a known scan changes nothing."""
    async with autocommit() as tx:
        shipment = await shipping.read(tx, step.number)
        assert shipment is not None
    if (
        shipment.carrier is None
        or shipment.tracking_number is None
        or not is_legal("shipment", shipment.state, "DELIVERED")
    ):
        async with autocommit() as tx:
            return await _outcome(tx, step)
    facts = await carrier(shipment.carrier).track(shipment.tracking_number)

    async def work(tx: AsyncConnection) -> ShipmentOutcome:
        effects = Effects(shipment.carrier or SYSTEM.name, step.now)
        await _apply(tx, effects, step.number, sorted(facts, key=lambda fact: fact.sequence), step.now)
        await effects.save(tx)
        return await _outcome(tx, step)

    return await settled(work)
