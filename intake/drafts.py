"""Receipt, begun: what somebody has typed of an order is theirs until it is an order, and becomes one order only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import drafts
from domain.actor import Actor
from domain.errors import NotFound
from domain.facts import OrderRequest
from intake.receipt import Submitted, submit_order


async def submit_draft(
    tx: AsyncConnection, actor: Actor, username: str, draft: str, request: OrderRequest, now: datetime
) -> Submitted:
    """Take the order of a draft. Safe to repeat: a draft that was taken gives the order that it became.

    Errors: as `submit_order`; NotFound for the draft of somebody else.
    """
    owner, number = await drafts.take(tx, draft, username, now)
    if owner != username:
        raise NotFound("There is no such draft among yours.")
    if number is not None:
        return Submitted(number, created=False)
    submitted = await submit_order(tx, actor, request, now, channel="console")
    await drafts.taken(tx, draft, username, submitted.number, now)
    return submitted
