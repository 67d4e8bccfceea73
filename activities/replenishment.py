"""Replenishment: shortages get supply orders; a supply order is ordered, its components reserved, its delay chased."""

from __future__ import annotations

from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from db.engine import settled
from db.queries import components, policies, replenishment, stock
from db.queries.effects import Effects
from domain.actor import SYSTEM
from domain.replenishment import Need
from domain.steps import OrderStep, StockOutcome, SupplyOutcome, SupplyStep
from domain.stock import Demand, source
from intake.promising import follow_components
from intake.replenishment import cover_shortage
from intake.stock import settle_pegs

PRODUCTS_AT_ONCE = 200
"""Products that one transaction covers: what is covered stays, so that an order of thousands comes to its end."""


@activity.defn
async def replenish_order(step: OrderStep) -> StockOutcome:
    """Cover what is backordered. Safe to repeat: only pieces that no open supply order is for are covered."""
    covered = ""
    while True:
        outcome, covered = await settled(partial(_replenish, step=step, covered=covered))
        if not covered:
            return outcome


async def _replenish(tx: AsyncConnection, step: OrderStep, covered: str) -> tuple[StockOutcome, str]:
    """Cover the next products after `covered`; the last one, or "" when there are no more."""
    order = await stock.order_header(tx, step.number)
    assert order is not None
    if order.state != "IN_FULFILMENT":
        return StockOutcome(state=order.state), ""
    shortages: dict[str, list[Need]] = {}
    for _, line, sku, missing in await replenishment.uncovered_lines(tx, [step.number]):
        if sku > covered:
            shortages.setdefault(sku, []).append(Need(missing, order=order.number, line=line))
    skus = sorted(shortages)[:PRODUCTS_AT_ONCE]
    effects = Effects(SYSTEM.name, step.now)
    for sku in skus:
        for supply, brings in await cover_shortage(tx, effects, sku, shortages[sku], order.policy_version, step.now):
            effects.note(order.number, "supply_ordered", document=supply, supply=supply, quantity=brings, sku=sku)
    await effects.save(tx)
    return StockOutcome(state=order.state, waiting=True), skus[-1] if len(skus) < len(shortages) else ""


@activity.defn
async def order_supply(step: SupplyStep) -> SupplyOutcome:
    """Approve and order: a purchase order is mailed to the supplier, a production order reserves its components.

    What waits for components is due its lead time after the last of them. Safe to repeat: a supply order is ordered
    once; only missing components are reserved or covered.
    """
    outcome = await settled(lambda tx: _order_supply(tx, step))
    if not outcome.waiting_for_components:
        return outcome
    due_at = await settled(lambda tx: follow_components(tx, step.number, step.now))
    return outcome.model_copy(update={"due_at": due_at})


async def _order_supply(tx: AsyncConnection, step: SupplyStep) -> SupplyOutcome:
    supply = await replenishment.supply(tx, step.number)
    assert supply is not None
    effects = Effects(SYSTEM.name, step.now)
    state = supply.state
    for before, after in (("PROPOSED", "APPROVED"), ("APPROVED", "ORDERED")):
        if state == before:
            await replenishment.move_supply(tx, supply.number, after, step.now)
            state = after
    if supply.state != state and supply.kind == "purchase":
        name, email = await replenishment.addressee(tx, supply.number)
        if email is not None:
            effects.notice(
                "purchase_order", email, "en", document=supply.number, supply_order=supply.number,
                supplier=supply.supplier, expected_date=supply.due_at.date(),
                lines=[{"sku": supply.sku, "name": name, "quantity": str(supply.quantity)}],
            )  # fmt: skip
    waiting = False
    if supply.kind == "production" and state not in ("RECEIVED", "CANCELLED"):
        waiting = await _reserve_components(tx, effects, supply, step)
    await effects.save(tx)
    return SupplyOutcome(state=state, due_at=supply.due_at, waiting_for_components=waiting)


async def _reserve_components(
    tx: AsyncConnection, effects: Effects, supply: replenishment.Supply, step: SupplyStep
) -> bool:
    needs = [need for need in await components.component_needs(tx, supply.number) if need.missing > 0]
    if not needs:
        return False
    free = await stock.free_stock(tx, [need.sku for need in needs])
    demands = [Demand(f"{supply.number}|{need.sku}", need.sku, need.missing) for need in needs]
    taken = source(demands, free)
    await components.reserve_components(tx, taken)
    await settle_pegs(tx, taken)
    for sku, missing in await components.uncovered_components(tx, supply.number):
        need = Need(missing, for_supply=supply.number)
        await cover_shortage(tx, effects, sku, [need], supply.policy_version, step.now)
    return sum(demand.quantity for demand in demands) > sum(piece.quantity for piece in taken)


@activity.defn
async def chase_supply(step: SupplyStep) -> SupplyOutcome:
    """A late supply order: the buyer is reminded and the waiting orders say so. Safe to repeat: chased once a day."""

    async def work(tx: AsyncConnection) -> SupplyOutcome:
        supply = await replenishment.supply(tx, step.number)
        assert supply is not None
        policy = await policies.policy(tx, supply.policy_version)
        last = supply.chased_at or supply.due_at - policy.days(1)
        next_chase = last + policy.days(1)
        if supply.state in ("RECEIVED", "CANCELLED") or step.now < next_chase:
            return SupplyOutcome(state=supply.state, due_at=next_chase)
        effects = Effects(SYSTEM.name, step.now)
        waiting = await replenishment.orders_pegged(tx, [supply.number])
        if supply.chased_at is None:
            for order in waiting:
                effects.note(order, "supply_late", document=supply.number, supply=supply.number)
        effects.notice(
            "supply_overdue", policy.mailbox("purchasing"), "en", document=f"{supply.number}/{step.now:%Y%m%d%H%M%S}",
            supply_order=supply.number, supplier=supply.supplier, expected_date=supply.due_at.date(), orders=waiting,
            lines=[{"sku": supply.sku, "quantity": supply.remaining}],
        )  # fmt: skip
        await replenishment.mark_chased(tx, supply.number, step.now)
        await effects.save(tx)
        return SupplyOutcome(state=supply.state, due_at=step.now + policy.days(1))

    return await settled(work)
