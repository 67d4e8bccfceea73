"""What people of the company say about an order, for one another; it moves nothing and stands in the timeline."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from db.locks import lock_orders
from db.queries import review
from db.queries.effects import Effects
from domain.actor import Actor
from domain.errors import NotFound, told
from domain.requests import Comment


async def comment_on_order(tx: AsyncConnection, actor: Actor, number: str, comment: Comment, now: datetime) -> None:
    """Keep a comment, whatever the order's state. Errors: NotFound."""
    await lock_orders(tx, [number])
    if await review.order_under_review(tx, number) is None:
        raise NotFound(told("There is no order {number}.", number=number))
    effects = Effects(actor.name, now)
    effects.note(number, "commented", text=comment.text, by=actor.name)
    await effects.save(tx)
