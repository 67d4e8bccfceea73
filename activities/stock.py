"""Stock: the open lines of a confirmed order are allocated over the warehouses, all in one transaction."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from db.engine import settled
from db.queries import cancellation, policies, review, shipping, stock
from db.queries.effects import Effects
from domain.actor import SYSTEM
from domain.calendar import local_date
from domain.policy import Policy
from domain.shipping import may_ship
from domain.steps import OrderStep, StockOutcome
from domain.stock import Demand, Sourcing, arrival, source
from intake.credit_queue import tell_waiting
from intake.stock import settle_pegs


@activity.defn
async def allocate_order(step: OrderStep) -> StockOutcome:
    """Allocate what is there. Safe to repeat: only open pieces are allocated, under the locks of order and stock."""
    return await settled(lambda tx: _allocate(tx, step))


async def _allocate(tx: AsyncConnection, step: OrderStep) -> StockOutcome:
    order = await stock.order_header(tx, step.number)
    assert order is not None
    if order.state not in ("CONFIRMED", "IN_FULFILMENT"):
        return StockOutcome(state=order.state, shipments=await _shipments(tx, order.number))
    lines = await stock.open_lines(tx, order.number)
    taken: list[Sourcing] = []
    if lines:
        free = await stock.free_stock(tx, [line.sku for line in lines])
        taken = source([Demand(line.key, line.sku, line.open) for line in lines], free)
    effects = Effects(SYSTEM.name, step.now)
    if order.state == "CONFIRMED":
        await review.move_order(tx, order.number, "IN_FULFILMENT")
    policy = await policies.policy(tx, order.policy_version)
    at_hand = arrival(step.now, policy, in_stock=True, lead_time_days=None)
    await stock.allocate(tx, taken, step.now, local_date(at_hand, order.time_zone))
    await settle_pegs(tx, taken)
    for piece in taken:
        effects.note(order.number, "stock_allocated", quantity=piece.quantity, sku=piece.sku, warehouse=piece.warehouse)
    state, still_open = await _remainder(tx, effects, order, lines, taken, policy, step.now)
    await effects.save(tx)
    loose = taken or await shipping.loose_allocations(tx, order.number) if state == "IN_FULFILMENT" else []
    shippable = bool(loose) and may_ship(order.shipping_policy, still_open)
    return StockOutcome(
        state=state,
        shippable=shippable,
        waiting=still_open > 0,
        shipments=() if shippable else await _shipments(tx, order.number),
    )


async def _shipments(tx: AsyncConnection, order: str) -> tuple[str, ...]:
    return tuple(number for number, _ in await shipping.shipments_of(tx, order))


async def _remainder(
    tx: AsyncConnection,
    effects: Effects,
    order: stock.OrderHeader,
    lines: list[stock.WaitingLine],
    taken: list[Sourcing],
    policy: Policy,
    now: datetime,
) -> tuple[str, Decimal]:
    got: dict[str, Decimal] = {}
    for piece in taken:
        got[piece.key] = got.get(piece.key, Decimal(0)) + piece.quantity
    short = [(line, line.open - got.get(line.key, Decimal(0))) for line in lines]
    short = [(line, missing) for line, missing in short if missing > 0]
    if not short:
        return "IN_FULFILMENT", Decimal(0)
    if order.shipping_policy == "cancel_remainder":
        for line, missing in short:
            effects.note(order.number, "remainder_cancelled", quantity=missing, sku=line.sku, line=line.line)
        return await _cancel_remainder(tx, effects, order, now), Decimal(0)
    await _promise(tx, effects, order, short, policy, now)
    return "IN_FULFILMENT", sum((missing for _, missing in short), Decimal(0))


async def _cancel_remainder(tx: AsyncConnection, effects: Effects, order: stock.OrderHeader, now: datetime) -> str:
    await cancellation.cancel_open_pieces(tx, order.number)
    await cancellation.shrink_reservation(tx, order.number)
    await tell_waiting(tx, effects, order.customer, order.number)
    if await cancellation.anything_left(tx, order.number):
        return "IN_FULFILMENT"
    await review.move_order(tx, order.number, "CANCELLING")
    await review.move_order(tx, order.number, "CANCELLED")
    effects.note(order.number, "order_cancelled", before="IN_FULFILMENT", after="CANCELLED")
    effects.notice(
        "order_cancelled", order.email, order.language, document=order.number, order=order.number,
        customer_po=order.customer_po, name=order.name,
    )  # fmt: skip
    return "CANCELLED"


async def _promise(
    tx: AsyncConnection,
    effects: Effects,
    order: stock.OrderHeader,
    short: list[tuple[stock.WaitingLine, Decimal]],
    policy: Policy,
    now: datetime,
) -> None:
    leads = await stock.lead_times(tx, sorted({line.sku for line, _ in short}))
    promises: list[tuple[int, date | None]] = []
    new: dict[date, list[tuple[stock.WaitingLine, Decimal]]] = {}
    for line, missing in short:
        if line.backordered:
            promises.append((line.line, line.promise_date))
            continue
        at = arrival(now, policy, in_stock=False, lead_time_days=leads[line.sku][1])
        promise = local_date(at, order.time_zone)
        promises.append((line.line, promise))
        new.setdefault(promise, []).append((line, missing))
        effects.note(
            order.number, "stock_backordered", quantity=missing, sku=line.sku, promise=promise, line=line.line,
            promised_before=line.promise_date,
        )  # fmt: skip
        if leads[line.sku][0] == "none":
            effects.note(order.number, "no_supply_route", quantity=missing, sku=line.sku)
    _write_of_backorders(effects, order, new)
    await stock.backorder(tx, order.number, promises)


def _write_of_backorders(
    effects: Effects, order: stock.OrderHeader, new: dict[date, list[tuple[stock.WaitingLine, Decimal]]]
) -> None:
    """One letter for all that is promised for one day, however many lines it is."""
    for promise, short in sorted(new.items()):
        first = short[0][0].line
        effects.notice(
            "backordered", order.email, order.language,
            document=f"{order.number}/{first}" + (f"+{len(short) - 1}" if len(short) > 1 else ""),
            order=order.number, customer_po=order.customer_po, name=order.name, promise_date=promise,
            lines=[{"sku": line.sku, "quantity": missing} for line, missing in short],
        )  # fmt: skip
