"""A date of supply changes: what is made of it is due later, and what was promised with it is promised anew."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from db.locks import lock_orders, lock_supply
from db.queries import policies, promises, replenishment
from db.queries.effects import Effects
from domain.actor import SYSTEM, Actor
from domain.calendar import end_of_day, local_date
from domain.errors import FieldError, IllegalMove, Invalid, NotFound, told
from domain.order_life import moves_from
from domain.policy import Policy
from domain.requests import Acknowledgement

_EXPECTED = ("ORDERED", "ACKNOWLEDGED", "PARTIALLY_RECEIVED")


async def acknowledge_supply(
    tx: AsyncConnection, actor: Actor, number: str, said: Acknowledgement, now: datetime
) -> None:
    """Keep the date by which the rest is to come, promise the waiting lines anew, and tell their customers.

    Production orders that its pieces go into are due later with it (`follow_components`). Safe to repeat: the same
    date again changes nothing and tells nobody. Errors: NotFound; IllegalMove for what is not on order; Invalid for a
    date that has passed.
    """
    chain = await _locked(tx, number)
    supply = await replenishment.supply(tx, number)
    if supply is None:
        raise NotFound(told("There is no supply order {number}.", number=number))
    if supply.state not in _EXPECTED:
        detail = told("Supply order {number} is {state}: no date is expected of it.", number=number, state=supply.state)
        raise IllegalMove(detail, legal_moves=moves_from("supply_order", supply.state))
    if said.due_date < now.date():
        detail = told("{date} has passed: name a day from today on.", date=said.due_date)
        raise Invalid("This date cannot be kept.", errors=[FieldError("/due_date", detail)])
    due_at = end_of_day(said.due_date)
    if due_at == supply.due_at and supply.state != "ORDERED" and said.comment is None:
        return
    await promises.acknowledge(tx, number, due_at)
    effects = Effects(actor.name, now)
    policy = await policies.policy(tx, supply.policy_version)
    waiting = await promises.promised_by(tx, number)
    for order in sorted({line.order_number for line in waiting}):
        effects.note(
            order, "supply_acknowledged", document=number, supply=number, due_date=said.due_date,
            comment=said.comment,
        )  # fmt: skip
    await _promise_anew(tx, effects, waiting, number, policy)
    for maker in chain[1:]:
        await _postpone(tx, effects, maker)
    told_state = {"number": number, "state": "ACKNOWLEDGED"}
    effects.signal("SupplyOrderWorkflow", f"supply/{number}", "supply_received", told_state)
    await effects.save(tx)


async def follow_components(tx: AsyncConnection, number: str, now: datetime) -> datetime:
    """A production order is due its lead time after the last component to come, and so is what it goes into.

    Returns when it is due. A date only moves later this way: an earlier one is for the shop floor to name, with
    `acknowledge_supply`. Safe to repeat.
    """
    effects = Effects(SYSTEM.name, now)
    for maker in await _locked(tx, number):
        await _postpone(tx, effects, maker)
    await effects.save(tx)
    supply = await replenishment.supply(tx, number)
    assert supply is not None
    return supply.due_at


async def _locked(tx: AsyncConnection, number: str) -> list[str]:
    """The supply order and what it goes into, components first, locked with the orders that wait for them."""
    chain = await promises.goes_into(tx, number)
    await lock_orders(tx, await replenishment.orders_pegged(tx, chain))
    await lock_supply(tx, chain)
    return chain


async def _postpone(tx: AsyncConnection, effects: Effects, number: str) -> None:
    supply, last = await replenishment.supply(tx, number), await promises.last_component(tx, number)
    if supply is None or last is None or supply.state in ("RECEIVED", "CANCELLED"):
        return
    policy = await policies.policy(tx, supply.policy_version)
    route = (await replenishment.routes(tx, [supply.sku]))[supply.sku]
    due_at = last + route.lead(policy)
    if due_at <= supply.due_at:
        return
    await promises.postpone(tx, number, due_at)
    waiting = await promises.promised_by(tx, number)
    for order in sorted({line.order_number for line in waiting}):
        effects.note(order, "supply_postponed", document=number, supply=number, due_date=due_at.date())
    await _promise_anew(tx, effects, waiting, number, policy)


async def _promise_anew(
    tx: AsyncConnection, effects: Effects, waiting: list[promises.Promised], supply: str, policy: Policy
) -> None:
    changed: list[tuple[str, int, date]] = []
    for line in waiting:
        at = line.due_at + policy.days(policy.handling_days + policy.transit_days)
        promise = local_date(at, line.time_zone)
        if promise == line.promise_date:
            continue
        changed.append((line.order_number, line.line, promise))
        effects.note(
            line.order_number, "promise_changed", document=supply, sku=line.sku, promise=promise,
            before=None if line.promise_date is None else line.promise_date.isoformat(), after=promise.isoformat(),
        )  # fmt: skip
        effects.notice(
            "promise_changed", line.email, line.language, document=f"{line.order_number}/{line.line}/{promise}",
            order=line.order_number, customer_po=line.customer_po, name=line.name, promise_date=promise,
            lines=[{"sku": line.sku, "quantity": line.quantity}],
        )  # fmt: skip
    if changed:
        await promises.promise(tx, changed)
