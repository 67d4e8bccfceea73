"""Replenishment: a shortage gets a supply order, and what arrives goes to those who wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from db.locks import lock_orders, lock_products, lock_supply
from db.queries import components, policies, replenishment, shown, stock
from db.queries.effects import Effects
from domain.actor import Actor
from domain.errors import FieldError, IllegalMove, Invalid, NotFound, Told, told
from domain.facts import ReceiptReport
from domain.invoicing import StockReason
from domain.order_life import moves_from
from domain.replenishment import Need, meet, supply_quantity
from intake.stock import hand_out, new_warehouse, post_stock_value

_PIECE = Decimal("0.0001")
"""The smallest quantity that is kept."""


async def cover_shortage(
    tx: AsyncConnection,
    effects: Effects,
    sku: str,
    needs: Sequence[Need],
    policy_version: int,
    now: datetime,
) -> list[tuple[str, Decimal]]:
    """Peg a shortage to open supply orders with pieces to spare, then to one new one for all the rest.

    The supply orders with what each brings; empty when the product has no route of supply: the shortage waits for
    stock. Safe to repeat because callers pass only what no peg covers, under the lock of the order and of the product.
    """
    await lock_products(tx, [sku])
    pegs: list[tuple[str, Need]] = []
    missing = list(needs)
    for supply, spare in await replenishment.spare(tx, sku, but=needs[0].for_supply or ""):
        met, missing = meet(missing, spare)
        pegs += [(supply, need) for need in met]
    if missing:
        created = await _order_more(tx, sku, sum((need.quantity for need in missing), Decimal(0)), policy_version, now)
        if created is not None:
            pegs += [(created, need) for need in missing]
            effects.start("SupplyOrderWorkflow", f"supply/{created}", {"number": created})
    if pegs:
        await replenishment.peg(tx, sku, pegs)
    brought: dict[str, Decimal] = {}
    for supply, need in pegs:
        brought[supply] = brought.get(supply, Decimal(0)) + need.quantity
    return list(brought.items())


async def _order_more(
    tx: AsyncConnection, sku: str, shortage: Decimal, policy_version: int, now: datetime
) -> str | None:
    route = (await replenishment.routes(tx, [sku]))[sku]
    if route.route == "none":
        return None
    policy = await policies.policy(tx, policy_version)
    wanted = supply_quantity(shortage, route.minimum_quantity, route.multiple_of)
    return (await replenishment.create_supply(tx, route, wanted, policy_version, now, now + route.lead(policy))).number


async def record_receipt(
    tx: AsyncConnection, actor: Actor, number: str, report: ReceiptReport, now: datetime
) -> list[Told]:
    """A purchase receipt, or a production completion that consumes its reserved components; what to look at again.

    Errors: NotFound; IllegalMove when the supply order is closed or components are missing; Invalid for another
    product or more than is still to come.
    """
    pegged = await replenishment.orders_pegged(tx, [number])
    skus = sorted({line.sku for line in report.lines})
    waiting = await stock.waiting_orders(tx, skus)
    others = sorted({need.supply_order for _, need in await components.waiting_components(tx, skus)})
    await lock_orders(tx, [*pegged, *waiting])
    await lock_supply(tx, [number, *others])
    supply = await replenishment.supply(tx, number)
    if supply is None:
        raise NotFound(told("There is no supply order {number}.", number=number))
    quantity = _check(supply, report)
    warnings = await new_warehouse(tx, report.warehouse)
    await stock.ensure_levels(tx, [(supply.sku, report.warehouse)])
    parts = await components.component_needs(tx, number) if supply.kind == "production" else []
    await stock.free_stock(tx, [supply.sku, *(part.sku for part in parts)])
    effects = Effects(actor.name, now)
    if supply.kind == "production":
        await _consume(tx, supply, parts, quantity, actor, now)
    state = "RECEIVED" if quantity == supply.remaining else "PARTIALLY_RECEIVED"
    await replenishment.receive(tx, number, report.warehouse, quantity, state, report.reference, actor.name, now)
    reason: StockReason = "production" if supply.kind == "production" else "receipt"
    movement = stock.Movement(supply.sku, report.warehouse, quantity, reason, number)
    await stock.move(tx, [movement], actor.name, now)
    await post_stock_value(tx, supply.sku, quantity, reason, number, None, now)
    for order in pegged:
        effects.note(order, "supply_received", document=number, quantity=quantity, sku=supply.sku, supply=number)
    await hand_out(tx, effects, [supply.sku], waiting, others, now)
    await _trim_pegs(tx, effects, number, supply.sku, supply.remaining - quantity, now)
    effects.signal("SupplyOrderWorkflow", f"supply/{number}", "supply_received", {"number": number, "state": state})
    await effects.save(tx)
    return warnings


def _check(supply: replenishment.Supply, report: ReceiptReport) -> Decimal:
    if supply.state in ("RECEIVED", "CANCELLED"):
        raise IllegalMove(
            told(
                "Supply order {number} is {state}: nothing more is expected. Goods that came all the "
                "same are recorded with POST /v1/stock/movements.",
                number=supply.number,
                state=supply.state,
            ),
            legal_moves=moves_from("supply_order", supply.state),
        )
    if supply.state not in ("ORDERED", "ACKNOWLEDGED", "PARTIALLY_RECEIVED"):
        raise IllegalMove(
            told(
                "Supply order {number} is {state} and has not been ordered yet; try again in a moment.",
                number=supply.number,
                state=supply.state,
            ),
            legal_moves=moves_from("supply_order", supply.state),
        )
    for index, line in enumerate(report.lines):
        if line.sku != supply.sku:
            detail = told(
                "Supply order {number} is for {sku}, not {other}.", number=supply.number, sku=supply.sku, other=line.sku
            )
            raise Invalid("The receipt does not fit.", errors=[FieldError(f"/lines/{index}/sku", detail)])
    quantity = sum((line.quantity for line in report.lines), Decimal(0))
    if quantity > supply.remaining:
        detail = told(
            "{remaining} of {quantity} are still to come; record the surplus of {surplus} with "
            "POST /v1/stock/movements.",
            remaining=f"{shown.quantity(supply.remaining):f}",
            quantity=f"{shown.quantity(supply.quantity):f}",
            surplus=f"{shown.quantity(quantity - supply.remaining):f}",
        )
        raise Invalid("More arrived than was ordered.", errors=[FieldError("/lines", detail)])
    return quantity


async def _consume(
    tx: AsyncConnection,
    supply: replenishment.Supply,
    needs: Sequence[components.ComponentNeed],
    quantity: Decimal,
    actor: Actor,
    now: datetime,
) -> None:
    held = await components.held_components(tx, supply.number)
    used: list[tuple[str, str, Decimal]] = []
    for need in needs:
        wanted = (need.required * quantity / supply.quantity).quantize(_PIECE)
        if quantity == supply.remaining:
            wanted = need.required - need.consumed
        if need.reserved < wanted:
            raise IllegalMove(
                told(
                    "{number} cannot be completed yet: {wanted} of component {sku} are needed and "
                    "{reserved} are reserved.",
                    number=supply.number,
                    wanted=f"{shown.quantity(wanted):f}",
                    sku=need.sku,
                    reserved=f"{shown.quantity(need.reserved):f}",
                ),
                legal_moves=(),
            )
        for sku, warehouse, there in held:
            if sku == need.sku and wanted > 0:
                piece = min(wanted, there)
                used.append((sku, warehouse, piece))
                wanted -= piece
    await components.use_components(tx, supply.number, used, consumed=True)
    for sku, warehouse, piece in used:
        issue = stock.Movement(sku, warehouse, -piece, "component_issue", supply.number, reserved=piece)
        await stock.move(tx, [issue], actor.name, now)
        await post_stock_value(tx, sku, -piece, "production", supply.number, None, now)


async def _trim_pegs(
    tx: AsyncConnection, effects: Effects, number: str, sku: str, to_come: Decimal, now: datetime
) -> None:
    """Pieces that went to somebody more urgent leave pegs without supply: close them, so that they are covered anew."""
    pegs = [peg for peg in await replenishment.open_pegs(tx, [sku]) if peg[1] == number]
    surplus = sum((peg[3] for peg in pegs), Decimal(0)) - to_come
    changes: list[tuple[int, Decimal]] = []
    for peg, _, key, still_open in reversed(pegs):
        cut = min(surplus, still_open)
        if cut > 0:
            surplus -= cut
            changes.append((peg, still_open - cut))
            if key.startswith("SO-"):
                effects.tell_order(key.rpartition("|")[0], "stock_allocated", at=now)
            else:
                supply = key.partition("|")[0]
                effects.signal("SupplyOrderWorkflow", f"supply/{supply}", "stock_allocated", {"number": supply})
    await replenishment.set_pegs(tx, changes)
