"""Corners between the stages that a real company would find sooner or later."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from activities.cancellation import undo_order
from activities.review import review_order
from db.checks import run_checks
from db.engine import settled, transaction
from db.queries.effects import Effects
from domain.errors import IllegalMove, Invalid
from domain.facts import Cancellation, HoldRejection
from domain.steps import OrderStep
from intake import cancellation, review
from intake.stock import hand_out
from tests import builders
from tests.builders import MANAGER, NOW, SALES, rows


@pytest.fixture(autouse=True)
async def company(database: str) -> None:
    """The company of the builders."""
    await builders.a_company()


async def cancelled(order: str) -> None:
    """The order, asked to be cancelled and undone without voiding anything."""
    await settled(lambda tx: cancellation.cancel_order(tx, SALES, order, Cancellation(reason="not needed"), NOW))
    await undo_order(OrderStep(number=order, now=NOW))


async def clean() -> bool:
    """Whether the reconciler has nothing to say."""
    async with transaction() as tx:
        return not [check for check in await run_checks(tx) if check.breaches]


async def test_a_card_can_be_kept_after_a_payment_in_a_foreign_currency_but_its_currency_cannot_change():
    await builders.a_payment("5.00", customer="ACME", currency="USD")
    await builders.a_customer("ACME", name="ACME renamed")
    with pytest.raises(Invalid, match="cannot be kept"):
        await builders.a_customer("ACME", currency="USD")


async def test_foreign_cash_is_neither_a_deposit_nor_cash_on_account():
    prepaid = await builders.an_order({"BOLT": 1}, payment_terms="prepaid")
    await builders.a_payment("1000000", reference=prepaid, currency="JPY")
    outcome = await review_order(OrderStep(number=prepaid, now=NOW))
    assert outcome.reasons == ("PREPAYMENT",)
    [account] = await rows("SELECT unapplied FROM customer_account WHERE customer = 'ACME'")
    assert account.unapplied == 0
    assert await clean()


@pytest.mark.parametrize("written", ["NO.  7 / ACME", " no.  7 / acme "])
@pytest.mark.parametrize("early", [True, False])
async def test_a_purchase_number_with_two_spaces_is_found_as_it_is_written(written: str, early: bool):
    paid = [await builders.a_payment("12.00", reference=written)] if early else []
    [invoice] = await builders.invoiced(await builders.an_order({"BOLT": 1}, customer_po="No.  7 / Acme"))
    paid += [] if early else [await builders.a_payment("12.00", reference=written)]
    assert [await builders.state("payment", payment) for payment in paid] == ["APPLIED"]
    assert await builders.state("invoice", invoice) == "PAID"


@pytest.mark.parametrize("payer", ["ACME", None])
async def test_cash_that_came_before_the_prepaid_order_it_names_is_its_deposit(payer: str | None):
    payment = await builders.a_payment("12.00", customer=payer, reference="Proforma for po-5.")
    await builders.a_payment("500.00", customer="ACME")
    order = await builders.an_order({"BOLT": 1}, payment_terms="prepaid", customer_po="PO-5")
    assert (await review_order(OrderStep(number=order, now=NOW))).reasons == ()
    assert (await review_order(OrderStep(number=order, now=NOW))).state == "CONFIRMED"
    [kept] = await rows("SELECT customer, order_number, state FROM payment WHERE number = :n", n=payment)
    assert (kept.customer, kept.order_number, kept.state) == ("ACME", order, "UNAPPLIED")
    told = await rows("SELECT document FROM timeline WHERE event = 'payment_unapplied' AND order_number = :n", n=order)
    assert [row.document for row in told] == [payment]
    assert await clean()
    await builders.invoiced(order)
    [kept] = await rows("SELECT applied, state FROM payment WHERE number = :n", n=payment)
    assert (kept.applied, kept.state) == (12, "APPLIED")
    assert await clean()


@pytest.mark.parametrize(
    ("money", "purchase"),
    [
        ({"reference": "PO-6"}, "PO-5"),
        ({"reference": None}, "PO-5"),
        ({"reference": "PO-5", "currency": "USD"}, "PO-5"),
    ],
    ids=["another name", "no name", "another currency"],
)
async def test_a_prepaid_order_goes_on_waiting_beside_cash_that_is_not_for_it(money: dict[str, Any], purchase: str):
    await builders.a_payment("12.00", customer="ACME", **money)
    order = await builders.an_order({"BOLT": 1}, payment_terms="prepaid", customer_po=purchase)
    assert (await review_order(OrderStep(number=order, now=NOW))).reasons == ("PREPAYMENT",)


async def test_holds_of_an_order_that_is_being_cancelled_are_not_decided_any_more():
    order = await builders.an_order([{"sku": "BOLT", "quantity": 1, "discount_percent": "50"}])
    await review_order(OrderStep(number=order, now=NOW))
    await settled(lambda tx: cancellation.cancel_order(tx, SALES, order, Cancellation(reason="not needed"), NOW))
    [hold] = await rows("SELECT id FROM hold WHERE order_number = :order", order=order)
    with pytest.raises(IllegalMove, match="is CANCELLING: its holds close with it"):
        await settled(lambda tx: review.reject_hold(tx, MANAGER, order, hold.id, HoldRejection(comment="no"), NOW))


async def test_what_was_undone_is_done_although_a_parcel_had_left():
    order = await builders.an_order({"BOLT": 1, "NUT": 5})
    [shipment] = await builders.packed(order)
    await cancelled(order)
    steps = await rows(
        "SELECT effect, status FROM undo_step WHERE order_number = :order ORDER BY position", order=order
    )
    assert {row.effect.split()[0]: row.status for row in steps} == {
        "credit": "done", "1": "done", "shipment": "kept", "supply": "done",
    }  # fmt: skip
    assert await builders.state("shipment", shipment) == "PACKED"
    assert await builders.state("sales_order", order) == "IN_FULFILMENT"
    assert await clean()


async def test_components_on_order_for_a_cancelled_production_order_are_promised_to_others():
    [purchase] = await builders.allocated(await builders.an_order({"NUT": 8}))
    made = await builders.an_order({"KIT": 2})
    assert await builders.allocated(made) == ["MO-000002", purchase]
    await cancelled(made)
    assert await builders.state("supply_order", "MO-000002") == "CANCELLED"
    assert await builders.state("supply_order", purchase) == "ORDERED"
    assert await builders.allocated(await builders.an_order({"NUT": 2})) == [purchase]
    assert await clean()


async def test_a_production_order_completed_in_fractions_leaves_no_component_behind():
    await builders.some_stock("NUT", 3)
    [production] = await builders.allocated(await builders.an_order({"KIT": 3}))
    for quantity in ("0.3333", "1.3333", "1.3334"):
        await builders.received(production, quantity)
    [nut] = await rows("SELECT reserved, consumed FROM supply_component WHERE sku = 'NUT'")
    assert (nut.reserved, nut.consumed) == (0, 3)
    assert await builders.state("supply_order", production) == "RECEIVED"
    assert await clean()


async def test_who_began_to_wait_after_the_locks_were_taken_is_told_to_look_again():
    order = await builders.an_order({"NUT": 4})
    await builders.allocated(order)
    await builders.run("INSERT INTO stock_movement (sku, warehouse, quantity, reason, actor, at)"
                       " VALUES ('NUT', 'MAIN', 5, 'receipt', 'a test', now())")  # fmt: skip
    await builders.run("INSERT INTO stock_level VALUES ('NUT', 'MAIN', 5, 0)")
    effects = Effects("a test", NOW)
    async with transaction() as tx:
        await hand_out(tx, effects, ["NUT"], [], [], NOW)
    assert [(told["workflow_id"], told["signal"]) for told in effects.messages] == [
        (f"order/{order}", "stock_allocated")
    ]


async def test_five_cents_in_ten_instalments_bill_and_balance():
    terms = "instalments:" + ",".join(f"10@{days}" for days in range(10))
    cheap = [{"sku": "PIN", "quantity": 1}]
    await builders.a_product("PIN", "0.04")
    await builders.some_stock("PIN", 1)
    [invoice] = await builders.invoiced(await builders.an_order(cheap, payment_terms=terms))
    parts = await rows("SELECT amount FROM instalment WHERE invoice = :invoice ORDER BY instalment", invoice=invoice)
    assert [part.amount for part in parts] == [Decimal("0.01")] * 5 + [Decimal(0)] * 5
    assert await clean()
