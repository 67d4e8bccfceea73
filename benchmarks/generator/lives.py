"""The lives that are copied: a company, and orders that have ended.

They are lived by the product's own code, on the database that is being filled, so that whatever a new version writes
is copied as well. What is numbered carries its number in a text of the form WORD-00001, and everything else follows
from that: a copy is the same rows under other numbers and at other times.
"""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from activities.cancellation import undo_order
from activities.collection import send_reminder
from activities.review import escalate_holds, expire_order, review_order
from db.engine import settled
from db.queries import idempotency, stock
from domain.facts import Cancellation, CaseMove, Feedback, HoldRejection, HoldRelease
from domain.steps import OrderStep, ReminderStep
from intake import after_sales, cancellation, review
from tests import builders
from tests.builders import CREDIT, DAY, MANAGER, NOW, SALES, SUPPORT

CUSTOMERS, PRODUCTS, USUAL = 20, 20, 20
SCARCE = range(PRODUCTS + 3, PRODUCTS + 9)
"""Products that nobody has and that have no supplier: somebody must find one."""
PIECES = 100_000_000
NAMES = (
    "Hansen Tea",
    "云杉茶馆",
    "Rivera Trading",
    "北风贸易",
    "Okafor & Sons",
    "Lindqvist Hardware",
    "上海五金",
    "Dubois",
)
GOODS = (
    "Green tea 100 g",
    "龙井茶叶 250克",
    "Hex bolt M8",
    "Desk lamp",
    "不锈钢茶壶",
    "Paper A4",
    "Ceramic cup",
    "Ladder",
)
LONG_TERMS = "instalments:30@0,70@30"
_orders = itertools.count()
_references = itertools.count(1)


async def company() -> None:
    """Customers without a limit and one with a low one; products in stock, bought and made."""
    await builders.a_supplier("SUP-00001")
    for number in range(1, CUSTOMERS + 1):
        code = f"CU-{number:05d}"
        name = f"{NAMES[number % len(NAMES)]} {code}"
        limit = "100" if number == CUSTOMERS else None
        await builders.a_customer(code, name=name, credit_limit=limit, language="zh-CN" if number % 4 == 1 else "en")
    for number in range(1, PRODUCTS + 1):
        await builders.a_product(sku(number), "10.00", "4.00", name=f"{GOODS[number % len(GOODS)]} {sku(number)}")
        await builders.some_stock(sku(number), PIECES)
    bought = {"route": "buy", "supplier": "SUP-00001", "minimum_quantity": "10", "multiple_of": "5"}
    again = {"reorder_point": "20", "reorder_quantity": "50"}
    await builders.a_product(sku(PRODUCTS + 1), "3.00", "1.00", name="Washer", supply=bought, **again)
    parts = [{"sku": sku(1), "quantity": "2"}]
    made = {"route": "make", "lead_time_days": 2, "components": parts}
    await builders.a_product(sku(PRODUCTS + 2), "40.00", "10.00", name="Kit", supply=made)
    for number in SCARCE:
        await builders.a_product(sku(number), "8.00", "3.00", name=f"Spare part {sku(number)}", **again)
    places = [(sku(number), "MAIN") for number in (PRODUCTS + 1, PRODUCTS + 2, *SCARCE)]
    await settled(lambda tx: stock.ensure_levels(tx, places))


def sku(number: int) -> str:
    """A product's number."""
    return f"SKU-{number:05d}"


def fresh(word: str) -> str:
    """A name that nothing else has."""
    return f"{word}-{next(_references):06d}"


async def an_order(pieces: dict[str, int] | None = None, **request: Any) -> str:
    """An order of one to three lines; each comes some minutes after the one before, every tenth under a key."""
    number = next(_orders)
    lines: Any = pieces or {
        sku((number + line * 7) % PRODUCTS + 1): 1 + line for line in range(1 + (number % 10 > 4) + (number % 10 > 7))
    }
    request = {"customer": f"CU-{number % (CUSTOMERS - 1) + 1:05d}", "customer_po": fresh("REF"), **request}
    order = await builders.an_order(lines, now=begin(number), **request)
    if number % 10 == 0:
        key = fresh("KEY")

        async def keep(tx: Any) -> None:
            await idempotency.claim(tx, SALES, key, "POST /v1/orders", "0" * 64, begin(number))
            await idempotency.store(tx, SALES, key, 201, f'{{"number":"{order}"}}', f"/v1/orders/{order}")

        await settled(keep)
    return order


def begin(number: int) -> datetime:
    """When the number-th order of the pattern comes in."""
    return NOW + timedelta(minutes=17 * (number % 97))


async def straight() -> str:
    """From submission to completion without a human decision."""
    order = await an_order()
    await paid_for(order)
    await builders.completed(order, NOW + 36 * DAY)
    return order


async def paid_for(order: str) -> None:
    """Picked on the first day, delivered on the third, paid three weeks later."""
    await builders.packed(order, NOW + DAY)
    await builders.invoiced(order, NOW + 3 * DAY)
    for row in await builders.rows(
        "SELECT number, currency, outstanding FROM invoice WHERE order_number = :order AND paid < total", order=order
    ):
        await pay(row.outstanding, invoice=row.number, currency=row.currency)


async def pay(amount: Any, **fact: Any) -> str:
    """Money that arrives."""
    return await builders.a_payment(
        amount, now=NOW + 24 * DAY, provider_payment_id=fresh("BANK"), **{"currency": "EUR", **fact}
    )


async def held() -> tuple[str, int]:
    """Over the limit of the customer: the order and its hold."""
    order = await an_order({sku(3): 20}, customer=f"CU-{CUSTOMERS:05d}")
    await review_order(OrderStep(number=order, now=NOW + DAY / 24))
    found = await builders.rows("SELECT id FROM hold WHERE order_number = :order", order=order)
    return order, found[0].id


async def held_and_released() -> None:
    """A person decides for it."""
    order, hold = await held()
    release = HoldRelease(comment="long known to us")
    await settled(lambda tx: review.release_hold(tx, CREDIT, order, hold, release, NOW + DAY / 2))
    await paid_for(order)
    await builders.completed(order, NOW + 36 * DAY)


async def held_and_rejected() -> None:
    """A person decides against it."""
    order, hold = await held()
    rejection = HoldRejection(comment="below cost")
    await settled(lambda tx: review.reject_hold(tx, MANAGER, order, hold, rejection, NOW + DAY / 2))


async def held_and_expired() -> None:
    """Nobody decides."""
    order, _ = await held()
    await escalate_holds(OrderStep(number=order, now=NOW + 10 * DAY))
    await expire_order(OrderStep(number=order, now=NOW + 100 * DAY))


async def bought() -> None:
    """A shortage is bought, arrives in two parts and is delivered."""
    order = await an_order({sku(PRODUCTS + 1): 12})
    for supply in await builders.allocated(order, NOW + DAY / 24):
        await builders.received(supply, 5, now=NOW + 4 * DAY)
        await builders.received(supply, 10, now=NOW + 5 * DAY)
    await paid_for(order)
    await builders.completed(order, NOW + 36 * DAY)


async def made() -> None:
    """A shortage is made of components."""
    order = await an_order({sku(PRODUCTS + 2): 3})
    for supply in await builders.allocated(order, NOW + DAY / 24):
        await builders.received(supply, 3, now=NOW + 2 * DAY)
    await paid_for(order)
    await builders.completed(order, NOW + 36 * DAY)


async def reminded() -> None:
    """Paid in instalments, the second one after two reminders."""
    order = await an_order(payment_terms=LONG_TERMS)
    await builders.packed(order, NOW + DAY)
    [invoice] = await builders.invoiced(order, NOW + 3 * DAY)
    for level in (0, 1, 2):
        at = NOW + (30 + 7 * level) * DAY
        await send_reminder(ReminderStep(invoice=invoice, instalment=2, level=level, now=at))
    await paid_for(order)
    await builders.completed(order, NOW + 70 * DAY)


async def cancelled() -> None:
    """Cancelled when its goods were allocated."""
    order = await an_order()
    await builders.noted(order, NOW + DAY / 24)
    await cancel(order)
    await undo_order(OrderStep(number=order, now=NOW + DAY))


async def cancel(order: str) -> None:
    """Somebody wishes it cancelled."""
    wish = Cancellation(reason="not needed any more")
    await settled(lambda tx: cancellation.cancel_order(tx, SALES, order, wish, NOW + DAY / 2))


async def with_a_case() -> None:
    """Complained about, answered and rated."""
    order = await straight()
    case = await builders.a_case(order, NOW + 37 * DAY, kind="complaint")
    for move in ("start", "wait", "resolve", "close"):
        told = CaseMove(comment=f"we {move}")
        await settled(lambda tx, m=move, t=told: after_sales.move_case(tx, SUPPORT, case, m, t, NOW + 38 * DAY))  # type: ignore[misc]
    feedback = Feedback(score=4, comment="in the end all was well")
    await settled(lambda tx: after_sales.record_feedback(tx, SALES, order, feedback, NOW + 40 * DAY))


async def usual() -> int:
    """Orders of one to three lines that went straight through; how many."""
    for _ in range(USUAL):
        await straight()
    return USUAL


async def rare() -> int:
    """Orders that took another way to their end; how many."""
    ways = (held_and_released, held_and_rejected, held_and_expired, bought, made, reminded, cancelled, with_a_case)
    for way in ways:
        await way()
    return len(ways)
