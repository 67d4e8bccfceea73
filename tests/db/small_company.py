"""A small company that has lived through every path of an order, for tests that look at the whole database."""

from __future__ import annotations

from datetime import date
from typing import Any

from activities.cancellation import undo_order, void_booking
from activities.collection import send_reminder
from activities.review import review_order
from db.engine import settled
from domain.facts import Cancellation, CaseMove, Feedback, HoldRejection, HoldRelease, PickReport
from domain.steps import OrderStep, ReminderStep, ShipmentStep
from intake import after_sales, cancellation, review, shipping
from tests import builders
from tests.builders import CREDIT, DAY, MANAGER, NOW, SALES, SUPPORT, WAREHOUSE, rows

INSTALMENTS = "instalments:30@0,70@30"


async def lived_through() -> dict[str, str]:
    """Drive the orders of a small company through their lives; the orders by what became of them."""
    await builders.a_company()
    await builders.a_customer("SMALL", credit_limit="100")
    await builders.a_customer("NIPPON", currency="JPY", time_zone="Asia/Tokyo")
    await builders.a_product("LAMP", "333", None, prices=[{"currency": "JPY", "amount": "333"}])
    await builders.some_stock("LAMP", 5)
    return {
        **await _straight_and_held(),
        **await _short_and_supplied(),
        **await _shipped_and_billed(),
        **await _cancelled(),
        **await _paid_and_unpaid(),
    }


async def _straight_and_held() -> dict[str, str]:
    straight = await builders.completed(await builders.an_order(customer_po="PO-1"))
    case = await builders.a_case(straight, kind="complaint")
    for move in ("start", "wait", "resolve", "close"):
        await _case(case, move)
    await _case(await builders.a_case(straight), "start")
    waiting = await builders.a_case(straight)
    for move in ("start", "wait"):
        await _case(waiting, move)
    feedback = Feedback(score=5, comment="quick")
    await settled(lambda tx: after_sales.record_feedback(tx, SALES, straight, feedback, NOW))

    over = await builders.an_order({"BOLT": 10}, customer="SMALL")
    release = HoldRelease(comment="long known to us")
    hold = await _held(over)
    await settled(lambda tx: review.release_hold(tx, CREDIT, over, hold, release, NOW))
    await builders.invoiced(over)

    cheap = await builders.an_order([{"sku": "BOLT", "quantity": 2, "discount_percent": "40"}])
    hold = await _held(cheap)
    rejection = HoldRejection(comment="below cost")
    await settled(lambda tx: review.reject_hold(tx, MANAGER, cheap, hold, rejection, NOW))

    held = await builders.an_order({"BOLT": 10}, customer="SMALL", note="waits for a decision")
    await _held(held)
    return {"straight": straight, "over the limit": over, "rejected": cheap, "held": held, "case": case}


async def _short_and_supplied() -> dict[str, str]:
    bought = await builders.an_order({"NUT": 12})
    [purchase] = await builders.allocated(bought)
    await builders.received(purchase, 5)
    await builders.received(purchase, 10, now=NOW + DAY)
    await builders.invoiced(bought)

    made = await builders.an_order({"KIT": 5})
    production, components = await builders.allocated(made)
    await builders.received(components, 5)
    await builders.received(production, 1)

    short = await builders.an_order({"NUT": 40, "BOLT": 1})
    await builders.allocated(short)
    return {
        "bought": bought, "made": made, "short": short,
        "production": production, "purchase": purchase, "components": components,
    }  # fmt: skip


async def _shipped_and_billed() -> dict[str, str]:
    split = await builders.an_order({"BOLT": 90})
    await builders.issued(split)

    picked = await builders.an_order({"BOLT": 4})
    [note] = await builders.noted(picked)
    report = PickReport.model_validate({"lines": [{"line": 1, "quantity": 3}]})
    await settled(lambda tx: shipping.confirm_pick(tx, WAREHOUSE, note, report, NOW))
    await builders.invoiced(picked)

    remainder = await builders.an_order(
        {"LAMP": 7}, customer="NIPPON", currency="JPY", shipping_policy="cancel_remainder"
    )
    await builders.invoiced(remainder)

    ready = await builders.an_order({"BOLT": 1}, note="waits for the carrier")
    [shipment] = await builders.packed(ready)
    return {"split": split, "short pick": picked, "remainder": remainder, "packed": shipment}


async def _cancelled() -> dict[str, str]:
    packed = await builders.an_order({"BOLT": 2})
    [shipment] = await builders.booked(packed)
    await _cancel(packed)
    await void_booking(ShipmentStep(number=shipment, order=packed, now=NOW))
    await undo_order(OrderStep(number=packed, now=NOW))

    supplied = await builders.an_order({"KIT": 5})
    [production, *_] = await builders.allocated(supplied)
    await _cancel(supplied)
    await undo_order(OrderStep(number=supplied, now=NOW))

    going = await builders.an_order({"BOLT": 1, "NUT": 100})
    await builders.issued(going)
    await _cancel(going)
    await undo_order(OrderStep(number=going, now=NOW))

    stopping = await builders.an_order({"BOLT": 1}, note="being cancelled")
    await builders.allocated(stopping)
    await _cancel(stopping)
    return {"cancelled": packed, "partly cancelled": going, "cancelling": stopping, "cancelled production": production}


async def _paid_and_unpaid() -> dict[str, str]:
    parts = await builders.an_order({"BOLT": 5}, payment_terms=INSTALMENTS)
    [invoice] = await builders.invoiced(parts)
    in_part = await builders.a_payment("20.00", invoice=invoice)
    for level in (0, 1, 2):
        at = NOW + (30 + 7 * level) * DAY
        await send_reminder(ReminderStep(invoice=invoice, instalment=2, level=level, now=at))

    prepaid = await builders.an_order({"BOLT": 1}, customer="HUAXIN", currency="CNY", payment_terms="prepaid")
    await builders.a_payment("15.00", currency="CNY", reference=prepaid)
    await builders.invoiced(prepaid)

    later = await builders.an_order({"BOLT": 1}, customer_po="PO-LATER", requested_date=date(2026, 4, 1))
    await builders.a_payment("7.00", reference=later)
    await builders.confirmed(later)
    unknown = await builders.a_payment("99.00", reference="who is this")
    foreign = await builders.a_payment("5.00", customer="ACME", currency="USD")
    return {
        "paid early": later,
        "invoice": invoice,
        "payment in part": in_part,
        "unknown payer": unknown,
        "foreign payment": foreign,
    }


async def _held(order: str) -> int:
    assert (await review_order(OrderStep(number=order, now=NOW))).held
    found = await rows("SELECT id FROM hold WHERE order_number = :order AND status = 'OPEN'", order=order)
    return int(found[0].id)


async def _case(number: str, move: str) -> None:
    told: dict[str, Any] = {"comment": f"we {move}"}
    await settled(lambda tx: after_sales.move_case(tx, SUPPORT, number, move, CaseMove(**told), NOW))


async def _cancel(order: str) -> None:
    wish = Cancellation(reason="not needed any more")
    await settled(lambda tx: cancellation.cancel_order(tx, SALES, order, wish, NOW))
