"""Cancellation: the recorded effects of an order are undone, whatever the moment at which it was cancelled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from db.engine import settled
from db.locks import lock_accounts, lock_supply
from db.queries import cancellation, components, replenishment, review, shipping, stock
from db.queries.effects import Effects
from domain.actor import SYSTEM
from domain.steps import OrderStep, ShipmentOutcome, ShipmentStep, UndoOutcome
from gateways.carriers.registry import carrier, names
from intake.credit_queue import tell_waiting
from intake.stock import allocate_waiting


@activity.defn
async def plan_undo(step: OrderStep) -> UndoOutcome:
    """Which bookings must be voided before the rest is undone. Reads only."""

    async def work(tx: AsyncConnection) -> UndoOutcome:
        recorded = await cancellation.recorded(tx, step.number)
        assert recorded is not None
        packed = tuple(number for number, state in recorded.shipments if state in ("PACKED", "BOOKED"))
        return UndoOutcome(state=recorded.state, to_void=packed if recorded.state == "CANCELLING" else ())

    return await settled(work)


@activity.defn
async def void_booking(step: ShipmentStep) -> ShipmentOutcome:
    """Void a booking at the carrier, then put the goods away; a parcel on its way is left to arrive.

    Safe to repeat: the carrier keeps a tombstone under the shipment's number, so that no later booking can succeed.
    """
    voided = await carrier(names()[0]).void_booking(step.number)

    async def work(tx: AsyncConnection) -> ShipmentOutcome:
        shipment = await shipping.locked(tx, step.number)
        assert shipment is not None
        if not voided or shipment.state not in ("PACKED", "BOOKED"):
            return ShipmentOutcome(state=shipment.state)
        lines = await shipping.lines(tx, step.number)
        await stock.free_stock(tx, [line.sku for line in lines])
        await cancellation.cancel_packed(tx, step.number)
        effects = Effects(SYSTEM.name, step.now)
        effects.note(
            step.order, "shipment_cancelled", before=shipment.state, after="CANCELLED", document=step.number,
            shipment=step.number,
        )  # fmt: skip
        await effects.save(tx)
        return ShipmentOutcome(state="CANCELLED")

    return await settled(work)


@activity.defn
async def undo_order(step: OrderStep) -> UndoOutcome:
    """Undo everything that has not left the house. Safe to repeat: only an order that is CANCELLING is undone."""
    outcome, freed = await settled(lambda tx: _undo(tx, step))
    if freed:
        await settled(lambda tx: _hand_out(tx, freed, step.now))
    return outcome


async def _hand_out(tx: AsyncConnection, skus: list[str], now: datetime) -> None:
    effects = Effects(SYSTEM.name, now)
    await allocate_waiting(tx, effects, skus, now)
    await effects.save(tx)


async def _undo(tx: AsyncConnection, step: OrderStep) -> tuple[UndoOutcome, list[str]]:
    order = await stock.order_header(tx, step.number)
    recorded = await cancellation.recorded(tx, step.number)
    assert order is not None and recorded is not None
    if recorded.state != "CANCELLING":
        return UndoOutcome(state=recorded.state), await cancellation.freed_products(tx, step.number)
    effects = Effects(SYSTEM.name, step.now)
    await lock_accounts(tx, [order.customer])
    await _close_supply(tx, effects, step.number, recorded, step.now)
    for reason in await review.close_holds(tx, step.number, step.now):
        effects.note(step.number, "hold_closed", reason=reason)
    await stock.free_stock(tx, [sku for sku, _, _ in recorded.allocations])
    await cancellation.release_allocations(tx, step.number)
    await shipping.take_back(tx, step.number)
    await cancellation.cancel_open_pieces(tx, step.number)
    await cancellation.shrink_reservation(tx, step.number)
    kept = [number for number, state in recorded.shipments if state in ("PACKED", "BOOKED")]
    for effect, document in await cancellation.mark_undone(tx, step.number, kept, step.now):
        effects.note(step.number, "effect_undone", effect=effect, document=document)
    state = await cancellation.end(tx, step.number, step.now)
    await tell_waiting(tx, effects, order.customer, step.number)
    _announce(effects, order, state)
    await effects.save(tx)
    return UndoOutcome(state=state), await cancellation.freed_products(tx, step.number)


def _announce(effects: Effects, order: stock.OrderHeader, state: str) -> None:
    event = "order_cancelled" if state == "CANCELLED" else "remainder_dropped"
    effects.note(order.number, event, before="CANCELLING", after=state)
    if state == "CANCELLED":
        effects.notice(
            "order_cancelled", order.email, order.language, document=order.number, order=order.number,
            customer_po=order.customer_po, name=order.name,
        )  # fmt: skip


async def _close_supply(
    tx: AsyncConnection, effects: Effects, number: str, recorded: cancellation.Recorded, now: datetime
) -> None:
    """Cancel supply that only this order needs; what others need, or what is on its way, comes and goes to stock.

    Who needs it is asked again under the locks, since another order may have been promised pieces in the meantime.
    """
    await lock_supply(tx, [supply for supply, _, _ in recorded.supplies])
    supplies = await cancellation.supplies(tx, number)
    await cancellation.release_pegs(tx, number)
    for supply, _, alone in supplies:
        if alone:
            held = await components.held_components(tx, supply)
            if held:
                await stock.free_stock(tx, [sku for sku, _, _ in held])
                await components.use_components(tx, supply, held, consumed=False)
                await cancellation.give_back_components(tx, held)
            await cancellation.release_pegs_of_supply(tx, supply)
            await replenishment.move_supply(tx, supply, "CANCELLED", now)
            effects.signal("SupplyOrderWorkflow", f"supply/{supply}", "supply_received", {"number": supply})
