"""Repair: what an operator does to an order that does not go on, or must not; each is kept with who asked for it.

Like every fact it is committed first and told to the engine afterwards, so it is done though the engine is down.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import outbox, policies, repair, review
from db.queries.effects import Effects
from db.queries.outbox import MustRun
from domain.actor import Actor
from domain.errors import IllegalMove, NotFound, told
from domain.facts import Pause, Remark
from domain.order_life import ENDED
from domain.review import OWNER_ROLE, Reason
from intake.credit_queue import tell_waiting

_REPAIRS = ("pause", "retry", "reset")
"""What may be asked for an order that is not paused; a repair moves no state, so its next states would say nothing."""


async def restart_workflow(tx: AsyncConnection, row: MustRun, now: datetime) -> bool:
    """Hand the workflow to the engine's outbox again; False when it need not run any more or waits there already.

    It walks through the stages without doing anything twice, since every step returns what is recorded.
    """
    must = await outbox.must_run_one(tx, row.workflow_id)
    if must is None or await outbox.start_pending(tx, row.workflow_id):
        return False
    effects = Effects("operator", now)
    effects.start(must.workflow_type, must.workflow_id, must.payload)
    if must.kind == "order":
        effects.note(str(must.payload["number"]), "workflow_restarted")
    await effects.save(tx)
    return True


async def _known(tx: AsyncConnection, number: str) -> review.Reviewed:
    order = await review.order_under_review(tx, number)
    if order is None:
        raise NotFound(told("There is no order {number}.", number=number))
    return order


async def _alive(tx: AsyncConnection, number: str) -> review.Reviewed:
    order = await _known(tx, number)
    if order.state in ENDED:
        raise _over(order)
    return order


def _over(order: review.Reviewed) -> IllegalMove:
    detail = told("Order {number} is {state}: it has ended, and nothing runs for it.", **_named(order))
    return IllegalMove(detail, legal_moves=())


def _named(order: review.Reviewed) -> dict[str, object]:
    return {"number": order.number, "state": order.state}


def _asked(order: review.Reviewed, action: str) -> dict[str, Any]:
    return {"number": order.number, "state": order.state, "action": action}


async def pause_order(tx: AsyncConnection, actor: Actor, number: str, pause: Pause, now: datetime) -> dict[str, Any]:
    """The order rests wherever it stands: {number, state, action}. Facts are still recorded, nothing is done on them.

    Safe to repeat: a paused order stays as it was paused, and what is new in the comment is written down. Errors:
    NotFound; IllegalMove when it has ended or is being cancelled.
    """
    order = await _alive(tx, number)
    if order.state == "CANCELLING":
        detail = told(
            "Order {number} is being cancelled: what was done is being undone, and that is not interrupted.",
            number=number,
        )
        raise IllegalMove(detail, legal_moves=("retry", "reset"))
    policy = await policies.policy(tx, order.policy_version)
    figures = {"by": actor.name, "comment": pause.comment}
    deadline = now + policy.days(policy.hold_deadline_days)
    effects = Effects(actor.name, now)
    if await repair.pause(tx, number, OWNER_ROLE[Reason.PAUSED], figures, deadline, now):
        effects.note(number, "order_paused", **figures)
        effects.tell_order(number, "order_paused", by=actor.name)
        await tell_waiting(tx, effects, order.customer, number)
    elif await repair.remark_pause(tx, number, figures):
        effects.note(number, "pause_remarked", **figures)
    await effects.save(tx)
    return _asked(order, "pause")


async def resume_order(
    tx: AsyncConnection, actor: Actor, number: str, comment: str | None, now: datetime
) -> dict[str, Any]:
    """A paused order goes on where it stood: {number, state, action}. Errors: NotFound; IllegalMove if not paused."""
    order = await _alive(tx, number)
    if not await repair.resume(tx, number, actor.name, comment or "resumed", now):
        detail = told(
            "Order {number} is not paused; GET /v1/orders/{number}/why says what it waits for.", number=number
        )
        raise IllegalMove(detail, legal_moves=("retry", "reset") if order.state == "CANCELLING" else _REPAIRS)
    effects = Effects(actor.name, now)
    effects.note(number, "order_resumed", by=actor.name, comment=comment)
    effects.tell_order(number, "order_resumed", by=actor.name)
    await effects.save(tx)
    return _asked(order, "resume")


async def retry_order(tx: AsyncConnection, actor: Actor, number: str, remark: Remark, now: datetime) -> dict[str, Any]:
    """What fails of the order, its supply and its cases is tried at once, and who waits looks again.

    Letters that the post refused, also for good, leave again, to where the customer or the supplier is reached now.
    {number, state, action}. Errors: NotFound; IllegalMove when the order has ended and none of its letters was refused.
    """
    order = await _known(tx, number)
    serving = await repair.serving(tx, number)
    letters = await repair.send_again(tx, number, [workflow_id.partition("/")[2] for _, workflow_id in serving], now)
    ended = order.state in ENDED
    if ended and not letters:
        raise _over(order)
    effects = Effects(actor.name, now)
    effects.note(number, "retry_requested", by=actor.name, comment=remark.comment)
    if not ended:
        effects.tell_order(number, outbox.RETRY, by=actor.name)
    for workflow_type, workflow_id in serving:
        effects.signal(workflow_type, workflow_id, outbox.RETRY, {"by": actor.name})
    await effects.save(tx)
    return _asked(order, "retry")


async def reset_order(tx: AsyncConnection, actor: Actor, number: str, remark: Remark, now: datetime) -> dict[str, Any]:
    """The order's workflow begins again and walks to where the order stands; nothing is done twice.

    {number, state, action}. Errors: NotFound; IllegalMove when the order has ended.
    """
    order = await _alive(tx, number)
    effects = Effects(actor.name, now)
    effects.note(number, "reset_requested", by=actor.name, comment=remark.comment)
    effects.tell_order(number, outbox.RESET, by=actor.name)
    await effects.save(tx)
    return _asked(order, "reset")
