"""The paths of an order's life whose histories are kept: each function drives one order and names its workflows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from db import engine
from db.queries.policies import put_in_force
from domain.policy import Policy
from tests import builders
from tests.workflows.mending import pause, reset, resume, retry
from tests.workflows.opening import SHORT_HISTORIES
from tests.workflows.together import cancelled_with_the_next_step
from tests.workflows.world import World


@dataclass(frozen=True)
class Path:
    """One path: how it is driven, and on what kind of engine; it returns the ids of the workflows to keep."""

    drive: Callable[[World], Awaitable[list[str]]]
    knobs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of its files."""
        return self.drive.__name__


async def straight_through(world: World) -> list[str]:
    """Accepted, shipped, billed, paid, completed."""
    order = await world.submit()
    return await _shipped_and_paid(world, order, "36.00")


async def credit_hold_released(world: World) -> list[str]:
    """Over the credit limit, until somebody releases it."""
    await builders.a_customer("SMALL", credit_limit="100")
    order = await world.submit({"BOLT": 10}, customer="SMALL")
    await world.held(order, "CREDIT")
    await world.quiet(order)
    await world.release(order, "CREDIT", by=builders.CREDIT)
    return await _shipped_and_paid(world, order, "120.00")


async def hold_rejected(world: World) -> list[str]:
    """A discount beyond the seller's authority, rejected."""
    lines = [{"sku": "BOLT", "quantity": 3, "discount_percent": "20"}]
    order = await builders.an_order(lines, now=world.now(""))
    await world.held(order, "PRICE")
    await world.quiet(order)
    await world.reject(order, "PRICE")
    return await _ended(world, order, "REJECTED")


async def order_expired(world: World) -> list[str]:
    """Nobody decides the hold: escalated, then expired."""
    await builders.a_customer("SMALL", credit_limit="100")
    order = await world.submit({"BOLT": 10}, customer="SMALL")
    await world.held(order, "CREDIT")
    await world.quiet(order)
    await world.pass_days(order, 2.1)
    await world.pass_days(order, 12)
    return await _ended(world, order, "EXPIRED")


async def credit_cleared_by_money(world: World) -> list[str]:
    """Held for credit until the customer pays an older invoice."""
    await builders.a_customer("SMALL", credit_limit="100")
    older = await world.billed(await world.submit({"BOLT": 5}, customer="SMALL"))
    order = await world.submit({"BOLT": 5}, customer="SMALL")
    await world.held(order, "CREDIT")
    await world.quiet(order)
    await world.pay("60.00", invoice=older)
    return await _shipped_and_paid(world, order, "60.00")


async def purchase_in_two_receipts(world: World) -> list[str]:
    """A shortage is bought, and leaves as it arrives."""
    order = await world.submit({"NUT": 8})
    supply = await world.supply_of("NUT")
    await world.quiet(order)
    for nth in (0, 1):
        await builders.received(supply, 5, now=world.now(order))
        await world.ship(order, nth)
    await world.supply(supply).result()
    return [*await _paid(world, order, "18.00", "10.80"), f"supply/{supply}"]


async def production_order(world: World) -> list[str]:
    """A product is made of parts of which one is bought."""
    order = await world.submit({"KIT": 4})
    supplies = [await world.supply_of(sku) for sku in ("KIT", "NUT")]
    await world.quiet(order)
    for supply, quantity in zip(reversed(supplies), (10, 4), strict=True):
        await builders.received(supply, quantity, now=world.now(order))
        await world.supply(supply).result()
    return [*await _shipped_and_paid(world, order, "192.00"), *(f"supply/{supply}" for supply in supplies)]


async def split_shipment(world: World) -> list[str]:
    """No warehouse holds all of it: two shipments, two invoices."""
    order = await world.submit({"BOLT": 120})
    for nth in (0, 1):
        await world.ship(order, nth)
    return await _paid(world, order, "1440.00", invoices=2)


async def carrier_down(world: World) -> list[str]:
    """The carrier does not answer; it is booked once when it is back."""
    await world.faults(mode="down")
    order = await world.submit()
    shipment = await world.shipment_of(order)
    await world.pick(shipment)
    async with asyncio.timeout(10):
        while all(attempt < 2 for _, attempt, _ in await world.pending(order)):
            await asyncio.sleep(0.02)
    await world.faults()
    await world.deliver(shipment)
    return await _paid(world, order, "36.00")


async def late_payer_two_reminders(world: World) -> list[str]:
    """Reminded before and after the due date, then paid in two parts."""
    order = await world.submit()
    invoice = await world.billed(order)
    for days in (27.1, 10, 7):
        await world.pass_days(order, days)
    await world.until("SELECT count(*) FROM reminder WHERE invoice = :n", 3, n=invoice)
    for amount in ("16.00", "20.00"):
        await world.quiet(order)
        await world.pay(amount, of=order, invoice=invoice)
    return await _ended(world, order, "COMPLETED")


async def overpaid(world: World) -> list[str]:
    """More money than was billed."""
    order = await world.submit()
    return await _shipped_and_paid(world, order, "50.00")


async def paid_before_invoice(world: World) -> list[str]:
    """The money is there before the invoice."""
    order = await world.submit()
    shipment = await world.shipment_of(order)
    await world.pay("36.00", of=order, reference=order)
    await world.quiet(order)
    await world.pick(shipment)
    await world.deliver(shipment)
    return await _paid(world, order)


async def cancelled_after_allocation(world: World) -> list[str]:
    """Everything is undone."""
    order = await world.submit({"BOLT": 120})
    await world.shipment_of(order, nth=1)
    await world.quiet(order)
    await world.cancel(order)
    return await _ended(world, order, "CANCELLED")


async def cancelled_between_steps(world: World) -> list[str]:
    """Cancelled in the very workflow task in which a step ends: what follows that step is not done any more."""
    return await _ended(world, await cancelled_with_the_next_step(world), "CANCELLED")


async def cancelled_after_part_shipped(world: World) -> list[str]:
    """The rest is undone, with its supply; what has left is billed and paid."""
    order = await world.submit({"BOLT": 3, "NUT": 5})
    shipment = await world.shipment_of(order)
    supply = await world.supply_of("NUT")
    await world.pick(shipment)
    await world.shipment_is(shipment, "BOOKED")
    await world.scan(shipment, "in_transit", 1)
    await world.cancel(order)
    await world.order_is(order, "IN_FULFILMENT")
    await world.supply(supply).result()
    await world.scan(shipment, "delivered", 2)
    return [*await _paid(world, order, "36.00"), f"supply/{supply}"]


async def short_pick(world: World) -> list[str]:
    """Pieces are missing on the shelf and come from another warehouse."""
    order = await world.submit()
    shipment = await world.shipment_of(order)
    await world.pick(shipment, {"line": 1, "quantity": 1})
    await world.ship(order, nth=1)
    await world.deliver(shipment)
    return await _paid(world, order, "36.00", invoices=2)


async def ship_complete(world: World) -> list[str]:
    """Nothing leaves before the last piece is there."""
    order = await world.submit({"BOLT": 3, "NUT": 5}, shipping_policy="ship_complete")
    supply = await world.supply_of("NUT")
    await world.quiet(order)
    await builders.received(supply, 10, now=world.now(order))
    return await _shipped_and_paid(world, order, "54.00")


async def cancel_remainder(world: World) -> list[str]:
    """What is not there is dropped."""
    order = await world.submit({"BOLT": 150}, shipping_policy="cancel_remainder")
    for nth in (0, 1):
        await world.ship(order, nth)
    return await _paid(world, order, "1680.00", invoices=2)


async def plain_payment_signal(world: World) -> list[str]:
    """An integration tells the engine itself of the money, twice, and once in a way that nobody can read."""
    order = await world.submit()
    fact = {"amount": "36.00", "currency": "EUR", "provider": "bankline", "provider_payment_id": f"tx-{order}"}
    fact |= {"received_at": "2026-03-04T10:00:00Z", "invoice": await world.billed(order)}
    for message in ("36.00 EUR", fact, fact):
        await world.order(order).signal("payment_received", message)
        await world.quiet(order)
    return await _paid(world, order)


async def case_escalated_and_closed(world: World) -> list[str]:
    """A case that nobody answers in time, resolved, reopened, resolved, closed by itself."""
    order = await world.submit()
    await world.billed(order)
    case = await builders.a_case(order, world.now(order))
    await world.pass_days(case, 1.1)
    for move in ("start", "resolve", "reopen", "resolve"):
        await world.move_case(case, move)
        await world.quiet()
    await world.pass_days(case, 7.1)
    await world.case(case).result()
    return [f"case/{case}"]


async def continued_as_new(world: World) -> list[str]:
    """A history that grows too long goes on in a new one."""
    order = await world.submit({"BOLT": 3, "NUT": 5})
    await world.ship(order)
    supply = await world.supply_of("NUT")
    await builders.received(supply, 10, now=world.now(order))
    await world.ship(order, nth=1)
    await world.until("SELECT count(*) FROM invoice", 2)
    await world.quiet(order)
    for _ in range(40):  # when a new run begins, the days that the old one had left to pass are lost
        if await world.value("SELECT count(*) FROM reminder") == 6:
            break
        await world.pass_days(order, 3)
    await world.pay("54.00", of=order, reference=order)
    return await _ended(world, order, "COMPLETED")


async def paused_and_resumed(world: World) -> list[str]:
    """Paused before the pick, resumed after it."""
    order = await world.submit()
    shipment = await world.shipment_of(order)
    await world.quiet(order)
    await pause(world, order)
    await world.quiet(order)
    await world.pick(shipment)
    await world.quiet(order)
    await resume(world, order)
    await world.shipment_is(shipment, "BOOKED")
    await world.deliver(shipment)
    return await _paid(world, order, "36.00")


async def retried_while_the_carrier_is_down(world: World) -> list[str]:
    """The booking fails; somebody has it tried at once, and once more when the carrier is back."""
    await world.faults(mode="down")
    order = await world.submit()
    shipment = await world.shipment_of(order)
    await world.pick(shipment)
    while max((attempt for _, attempt, _ in await world.pending(order)), default=0) < 2:
        await asyncio.sleep(0.05)
    await retry(order)
    await world.until("SELECT count(*) FROM engine_outbox WHERE sent_at IS NULL", 0)
    await world.faults()
    await retry(order)
    await world.shipment_is(shipment, "BOOKED")
    await world.deliver(shipment)
    return await _paid(world, order, "36.00")


async def heard_before_the_time(world: World) -> list[str]:
    """News of a parcel come while its booking fails; it is booked when the carrier was to be asked long ago."""
    async with engine.transaction() as tx:
        await put_in_force(tx, Policy(tracking_poll_days=1 / 86_400), datetime.now(UTC))
    await world.faults(mode="down")
    order = await world.submit()
    shipment = await world.shipment_of(order)
    await world.pick(shipment)
    while max((attempt for _, attempt, _ in await world.pending(order)), default=0) < 3:
        await asyncio.sleep(0.05)
    await world.order(order).signal("tracking_changed", {"shipment": shipment, "status": "IN_TRANSIT"})
    await world.faults()
    await world.shipment_is(shipment, "BOOKED")
    await world.deliver(shipment)
    return await _paid(world, order, "36.00")


async def begun_again(world: World) -> list[str]:
    """The workflow is reset to its beginning when the order is billed."""
    order = await world.submit()
    await world.billed(order)
    await world.quiet(order)
    await reset(order)
    await world.until("SELECT count(*) FROM engine_outbox WHERE outcome = 'reset'", 1)
    await world.quiet(order)
    return await _paid(world, order, "36.00")


PATHS = (
    Path(straight_through),
    Path(credit_hold_released),
    Path(hold_rejected),
    Path(order_expired),
    Path(credit_cleared_by_money),
    Path(purchase_in_two_receipts),
    Path(production_order),
    Path(split_shipment),
    Path(carrier_down),
    Path(late_payer_two_reminders),
    Path(overpaid),
    Path(paid_before_invoice),
    Path(cancelled_after_allocation),
    Path(cancelled_between_steps),
    Path(cancelled_after_part_shipped),
    Path(short_pick),
    Path(ship_complete),
    Path(cancel_remainder),
    Path(plain_payment_signal),
    Path(case_escalated_and_closed),
    Path(continued_as_new, SHORT_HISTORIES),
    Path(paused_and_resumed),
    Path(retried_while_the_carrier_is_down),
    Path(begun_again),
    Path(heard_before_the_time),
)


async def _shipped_and_paid(world: World, order: str, amount: str) -> list[str]:
    await world.ship(order)
    return await _paid(world, order, amount)


async def _paid(world: World, order: str, *amounts: str, invoices: int = 1) -> list[str]:
    """Money comes in once everything is billed, and the after-sales window closes."""
    billed = "SELECT count(*) FROM invoice WHERE order_number = :n"
    await world.until(billed, max(invoices, len(amounts)), n=order)
    for amount in amounts:
        await world.pay(amount, of=order, reference=order)
    await world.quiet(order)
    await world.pass_days(order, 31)
    return await _ended(world, order, "COMPLETED")


async def _ended(world: World, order: str, state: str) -> list[str]:
    await world.order_is(order, state)
    await world.order(order).result()
    return [f"order/{order}"]
