"""Review: who of a customer's orders held for want of money is looked at again when there is more of it.

An order that leaves free credit to another waits for it: whatever becomes of the other, it must be told.
"""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import policies, review
from db.queries.effects import Effects
from domain import credit_queue


async def _held_for_money(tx: AsyncConnection, customer: str) -> list[credit_queue.Held]:
    held = []
    for waiter in await review.orders_waiting_for_money(tx, customer):
        policy = await policies.policy(tx, waiter.policy_version)
        limit = policy.credit_limit(waiter.credit_limit, waiter.customer_group)
        free = None if limit is None else limit - waiter.exposure
        held.append(credit_queue.Held(waiter.number, waiter.total, free, frozenset(waiter.reasons)))
    return held


async def may_look_again(tx: AsyncConnection, customer: str) -> list[str]:
    """Orders of a customer that are held for want of money and may pass now, most urgent first."""
    return credit_queue.may_look_again(await _held_for_money(tx, customer))


async def left_to_more_urgent(tx: AsyncConnection, customer: str, number: str) -> Decimal:
    """What of a customer's free credit, its account locked, more urgent orders than this held one are about to take."""
    return credit_queue.left_to_more_urgent(await _held_for_money(tx, customer), number)


async def tell_waiting(tx: AsyncConnection, effects: Effects, customer: str, order: str) -> None:
    """An order takes no credit any more, or not what was left to it: those that may pass now are reviewed again."""
    for waiting in await may_look_again(tx, customer):
        if waiting != order:
            effects.tell_order(waiting, "hold_decided", status="CREDIT_FREED", by=order)
