"""Stock: movements reported from outside, and the hand-out of pieces that became free to those who wait."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from db.locks import lock_orders, lock_supply
from db.queries import components, ledger, masters, replenishment, shown, stock
from db.queries.effects import Effects
from domain.actor import Actor
from domain.errors import FieldError, Invalid, Told, told
from domain.facts import StockMovement
from domain.invoicing import STOCK_VOUCHERS, StockReason, stock_voucher
from domain.money import rounded
from domain.stock import Demand, Sourcing, source

_COMPONENT_PRIORITY = 5


async def move_stock(tx: AsyncConnection, actor: Actor, movement: StockMovement, now: datetime) -> dict[str, Any]:
    """Record a movement; pieces that come in go to waiting orders at once, by priority and then age.

    Errors: Invalid for an unknown product, a quantity of zero, or one that would leave less than is reserved.
    """
    await _refuse_impossible(tx, movement)
    warnings = await new_warehouse(tx, movement.warehouse)
    orders, supplies = await _lock_waiting(tx, [movement.sku])
    on_hand, reserved = await _locked_level(tx, movement.sku, movement.warehouse)
    change = movement.quantity - on_hand if movement.reason == "count" else movement.quantity
    if on_hand + change < reserved:
        raise _more_than_free(movement, on_hand, reserved)
    effects = Effects(actor.name, now)
    if change:
        line = stock.Movement(movement.sku, movement.warehouse, change, movement.reason, movement.reference)
        await stock.move(tx, [line], actor.name, now)
        await post_stock_value(tx, movement.sku, change, movement.reason, movement.reference, None, now)
        if change > 0:
            await hand_out(tx, effects, [movement.sku], orders, supplies, now)
    await effects.save(tx)
    on_hand, reserved = await stock.level(tx, movement.sku, movement.warehouse)
    return {
        "sku": movement.sku, "warehouse": movement.warehouse, "quantity": shown.quantity(change),
        "reason": movement.reason, "reference": movement.reference, "on_hand": shown.quantity(on_hand),
        "reserved": shown.quantity(reserved), "available": shown.quantity(on_hand - reserved), "warnings": warnings,
    }  # fmt: skip


async def _refuse_impossible(tx: AsyncConnection, movement: StockMovement) -> None:
    if movement.sku not in await masters.known_products(tx, [movement.sku]):
        detail = told("There is no product {sku}; create it with PUT /v1/products/{sku}.", sku=movement.sku)
        raise Invalid("The movement names an unknown product.", errors=[FieldError("/sku", detail)])
    if movement.quantity <= 0 and movement.reason in ("opening", "receipt"):
        detail = told(
            "This movement ({reason}) brings goods in: the quantity must be greater than zero.", reason=movement.reason
        )
        raise Invalid("The movement has an impossible quantity.", errors=[FieldError("/quantity", detail)])
    if movement.quantity == 0 and movement.reason == "adjustment":
        nothing = "An adjustment of zero changes nothing: say how many pieces came or went, or send a count."
        raise Invalid("The movement has an impossible quantity.", errors=[FieldError("/quantity", nothing)])


def _more_than_free(movement: StockMovement, on_hand: Decimal, reserved: Decimal) -> Invalid:
    detail = told(
        "{warehouse} holds {on_hand} of {sku}, {reserved} of them reserved for orders: at "
        "most {free} can leave. Cancel or re-source an order first.",
        warehouse=movement.warehouse,
        on_hand=f"{shown.quantity(on_hand):f}",
        sku=movement.sku,
        reserved=f"{shown.quantity(reserved):f}",
        free=f"{shown.quantity(on_hand - reserved):f}",
    )
    return Invalid("The stock cannot fall that far.", errors=[FieldError("/quantity", detail)])


async def new_warehouse(tx: AsyncConnection, warehouse: str) -> list[Told]:
    """What to look at again: a warehouse is opened by its first movement, so a misspelled one would be opened, too."""
    if await stock.warehouse_known(tx, warehouse):
        return []
    others = await stock.warehouses(tx)
    if not others:
        return []
    close = difflib.get_close_matches(warehouse.casefold(), [each.casefold() for each in others], n=1)
    meant = next((each for each in others if each.casefold() in close), None)
    if meant is None:
        return [told("The warehouse {warehouse} is new: nothing was in it before.", warehouse=warehouse)]
    return [
        told(
            "The warehouse {warehouse} is new: nothing was in it before. If {meant} was meant, take the pieces out "
            "again with an adjustment and send the movement with {meant}.",
            warehouse=warehouse,
            meant=meant,
        )
    ]


async def _locked_level(tx: AsyncConnection, sku: str, warehouse: str) -> tuple[Decimal, Decimal]:
    """On hand and reserved; the product is locked in all its warehouses, in order, since all may be handed out."""
    await stock.ensure_levels(tx, [(sku, warehouse)])
    await stock.free_stock(tx, [sku])
    return await stock.level(tx, sku, warehouse)


async def post_stock_value(
    tx: AsyncConnection,
    sku: str,
    quantity: Decimal,
    reason: StockReason,
    document: str | None,
    key: str | None,
    now: datetime,
) -> None:
    """The voucher of goods that came in or went missing, at the product's cost; none without a cost.

    Without a key of its own the movement that was just written names the voucher.
    """
    cost = await stock.unit_cost(tx, sku)
    if cost is not None:
        key = key or f"movement/{await stock.latest_movement(tx)}"
        value = rounded(cost[0] * quantity, cost[1])
        kind = STOCK_VOUCHERS[reason]
        await ledger.post(tx, key, kind, document or sku, cost[1], now, stock_voucher(value, reason))


async def _lock_waiting(tx: AsyncConnection, skus: Iterable[str]) -> tuple[list[str], list[str]]:
    names = sorted(set(skus))
    orders = await stock.waiting_orders(tx, names)
    supplies = sorted({need.supply_order for _, need in await components.waiting_components(tx, names)})
    await lock_orders(tx, orders)
    await lock_supply(tx, supplies)
    return orders, supplies


async def allocate_waiting(tx: AsyncConnection, effects: Effects, skus: Iterable[str], now: datetime) -> None:
    """Hand free pieces of products to those who wait; a transaction of its own, since it locks other orders."""
    names = sorted(set(skus))
    orders, supplies = await _lock_waiting(tx, names)
    if orders or supplies:
        await hand_out(tx, effects, names, orders, supplies, now)


async def hand_out(
    tx: AsyncConnection, effects: Effects, skus: Iterable[str], orders: list[str], supplies: list[str], now: datetime
) -> None:
    """Allocate to locked orders and production orders by priority, then age, and wake them."""
    names = sorted(set(skus))
    lines = await stock.waiting_lines(tx, orders, names)
    needs = [(at, need) for at, need in await components.waiting_components(tx, names) if need.supply_order in supplies]
    queue: list[tuple[int, datetime, bool, Demand]] = [
        (priority, since, False, Demand(line.key, line.sku, line.backordered)) for priority, since, line in lines
    ]
    queue += [
        (_COMPONENT_PRIORITY, at, True, Demand(f"{need.supply_order}|{need.sku}", need.sku, need.missing))
        for at, need in needs
    ]
    queue.sort(key=lambda place: (place[0], place[1], place[3].key))
    free = await stock.free_stock(tx, names)
    taken: list[Sourcing] = []
    for *_, demand in queue:
        pieces = source([demand], free)
        for piece in pieces:
            free[piece.sku, piece.warehouse] -= piece.quantity
        taken += pieces
    await _wake_the_late(tx, effects, names, free, orders, supplies)
    parts = {demand.key for *_, of_supply, demand in queue if of_supply}
    await _keep(tx, effects, [t for t in taken if t.key not in parts], [t for t in taken if t.key in parts], now)


async def _wake_the_late(
    tx: AsyncConnection,
    effects: Effects,
    skus: list[str],
    free: dict[tuple[str, str], Decimal],
    orders: list[str],
    supplies: list[str],
) -> None:
    """Who began to wait after we locked those who waited is not served here: their workflows look again themselves."""
    left = [sku for sku in skus if any(there > 0 for (name, _), there in free.items() if name == sku)]
    if not left:
        return
    for order in await stock.waiting_orders(tx, left):
        if order not in orders:
            effects.tell_order(order, "stock_allocated", at=effects.now)
    for _, need in await components.waiting_components(tx, left):
        if need.supply_order not in supplies:
            effects.signal(
                "SupplyOrderWorkflow", f"supply/{need.supply_order}", "stock_allocated", {"number": need.supply_order}
            )


async def _keep(
    tx: AsyncConnection, effects: Effects, for_lines: list[Sourcing], for_components: list[Sourcing], now: datetime
) -> None:
    await stock.allocate(tx, for_lines, now)
    await components.reserve_components(tx, for_components)
    await settle_pegs(tx, [*for_lines, *for_components])
    for piece in for_lines:
        order = piece.key.rpartition("|")[0]
        effects.note(order, "stock_allocated", quantity=piece.quantity, sku=piece.sku, warehouse=piece.warehouse)
    for order in sorted({piece.key.rpartition("|")[0] for piece in for_lines}):
        effects.tell_order(order, "stock_allocated", at=now)
    for supply in sorted({piece.key.partition("|")[0] for piece in for_components}):
        effects.signal("SupplyOrderWorkflow", f"supply/{supply}", "stock_allocated", {"number": supply})


async def settle_pegs(tx: AsyncConnection, taken: list[Sourcing]) -> None:
    """Pieces that were handed out need not come any more: close the pegs of their takers, oldest first."""
    if not taken:
        return
    got: dict[str, Decimal] = {}
    for piece in taken:
        got[piece.key] = got.get(piece.key, Decimal(0)) + piece.quantity
    changes: list[tuple[int, Decimal]] = []
    for peg, _, key, still_open in await replenishment.open_pegs(tx, sorted({piece.sku for piece in taken})):
        used = min(still_open, got.get(key, Decimal(0)))
        if used > 0:
            got[key] -= used
            changes.append((peg, still_open - used))
    await replenishment.set_pegs(tx, changes)
