"""Export control, a stage of the next release: between the review and the allocation."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from db.engine import settled
from db.queries import policies, screening
from db.queries.effects import Effects
from db.schema import reached
from domain.actor import SYSTEM
from domain.screening import ScreeningOutcome, answer_due
from domain.steps import OrderStep


@activity.defn
async def screen_order(step: OrderStep) -> ScreeningOutcome:
    """Ask whether the order may be exported. Safe to repeat: an order is asked for once, and cleared once.

    An order that is beyond the review is let pass: it was confirmed before there was a screening, or by a release
    without one. So is one that comes before the table is there: the release before would have let it pass.
    """
    return await settled(lambda tx: _screen(tx, step))


async def _screen(tx: AsyncConnection, step: OrderStep) -> ScreeningOutcome:
    if not await reached(tx, "THIS_REVISION"):
        return ScreeningOutcome(cleared=True)
    order = await screening.locked(tx, step.number)
    if order.state != "CONFIRMED":
        return ScreeningOutcome(cleared=True)
    effects = Effects(SYSTEM.name, step.now)
    known = await screening.asked(tx, step.number)
    asked_at, cleared_at = known or (step.now, None)
    if cleared_at is not None:
        return ScreeningOutcome(cleared=True)
    due = answer_due(order.customer, asked_at, await policies.policy(tx, order.policy_version))
    if known is None:
        await screening.ask(tx, step.number, step.now)
        if due is not None:
            effects.notice(
                "screening_asked", order.email, order.language, document=step.number, order=step.number,
                customer_po=order.customer_po, name=order.name,
            )  # fmt: skip
    cleared = due is None or step.now >= due
    if cleared:
        await screening.clear(tx, step.number, step.now)
        effects.note(step.number, "order_screened")
    await effects.save(tx)
    return ScreeningOutcome(cleared=cleared, ask_again_at=None if cleared else due)
