"""Supply by hand: a buyer or a planner orders what no rule has ordered, and it goes to who waits for it longest."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from db.locks import lock_orders, lock_products, lock_supply
from db.queries import bell, components, policies, reorder, replenishment, stock
from db.queries.effects import Effects
from domain.actor import Actor
from domain.calendar import end_of_day
from domain.errors import FieldError, IllegalMove, Invalid, told
from domain.policy import Policy
from domain.replenishment import Need, meet
from domain.requests import SupplyRequest


async def create_supply_order(tx: AsyncConnection, actor: Actor, wish: SupplyRequest, now: datetime) -> str:
    """A purchase or production order of a person's own, pegged to what no supply order is for, the oldest first.

    What nobody waits for is spare, for the next shortage. Returns its number. Errors: Invalid.
    """
    number, _ = await _create(tx, actor, wish, now)
    return number


async def order_what_lacks(tx: AsyncConnection, actor: Actor, wish: SupplyRequest, now: datetime) -> str:
    """Supply for somebody who waits, as a queue shows it: two who press at one instant order it once.

    Returns its number. Errors: Invalid; IllegalMove when nobody waits any more for what is not on order.
    """
    number, for_somebody = await _create(tx, actor, wish, now)
    if not for_somebody:
        raise IllegalMove(told("Nobody waits for {sku} any more that is not on order already.", sku=wish.sku))
    return number


async def order_up(tx: AsyncConnection, actor: Actor, wish: SupplyRequest, now: datetime) -> str:
    """Supply up to the reorder point, as a page shows it: two who press at one instant order it once.

    Returns its number. Errors: Invalid; IllegalMove when less than that is to be ordered by now, or nothing.
    """
    number, _ = await _create(tx, actor, wish, now)
    standing = await reorder.standing(tx, wish.sku)
    # counted behind the lock on the product, so that nobody else orders meanwhile
    due = standing and reorder.wanted(standing, standing["projected"] - wish.quantity)
    if not due or due < wish.quantity:
        detail = told("So much of {sku} is not to be ordered any more: it stands otherwise by now.", sku=wish.sku)
        raise IllegalMove(detail)
    return number


async def _create(tx: AsyncConnection, actor: Actor, wish: SupplyRequest, now: datetime) -> tuple[str, bool]:
    """The number of the supply order, and whether somebody waits for it."""
    route = await _route(tx, wish)
    waiting = await stock.waiting_orders(tx, [wish.sku])
    makers = sorted({need.supply_order for _, need in await components.waiting_components(tx, [wish.sku])})
    await lock_orders(tx, waiting)
    await lock_supply(tx, makers)
    await lock_products(tx, [wish.sku])
    version, policy = await policies.current(tx)
    due_at = _due(wish, route, policy, now)
    supply = await replenishment.create_supply(tx, route, wish.quantity, version, now, due_at)
    met, _ = meet(await _needs(tx, wish.sku, waiting, makers), wish.quantity)
    if met:
        await replenishment.peg(tx, wish.sku, [(supply.number, need) for need in met])
    effects = Effects(actor.name, now)
    brought: dict[str, Decimal] = {}
    for need in met:
        if need.order is not None:
            brought[need.order] = brought.get(need.order, Decimal(0)) + need.quantity
    for order, quantity in brought.items():
        effects.note(
            order, "supply_ordered", document=supply.number, supply=supply.number, quantity=quantity, sku=wish.sku
        )
    for maker in sorted({need.for_supply for need in met if need.for_supply is not None}):
        effects.signal("SupplyOrderWorkflow", f"supply/{maker}", "stock_allocated", {"number": maker})
    effects.start("SupplyOrderWorkflow", f"supply/{supply.number}", {"number": supply.number})
    await effects.save(tx)
    await bell.ring(tx)
    return supply.number, bool(met)


async def _route(tx: AsyncConnection, wish: SupplyRequest) -> replenishment.Route:
    """How it is to be supplied: as the request says, else as the product's card does, else bought."""
    route = (await replenishment.routes(tx, [wish.sku])).get(wish.sku)
    if route is None:
        raise _refused("/sku", told("There is no product {sku}; create it with PUT /v1/products/{sku}.", sku=wish.sku))
    made = wish.kind == "production" or (wish.kind is None and route.route == "make" and wish.supplier is None)
    if made and wish.supplier is not None:
        raise _refused("/supplier", told("What is made has no supplier."))
    if made and not await replenishment.has_components(tx, wish.sku):
        raise _refused("/kind", told("{sku} has no bill of materials: it cannot be made.", sku=wish.sku))
    if wish.supplier is not None and not await replenishment.has_supplier(tx, wish.supplier):
        raise _refused("/supplier", told("There is no supplier {code}.", code=wish.supplier))
    return replace(route, route="make" if made else "buy", supplier=wish.supplier or route.supplier)


def _due(wish: SupplyRequest, route: replenishment.Route, policy: Policy, now: datetime) -> datetime:
    if wish.due_date is None:
        return now + route.lead(policy)
    if wish.due_date < now.date():
        raise _refused("/due_date", told("{date} has passed: name a day from today on.", date=wish.due_date))
    return end_of_day(wish.due_date)


async def _needs(tx: AsyncConnection, sku: str, orders: list[str], makers: list[str]) -> list[Need]:
    """Who waits for pieces that no supply order is for, the oldest first."""
    found: list[tuple[datetime, str, Need]] = []
    since = {line.order_number: age for _, age, line in await stock.waiting_lines(tx, orders, [sku])}
    for order, line, _, missing in await replenishment.uncovered_lines(tx, list(since), sku):
        found.append((since[order], order, Need(missing, order=order, line=line)))
    ages = {need.supply_order: age for age, need in await components.waiting_components(tx, [sku])}
    for maker in makers:
        for lacked, missing in await components.uncovered_components(tx, maker):
            if lacked == sku and maker in ages:
                found.append((ages[maker], maker, Need(missing, for_supply=maker)))
    return [need for _, _, need in sorted(found, key=lambda each: each[:2])]


def _refused(pointer: str, detail: str) -> Invalid:
    return Invalid("The supply order cannot be made.", errors=[FieldError(pointer, detail)])
