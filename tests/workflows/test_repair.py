"""An operator's repairs: an order is paused and resumed, what fails is tried at once, a workflow begins again."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from db import engine
from domain.errors import IllegalMove
from domain.facts import HoldRejection
from intake import review
from starter import why as reasons
from tests import builders
from tests.workflows.mending import PAUSED, pause, reset, resume, retry
from tests.workflows.test_durability import effects, restart
from tests.workflows.world import World


@pytest.mark.path("paused_and_resumed")
async def test_a_paused_order_does_nothing_and_goes_on_where_it_stood(world: World) -> None:
    order = await world.submit()
    shipment = await world.shipment_of(order)
    await world.quiet(order)
    assert await pause(world, order) == {"number": order, "state": "IN_FULFILMENT", "action": "pause"}
    assert await pause(world, order) == {"number": order, "state": "IN_FULFILMENT", "action": "pause"}
    await world.quiet(order)
    await world.pick(shipment)
    await world.quiet(order)
    await asyncio.sleep(0.3)
    assert await builders.state("shipment", shipment) == "PACKED"
    assert await world.bookings(shipment) == ["never"]
    await resume(world, order)
    await world.shipment_is(shipment, "BOOKED")
    await world.deliver(shipment)
    await world.pay("36.00", invoice=await world.invoice_of(order))
    await world.quiet(order)
    await world.pass_days(order, 31)
    assert (await world.end_of(order))["state"] == "COMPLETED"
    events = await world.events(order)
    assert (events.count("order_paused"), events.count("order_resumed")) == (1, 1)
    assert await world.heard(order, "order_paused") == [PAUSED]


async def test_a_pause_outlives_a_lost_workflow(world: World) -> None:
    order = await world.submit()
    shipment = await world.shipment_of(order)
    await pause(world, order)
    await world.quiet(order)
    await world.order(order).terminate("lost")
    assert await restart(f"order/{order}")
    await world.pick(shipment)
    await world.quiet(order)
    await asyncio.sleep(0.3)
    assert await world.bookings(shipment) == ["never"]
    await resume(world, order)
    await world.shipment_is(shipment, "BOOKED")


async def test_no_rule_clears_a_pause_and_the_review_goes_on_after_it(world: World) -> None:
    order = await world.submit({"BOLT": 2000})
    await world.held(order, "CREDIT")
    await pause(world, order)
    await world.held(order, "CREDIT", "PAUSED")
    await world.quiet(order)
    await world.release(order, "CREDIT")
    await world.quiet(order)
    assert await builders.state("sales_order", order) == "IN_REVIEW"
    await world.release(order, "PAUSED")
    await world.until("SELECT state FROM sales_order WHERE number = :n", "IN_FULFILMENT", n=order)


async def test_a_paused_order_can_be_cancelled(world: World) -> None:
    order = await world.submit()
    await world.shipment_of(order)
    await pause(world, order)
    await world.quiet(order)
    await world.cancel(order)
    await world.order_is(order, "CANCELLED")
    assert await world.value("SELECT count(*) FROM hold WHERE status = 'OPEN'") == 0
    assert await world.value("SELECT sum(reserved) FROM stock_level") == 0


async def test_what_cannot_be_repaired_is_refused(world: World) -> None:
    order = await world.submit()
    await world.shipment_of(order)
    with pytest.raises(IllegalMove, match="is not paused"):
        await resume(world, order)
    await pause(world, order)
    hold = int(str(await world.value("SELECT id FROM hold WHERE reason = 'PAUSED'")))
    told, now = HoldRejection(comment="no"), datetime.now(UTC)
    with pytest.raises(IllegalMove, match="cannot become REJECTED"):
        await engine.settled(lambda tx: review.reject_hold(tx, builders.MANAGER, order, hold, told, now))
    await resume(world, order)
    await world.quiet(order)
    await world.cancel(order)
    await world.order_is(order, "CANCELLED")
    for refused in (pause(world, order), resume(world, order), retry(order), reset(order)):
        with pytest.raises(IllegalMove, match="it has ended"):
            await refused


async def test_a_failing_step_is_tried_at_once_when_somebody_asks(world: World) -> None:
    order = await world.submit()
    shipment = await world.shipment_of(order)
    await world.faults(mode="down")
    await world.pick(shipment)
    while max((attempt for _, attempt, _ in await world.pending(order)), default=0) < 4:
        await asyncio.sleep(0.05)
    await world.faults()
    asked = asyncio.get_running_loop().time()
    await retry(order)
    await world.shipment_is(shipment, "BOOKED")
    assert asyncio.get_running_loop().time() - asked < 4, "the next attempt by itself would come after eight seconds"
    assert (await world.events(order)).count("shipment_booked") == 1


async def test_a_held_order_is_reviewed_again_when_somebody_asks(world: World) -> None:
    order = await world.submit({"BOLT": 2000})
    await world.held(order, "CREDIT")
    await world.quiet(order)
    await builders.a_customer("ACME", credit_limit="1000000")
    await retry(order)
    await world.order_is(order, "IN_FULFILMENT")


@pytest.mark.path("reset_to_its_beginning")
async def test_a_workflow_begins_again_anywhere_and_does_nothing_twice(world: World) -> None:
    order = await world.submit({"BOLT": 3, "NUT": 2})
    shipment = await world.shipment_of(order)
    supply = await world.supply_of("NUT")
    resets = 0
    for point in ("allocated", "delivered", "received", "billed", "paid"):
        match point:
            case "delivered":
                await world.pick(shipment)
                await world.shipment_is(shipment, "BOOKED")
                await world.deliver(shipment)
                invoice = await world.invoice_of(order)
            case "received":
                await builders.received(supply, 10, now=world.now(order))
                await world.found("SELECT number FROM shipment OFFSET 1")
            case "billed":
                await world.ship(order, nth=1)
                await world.invoice_of(order, nth=1)
            case "paid":
                await world.pay("36.00", invoice=invoice)
                await world.pay("7.20", invoice=await world.invoice_of(order, nth=1))
        await world.quiet(order)
        before = await effects()
        await reset(order)
        resets += 1
        await world.until("SELECT count(*) FROM engine_outbox WHERE outcome = 'reset'", resets)
        await world.quiet(order)
        after = await effects()
        assert after == (*before[:-1], before[-1] + 1), point
    await world.pass_days(order, 31)
    assert (await world.end_of(order))["state"] == "COMPLETED"
    assert (await world.events(order)).count("reset_requested") == resets


async def test_money_that_only_the_engine_knows_survives_a_reset(world: World) -> None:
    order = await world.submit()
    await world.billed(order)
    await world.quiet(order)
    await world.stop()
    fact = {"amount": "36.00", "currency": "EUR", "provider": "bank", "provider_payment_id": "direct-1"}
    told = {**fact, "received_at": datetime.now(UTC).isoformat(), "reference": order}
    await world.order(order).signal("payment_received", told)
    await reset(order)
    await world.start()
    await world.until("SELECT outcome FROM engine_outbox WHERE signal = 'reset_requested'", "reset")
    await world.until("SELECT paid FROM invoice WHERE order_number = :n", 36, n=order)
    assert await world.value("SELECT count(*) FROM payment") == 1


async def test_a_reset_of_a_workflow_that_the_engine_lost_starts_it(world: World) -> None:
    order = await world.submit()
    shipment = await world.shipment_of(order)
    await world.quiet(order)
    await world.order(order).terminate("lost")
    await reset(order)
    await world.ship(order)
    assert await world.bookings(shipment) == ["booked"]


async def test_why_says_that_a_workflow_is_lost_and_what_starts_it_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reasons, "_clients", [world.client])
    order = await world.submit()
    shipment = await world.shipment_of(order)
    await world.quiet(order)
    await world.order(order).terminate("lost")
    told = await reasons.why(order)
    assert told is not None
    assert (told["waiting_for"], told["owner_role"], told["engine"]) == ("retry", "operator", "terminated")
    assert told["next_actions"] == ["orderkeep doctor --repair"]
    assert told["sentence"] == (
        "The workflow of the order is terminated though the order is IN_FULFILMENT: nothing moves it on; "
        "`orderkeep doctor --repair` starts it again."
    )
    assert told["also"] == [f"Shipment {shipment} in EAST waits to be picked."]
    assert await restart(f"order/{order}")
    await world.quiet(order)
    mended = await reasons.why(order)
    assert mended is not None
    assert (mended["waiting_for"], mended["engine"]) == ("pick", "running")


async def test_why_of_an_order_that_has_ended_does_not_mourn_its_workflow(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reasons, "_clients", [world.client])
    order = await world.submit()
    await world.shipment_of(order)
    await world.cancel(order)
    await world.order_is(order, "CANCELLED")
    await world.order(order).result()
    told = await reasons.why(order)
    assert told is not None
    assert (told["sentence"], told["engine"]) == ("It waits for nothing: the order is CANCELLED.", "completed")


async def test_why_of_a_paused_order_names_its_other_holds(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reasons, "_clients", [world.client])
    order = await world.submit({"BOLT": 2000})
    await world.held(order, "CREDIT")
    await pause(world, order)
    told = await reasons.why(order)
    assert told is not None
    assert told["sentence"] == "Paused by sales manager: the address is being clarified"
    assert "Held for CREDIT: credit control decides." in told["also"]
