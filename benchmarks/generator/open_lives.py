"""The lives that are copied and have not ended: orders in every open state, what waits in every queue, and oddities."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from benchmarks.generator.lives import (
    PRODUCTS,
    SCARCE,
    an_order,
    cancel,
    fresh,
    held,
    paid_for,
    pay,
    sku,
    straight,
)
from db.engine import settled
from domain.facts import TrackingFact
from domain.requests import DisputeRequest
from intake import disputes, receipt, shipping
from tests import builders
from tests.builders import DAY, FINANCE, NOW, SALES, WAREHOUSE

SLEEPERS = 10


async def present() -> int:
    """Orders in every open state, and something in every queue; how many orders."""
    stops: tuple[tuple[int, Callable[[str], Awaitable[Any]]], ...] = (
        (1, _nothing),
        (1, lambda order: builders.confirmed(order, NOW + DAY / 24)),
        (3, lambda order: builders.noted(order, NOW + DAY / 24)),
        (1, lambda order: builders.packed(order, NOW + DAY)),
        (1, lambda order: builders.booked(order, NOW + DAY)),
        (2, lambda order: builders.issued(order, NOW + DAY)),
        (4, lambda order: builders.invoiced(order, NOW + 3 * DAY)),
        (2, paid_for),
        (1, cancel),
    )
    for count, stop in stops:
        for _ in range(count):
            await stop(await an_order())
    await held()
    for pieces in ({sku(PRODUCTS + 1): 40, sku(2): 1}, {sku(PRODUCTS + 2): 4}, {sku(number): 2 for number in SCARCE}):
        await builders.allocated(await an_order(pieces), NOW + DAY / 24)
    await _partly_paid_and_disputed()
    await pay("99.00", reference=fresh("WHO"))
    await builders.a_case(await straight(), NOW + 37 * DAY)
    return sum(count for count, _ in stops) + 6


async def _nothing(order: str) -> None:
    """It has just come in."""


async def _partly_paid_and_disputed() -> None:
    [invoice] = await builders.invoiced(await an_order(), NOW + 3 * DAY)
    await pay("5.00", invoice=invoice)
    wish = DisputeRequest.model_validate({"amount": "1.00", "reason": "one piece is bent"})
    await settled(lambda tx: disputes.open_dispute(tx, FINANCE, invoice, wish, NOW + 25 * DAY))


async def sleepers() -> int:
    """Orders that are held and wait for a person; how many."""
    for _ in range(SLEEPERS):
        await held()
    return SLEEPERS


async def oddities() -> int:
    """What needs a person and is rare: rows of a file that nobody could take, a stray scan."""
    order = await straight()
    rows = [{"invoice": fresh("ROW"), "amount": "-7.00"}]
    source, kind, reason = fresh("FILE"), "credit_note", "a credit note"
    await settled(lambda tx: receipt.hold_document(tx, SALES, source, kind, reason, rows, order, NOW))
    scan = {"tracking_number": fresh("STRAY"), "status": "in_transit", "at": NOW, "sequence": 1}
    fact = TrackingFact.model_validate(scan)
    await settled(lambda tx: shipping.record_tracking(tx, WAREHOUSE, builders.CARRIER, fact, NOW))
    return 1
