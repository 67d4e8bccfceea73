"""Shipping: the warehouse confirms a pick, the carrier reports a scan."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from db.locks import lock_tracking
from db.queries import ledger, shipping, shown, stock
from db.queries.effects import Effects
from domain.actor import Actor
from domain.errors import FieldError, IllegalMove, Invalid, NotFound, told
from domain.facts import PickReport, TrackingFact
from domain.invoicing import goods_issue_voucher
from domain.money import rounded
from domain.order_life import moves_from, require_move
from domain.shipping import GONE_WRONG, may_ship, move_of_scan
from intake.stock import post_stock_value


async def confirm_pick(tx: AsyncConnection, actor: Actor, number: str, report: PickReport, now: datetime) -> None:
    """The warehouse has picked and packed; less than asked is a short pick, whose pieces are open again.

    Missing pieces are also taken off the stock on hand, since the shelf does not hold them. Of an order that leaves
    whole nothing leaves short: its delivery notes are cancelled, and new ones are made when all is there. Errors:
    NotFound, IllegalMove when the shipment is packed or cancelled already or its order is being cancelled, Invalid for
    unknown lines or too much.
    """
    shipment = await shipping.locked(tx, number)
    if shipment is None:
        raise NotFound(told("There is no shipment {number}.", number=number))
    _require_to_be_picked(shipment)
    lines = await shipping.lines(tx, number)
    missing = _missing(lines, report)
    effects = Effects(actor.name, now)
    if missing:
        await _shorten(tx, effects, shipment, missing, actor, now)
    if not may_ship(shipment.shipping_policy, sum(missing.values(), Decimal(0))):
        await _take_back(tx, effects, shipment.order_number)
        return
    picked = sum((line.quantity for line in lines), Decimal(0)) - sum(missing.values(), Decimal(0))
    state = "PACKED" if picked else "CANCELLED"
    await shipping.mark_picked(tx, number, state, report.packages, now)
    effects.note(
        shipment.order_number, "pick_confirmed", before=shipment.state, after=state, document=number,
        shipment=number, pieces=picked, packages=report.packages,
    )  # fmt: skip
    effects.tell_order(shipment.order_number, "pick_confirmed", shipment=number, short=bool(missing))
    await effects.save(tx)


def _require_to_be_picked(shipment: shipping.ShipmentRow) -> None:
    if shipment.state == "PACKED":
        raise IllegalMove(
            told("Shipment {number} is packed already; a pick is confirmed once.", number=shipment.number),
            legal_moves=moves_from("shipment", shipment.state),
        )
    require_move("shipment", shipment.number, shipment.state, "PACKED")
    if shipment.order_state == "CANCELLING":
        # Which parcels are to be voided was decided with the cancellation: one packed later would leave the house.
        raise IllegalMove(
            told(
                "Order {order_number} is being cancelled: leave the goods of {number} on the shelf.",
                order_number=shipment.order_number,
                number=shipment.number,
            ),
            legal_moves=(),
        )


async def _take_back(tx: AsyncConnection, effects: Effects, order: str) -> None:
    """An order that leaves whole waits for what is missing: what was picked of it, and is to be, leaves with that."""
    for number in await shipping.take_back(tx, order):
        effects.note(order, "shipment_cancelled", after="CANCELLED", document=number, shipment=number)
        effects.tell_order(order, "pick_confirmed", shipment=number, short=True)
    await effects.save(tx)


def _missing(lines: list[shipping.ShippedLine], report: PickReport) -> dict[int, Decimal]:
    asked = {line.line: line.quantity for line in lines}
    wrong: list[FieldError] = []
    missing: dict[int, Decimal] = {}
    for index, picked in enumerate(report.lines):
        if picked.line not in asked:
            known = ", ".join(str(line) for line in asked)
            wrong.append(
                FieldError(
                    f"/lines/{index}/line",
                    told("The shipment has no line {line}, only {known}.", line=picked.line, known=known),
                )
            )
        elif picked.quantity > asked[picked.line]:
            detail = told(
                "Line {line} asks for {asked}; more cannot be shipped.",
                line=picked.line,
                asked=f"{shown.quantity(asked[picked.line]):f}",
            )
            wrong.append(FieldError(f"/lines/{index}/quantity", detail))
        elif picked.quantity < asked[picked.line]:
            missing[picked.line] = asked[picked.line] - picked.quantity
    if len({picked.line for picked in report.lines}) < len(report.lines):
        wrong.append(FieldError("/lines", "Name each line once."))
    if wrong:
        raise Invalid("The pick does not fit the shipment.", errors=wrong)
    return missing


async def _shorten(
    tx: AsyncConnection,
    effects: Effects,
    shipment: shipping.ShipmentRow,
    missing: dict[int, Decimal],
    actor: Actor,
    now: datetime,
) -> None:
    pieces = await shipping.allocations(tx, shipment.number)
    await stock.free_stock(tx, [piece.sku for piece in pieces])
    left = dict(missing)
    for piece in reversed(pieces):
        gone = min(left.get(piece.line, Decimal(0)), piece.quantity)
        if gone <= 0:
            continue
        left[piece.line] -= gone
        await shipping.keep_allocation(tx, piece.id, piece.quantity - gone)
        loss = stock.Movement(piece.sku, piece.warehouse, -gone, "short_pick", shipment.number, reserved=gone)
        await stock.move(tx, [loss], actor.name, now)
        await post_stock_value(tx, piece.sku, -gone, "short_pick", shipment.number, None, now)
        effects.note(
            shipment.order_number, "pick_short", document=shipment.number, shipment=shipment.number,
            quantity=gone, sku=piece.sku,
        )  # fmt: skip
    await shipping.shorten(tx, shipment.number, shipment.order_number, sorted(missing.items()))


async def record_tracking(
    tx: AsyncConnection, actor: Actor, carrier: str, fact: TrackingFact, now: datetime
) -> dict[str, Any]:
    """A scan: kept once, and applied when it moves the shipment; late and repeated scans change nothing.

    A scan of a tracking number that no shipment has yet is kept and applied when the booking is recorded.
    """
    shipment = await shipping.locked_by_tracking(tx, carrier, fact.tracking_number)
    if shipment is None:
        # Its booking may be about to commit: under the lock the answer is final.
        await lock_tracking(tx, carrier, fact.tracking_number)
        shipment = await shipping.locked_by_tracking(tx, carrier, fact.tracking_number)
    if shipment is None:
        await shipping.keep_stray(tx, carrier, fact, now)
        return {"received": True, "shipment": None, "state": None}
    effects = Effects(actor.name, now)
    state = await apply_scan(tx, effects, shipment, fact, now)
    await effects.save(tx)
    return {"received": True, "shipment": shipment.number, "state": state}


async def apply_scan(
    tx: AsyncConnection, effects: Effects, shipment: shipping.ShipmentRow, fact: TrackingFact, now: datetime
) -> str:
    """Apply a scan to a locked shipment; the state after it."""
    if not await shipping.keep_scan(tx, shipment.number, fact, now):
        return shipment.state
    order = shipment.order_number
    state = move_of_scan(shipment.state, shipment.last_sequence, fact.status, fact.sequence)
    if state is None:
        return shipment.state
    if shipment.issued_at is None:
        await _issue_goods(tx, effects, shipment, now)
    await shipping.move_shipment(tx, shipment.number, state, fact)
    if state == "DELIVERED":
        await _delivered(tx, effects, shipment, fact, now)
    elif state in GONE_WRONG:
        effects.note(
            order, "shipment_gone_wrong", before=shipment.state, after=state, document=shipment.number,
            shipment=shipment.number, status=state,
        )  # fmt: skip
        effects.tell_order(order, "tracking_changed", shipment=shipment.number, state=state)
    else:
        effects.note(
            order, "tracking_updated", before=shipment.state, after=state, document=shipment.number,
            shipment=shipment.number, status=fact.status, location=fact.location or "",
        )  # fmt: skip
    return state


async def _delivered(
    tx: AsyncConnection, effects: Effects, shipment: shipping.ShipmentRow, fact: TrackingFact, now: datetime
) -> None:
    order = shipment.order_number
    effects.note(
        order, "shipment_delivered", before=shipment.state, after="DELIVERED", document=shipment.number,
        shipment=shipment.number,
    )  # fmt: skip
    if await shipping.deliver(tx, shipment.number, order, now):
        effects.note(order, "order_fulfilled", before=shipment.order_state, after="FULFILLED")
    effects.notice(
        "delivered", shipment.email, shipment.language, document=shipment.number, order=order,
        customer_po=shipment.customer_po, name=shipment.name, shipment=shipment.number,
        tracking_number=shipment.tracking_number, delivered_at=fact.at,
        signed_by=fact.signed_by, time_zone=shipment.time_zone,
    )  # fmt: skip
    effects.tell_order(order, "tracking_changed", shipment=shipment.number, state="DELIVERED")


async def _issue_goods(tx: AsyncConnection, effects: Effects, shipment: shipping.ShipmentRow, now: datetime) -> None:
    pieces = await shipping.allocations(tx, shipment.number)
    issues = [
        stock.Movement(
            piece.sku, piece.warehouse, -piece.quantity, "goods_issue", shipment.number,
            effect_key=f"issue/{shipment.number}/{piece.id}", reserved=piece.quantity,
        )
        for piece in sorted(pieces, key=lambda piece: (piece.sku, piece.warehouse, piece.id))
    ]  # fmt: skip
    if len({issue.sku for issue in issues}) > 1:
        await stock.free_stock(tx, [issue.sku for issue in issues])
    await stock.move(tx, issues, effects.actor, now)
    await shipping.issue(tx, shipment.number, shipment.order_number, now)
    lines = await shipping.lines(tx, shipment.number)
    cost = sum((line.quantity * line.unit_cost for line in lines), Decimal(0))
    await ledger.post(
        tx, f"goods_issue/{shipment.number}", "goods_issue", shipment.number, shipment.currency, now,
        goods_issue_voucher(rounded(cost, shipment.currency)), shipment.order_number,
    )  # fmt: skip
    effects.notice(
        "shipped", shipment.email, shipment.language, document=shipment.number, order=shipment.order_number,
        customer_po=shipment.customer_po, name=shipment.name,
        shipment=shipment.number, carrier=shipment.carrier, tracking_number=shipment.tracking_number,
        packages=shipment.packages,
        lines=[{"sku": line.sku, "quantity": line.quantity} for line in lines if line.quantity],
    )  # fmt: skip
