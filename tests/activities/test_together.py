"""What happens at the same instant: the last pieces, the last of a limit, one invoice, one supply order, one pick."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from activities.cancellation import plan_undo, undo_order, void_booking
from activities.review import review_order
from activities.shipping import create_shipments
from activities.stock import allocate_order
from db import engine
from db.engine import settled
from domain.errors import IllegalMove, Invalid, OrderkeepError
from domain.facts import Cancellation, OrderRequest, PickReport, ReceiptReport
from domain.steps import OrderStep, ShipmentStep
from intake import cancellation, receipt, replenishment, shipping
from tests import builders
from tests.activities.fingerprint import assert_sound, warm
from tests.builders import NOW, SALES, WAREHOUSE, rows

CONNECTIONS = 20


@pytest.fixture(autouse=True)
async def company(database: str) -> AsyncIterator[None]:
    """The small company, with enough open connections for everybody who comes at once."""
    await engine.close()
    engine.configure(database, CONNECTIONS)
    await builders.a_company()
    await warm(CONNECTIONS)
    yield


def _at(order: str) -> OrderStep:
    return OrderStep(number=order, now=NOW)


async def _one(sql: str, **values: Any) -> Any:
    [row] = await rows(sql, **values)
    return row


async def _levels(sku: str) -> dict[str, tuple[int, int]]:
    found = await rows("SELECT warehouse, on_hand, reserved FROM stock_level WHERE sku = :sku", sku=sku)
    return {row.warehouse: (row.on_hand, row.reserved) for row in found}


async def test_fifty_orders_for_the_last_ten_pieces_get_exactly_ten():
    await builders.a_product("GEM", "1.00", "0.50")
    await builders.some_stock("GEM", 6)
    await builders.some_stock("GEM", 4, "EAST")
    orders = [await builders.confirmed(await builders.an_order({"GEM": 1})) for _ in range(50)]
    outcomes = await asyncio.gather(*(allocate_order(_at(order)) for order in orders))
    assert Counter((outcome.shippable, outcome.waiting) for outcome in outcomes) == {
        (True, False): 10,
        (False, True): 40,
    }
    assert await _levels("GEM") == {"MAIN": (6, 6), "EAST": (4, 4)}
    lines = await _one("SELECT sum(allocated) AS got, sum(backordered) AS waits FROM order_line WHERE sku = 'GEM'")
    assert (lines.got, lines.waits) == (10, 40)
    taken = await rows("SELECT order_number FROM allocation WHERE sku = 'GEM' AND state = 'RESERVED' AND quantity = 1")
    assert len({row.order_number for row in taken}) == len(taken) == 10
    await assert_sound()


async def test_orders_in_opposite_line_order_share_what_is_there_without_standing_in_each_others_way():
    for sku in ("GEM", "RING"):
        await builders.a_product(sku, "1.00", "0.50")
        await builders.some_stock(sku, 8)
    asked = [{"GEM": 1, "RING": 1}, {"RING": 1, "GEM": 1}] * 10
    orders = [await builders.confirmed(await builders.an_order(lines)) for lines in asked]
    await asyncio.gather(*(allocate_order(_at(order)) for order in orders))
    assert await _levels("GEM") == await _levels("RING") == {"MAIN": (8, 8)}
    await assert_sound()


async def test_twenty_orders_near_the_limit_never_exceed_it():
    await builders.a_customer("NEAR", credit_limit="250.00")
    orders = [await builders.an_order({"BOLT": 3}, customer="NEAR") for _ in range(20)]
    outcomes = await asyncio.gather(*(review_order(_at(order)) for order in orders))
    told = Counter((outcome.state, outcome.reasons) for outcome in outcomes)
    assert told == {("CONFIRMED", ()): 6, ("IN_REVIEW", ("CREDIT",)): 14}, "36 go into 250 six times"
    states = await rows("SELECT state, count(*) AS orders FROM sales_order WHERE customer = 'NEAR' GROUP BY state")
    assert {row.state: row.orders for row in states} == {"CONFIRMED": 6, "IN_REVIEW": 14}
    assert (await _one("SELECT reserved FROM customer_account WHERE customer = 'NEAR'")).reserved == 216
    seen = await rows("SELECT exposure_after FROM credit_reservation WHERE customer = 'NEAR' ORDER BY 1")
    assert [row.exposure_after for row in seen] == [36, 72, 108, 144, 180, 216]
    assert (await _one("SELECT count(*) AS held FROM hold WHERE status = 'OPEN' AND reason = 'CREDIT'")).held == 14
    await assert_sound()


async def test_ten_payments_of_one_invoice_are_applied_once_each_and_the_rest_stays_unapplied():
    order = await builders.an_order({"BOLT": 3})
    [invoice] = await builders.invoiced(order)
    payments = await asyncio.gather(*(builders.a_payment("5.00", invoice=invoice) for _ in range(10)))
    assert len(set(payments)) == 10
    found = await rows("SELECT amount, applied, unapplied, state FROM payment ORDER BY applied DESC, number")
    assert [row.applied for row in found] == [5, 5, 5, 5, 5, 5, 5, 1, 0, 0]
    assert [row.unapplied for row in found] == [0, 0, 0, 0, 0, 0, 0, 4, 5, 5]
    applied = await _one("SELECT count(*) AS pieces, sum(amount) AS total FROM payment_application")
    assert (applied.pieces, applied.total) == (8, 36)
    billed = await _one("SELECT total, paid, outstanding, state FROM invoice WHERE number = :number", number=invoice)
    assert (billed.total, billed.paid, billed.outstanding, billed.state) == (36, 36, 0, "PAID")
    account = await _one("SELECT receivable, unapplied FROM customer_account WHERE customer = 'ACME'")
    assert (account.receivable, account.unapplied) == (0, 14)
    paid = await rows("SELECT 1 FROM timeline WHERE order_number = :order AND event = 'invoice_paid'", order=order)
    assert len(paid) == 1
    await assert_sound()


async def test_one_payment_told_ten_times_at_once_is_recorded_once():
    [invoice] = await builders.invoiced(await builders.an_order({"BOLT": 3}))
    told = [builders.a_payment("20.00", invoice=invoice, provider_payment_id="the-same") for _ in range(10)]
    assert len(set(await asyncio.gather(*told))) == 1
    found = await _one("SELECT amount, applied FROM payment")
    assert (found.amount, found.applied) == (20, 20)
    assert (await _one("SELECT outstanding FROM invoice")).outstanding == 16
    await assert_sound()


async def test_two_receipts_of_one_supply_order_never_exceed_what_was_ordered():
    order = await builders.an_order({"NUT": 12})
    [supply] = await builders.allocated(order)
    outcomes = await asyncio.gather(
        *(builders.received(supply, 10, warehouse) for warehouse in ("MAIN", "EAST")), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [Invalid]
    stood = await _one("SELECT quantity, received, state FROM supply_order WHERE number = :number", number=supply)
    assert (stood.quantity, stood.received, stood.state) == (15, 10, "PARTIALLY_RECEIVED")
    assert (await _one("SELECT sum(on_hand) AS there, sum(reserved) AS taken FROM stock_level WHERE sku = 'NUT'")) == (
        10,
        10,
    )
    line = await _one("SELECT allocated, open FROM order_line WHERE order_number = :order", order=order)
    assert (line.allocated, line.open) == (10, 2)
    await assert_sound()


async def test_two_receipts_that_fit_together_close_the_supply_order():
    order = await builders.an_order({"NUT": 12})
    [supply] = await builders.allocated(order)
    report = ReceiptReport.model_validate({"lines": [{"sku": "NUT", "quantity": 5}], "warehouse": "MAIN"})
    receipts = (lambda tx: replenishment.record_receipt(tx, WAREHOUSE, supply, report, NOW) for _ in range(4))
    outcomes = await asyncio.gather(*(settled(receive) for receive in receipts), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes if outcome != []] == [IllegalMove]
    stood = await _one("SELECT received, state FROM supply_order WHERE number = :number", number=supply)
    assert (stood.received, stood.state) == (15, "RECEIVED")
    assert await _levels("NUT") == {"MAIN": (15, 12)}
    await assert_sound()


async def _cancel(order: str) -> None:
    wish = Cancellation(reason="not needed any more")
    await settled(lambda tx: cancellation.cancel_order(tx, SALES, order, wish, NOW))


async def _pick(shipment: str, report: PickReport) -> None:
    await settled(lambda tx: shipping.confirm_pick(tx, WAREHOUSE, shipment, report, NOW))


@pytest.mark.parametrize("cancelled_first", [True, False])
async def test_an_order_that_is_cancelled_and_picked_at_once_ends_cancelled_with_its_goods_on_the_shelf(
    cancelled_first: bool,
):
    order = await builders.an_order({"BOLT": 120})
    shipments = await builders.noted(order)

    async def cancelled() -> None:
        await _cancel(order)
        for shipment in (await plan_undo(_at(order))).to_void:
            await void_booking(ShipmentStep(number=shipment, order=order, now=NOW))
        await undo_order(_at(order))

    picks = [_pick(shipment, PickReport()) for shipment in shipments]
    everybody = [cancelled(), *picks] if cancelled_first else [*picks, cancelled()]
    outcomes = await asyncio.gather(*everybody, return_exceptions=True)
    assert [outcome for outcome in outcomes if not (outcome is None or isinstance(outcome, IllegalMove))] == []
    assert await builders.state("sales_order", order) == "CANCELLED"
    assert [await builders.state("shipment", shipment) for shipment in shipments] == ["CANCELLED", "CANCELLED"]
    assert await _levels("BOLT") == {"MAIN": (100, 0), "EAST": (40, 0)}
    assert (await _one("SELECT reserved FROM customer_account WHERE customer = 'ACME'")).reserved == 0
    await assert_sound()


async def test_nothing_is_packed_any_more_of_an_order_that_is_being_cancelled():
    order = await builders.an_order({"BOLT": 4})
    [shipment] = await builders.noted(order)
    await _cancel(order)
    assert (await plan_undo(_at(order))).to_void == ()
    with pytest.raises(IllegalMove, match="is being cancelled"):
        await _pick(shipment, PickReport())
    assert (await undo_order(_at(order))).state == "CANCELLED"
    assert await builders.state("shipment", shipment) == "CANCELLED"
    await assert_sound()


async def test_two_warehouses_that_pick_short_at_once_take_off_what_each_misses():
    order = await builders.an_order({"BOLT": 120})
    shipments = await builders.noted(order)
    reports = [PickReport.model_validate({"lines": [{"line": 1, "quantity": few}]}) for few in (15, 90)]
    warehouses = {row.number: row.warehouse for row in await rows("SELECT number, warehouse FROM shipment")}
    assert [warehouses[shipment] for shipment in shipments] == ["EAST", "MAIN"]
    await asyncio.gather(*(_pick(shipment, report) for shipment, report in zip(shipments, reports, strict=True)))
    assert [await builders.state("shipment", shipment) for shipment in shipments] == ["PACKED", "PACKED"]
    line = await _one("SELECT allocated, open FROM order_line WHERE order_number = :order", order=order)
    assert (line.allocated, line.open) == (105, 15)
    assert await _levels("BOLT") == {"MAIN": (90, 90), "EAST": (35, 15)}
    await asyncio.gather(*(allocate_order(_at(order)) for _ in range(2)))
    await asyncio.gather(*(create_shipments(_at(order)) for _ in range(2)))
    assert await _levels("BOLT") == {"MAIN": (90, 90), "EAST": (35, 30)}
    assert (await _one("SELECT count(*) AS notes FROM shipment")).notes == 3
    await assert_sound()


async def test_one_pick_confirmed_by_two_people_at_once_is_confirmed_once():
    [shipment] = await builders.noted(await builders.an_order({"BOLT": 4}))
    report = PickReport.model_validate({"lines": [{"line": 1, "quantity": 3}]})
    outcomes = await asyncio.gather(_pick(shipment, report), _pick(shipment, report), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [IllegalMove]
    assert await _levels("BOLT") == {"MAIN": (100, 0), "EAST": (39, 3)}
    await assert_sound()


async def test_twenty_identical_submissions_at_once_are_one_order():
    lines = [{"sku": "BOLT", "quantity": 3}]
    asked = OrderRequest.model_validate({"customer": "ACME", "customer_po": "PO-20", "currency": "EUR", "lines": lines})
    told = await asyncio.gather(
        *(settled(lambda tx: receipt.submit_order(tx, SALES, asked, NOW)) for _ in range(CONNECTIONS))
    )
    assert Counter(submitted.created for submitted in told) == {True: 1, False: 19}
    [order] = {submitted.number for submitted in told}
    assert [row.number for row in await rows("SELECT number FROM sales_order")] == [order]
    counts = await _one("""SELECT (SELECT count(*) FROM order_line) AS lines, (SELECT count(*) FROM timeline) AS notes,
      (SELECT count(*) FROM engine_outbox) AS messages, (SELECT count(*) FROM notice) AS notices""")
    assert tuple(counts) == (1, 1, 1, 1)
    await assert_sound()


async def test_nothing_but_a_business_refusal_comes_out_of_a_whole_crowd():
    """Payments, receipts, picks and reviews of one customer meet in every order of locks."""
    bills = [(await builders.invoiced(await builders.an_order({"BOLT": 3})))[0] for _ in range(3)]
    [supply] = await builders.allocated(await builders.an_order({"NUT": 12}))
    noted = [(await builders.noted(await builders.an_order({"BOLT": 2})))[0] for _ in range(3)]
    fresh = [await builders.an_order({"BOLT": 1, "NUT": 1}) for _ in range(5)]
    crowd = [builders.a_payment("36.00", invoice=bill) for bill in bills]
    crowd += [builders.received(supply, 5) for _ in range(3)]  # type: ignore[misc]
    crowd += [_pick(shipment, PickReport()) for shipment in noted]  # type: ignore[misc]
    crowd += [builders.confirmed(order) for order in fresh]
    outcomes = await asyncio.gather(*crowd, return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert [error for error in refused if not isinstance(error, OrderkeepError)] == []
    assert refused == []
    assert (await _one("SELECT sum(outstanding) AS owed FROM invoice")).owed == 0
    assert await _levels("NUT") == {"MAIN": (15, 12)}
    await assert_sound()
