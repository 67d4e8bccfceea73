"""While somebody is away, a colleague may do what they may: who hands over to whom, from when until when.

What is handed over is the role of the account that is away, and nothing that somebody else has handed to it: there are
no chains. What the colleague does is recorded under both names, `ann (for bob)`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import delegations, users
from domain.actor import Actor
from domain.errors import FieldError, Forbidden, IllegalMove, Invalid, NotFound, told

LONGEST = timedelta(days=366)


async def delegate(
    tx: AsyncConnection,
    actor: Actor,
    away: str,
    stand_in: str,
    begins_at: datetime | None,
    ends_at: datetime,
    now: datetime,
) -> dict[str, Any]:
    """Let `stand_in` do what `away` may from `begins_at` (now when absent or past) until `ends_at`.

    Errors: Invalid; IllegalMove when the same person stands in at that time already; Forbidden while standing in.
    """
    _for_oneself(actor)
    begins_at = now if begins_at is None or begins_at < now else begins_at
    wrong = [*await _names(tx, away, stand_in), *_times(begins_at, ends_at)]
    if wrong:
        raise Invalid("The delegation is not as it must be.", errors=wrong)
    if await delegations.overlaps(tx, away, stand_in, begins_at, ends_at):
        raise IllegalMove(
            told("{stand_in} stands in for {away} at that time already.", stand_in=stand_in, away=away),
            legal_moves=("end",),
        )
    return await delegations.insert(tx, away, stand_in, begins_at, ends_at, actor.name, now)


async def end_delegation(
    tx: AsyncConnection, actor: Actor, number: int, now: datetime, *, away: str | None = None
) -> dict[str, Any]:
    """End a delegation now; `away`: only one of this person's own. One that has ended stays as it was.

    Errors: NotFound; Forbidden while standing in.
    """
    _for_oneself(actor)
    found = await delegations.locked(tx, number)
    if found is None or away not in (None, found["away"]):
        raise NotFound("There is no such delegation, or it was called off before it began.")
    if found["ends_at"] <= now:
        return found
    if found["begins_at"] >= now:
        return {**await delegations.call_off(tx, number), "ends_at": found["begins_at"]}
    return await delegations.end(tx, number, now)


def _for_oneself(actor: Actor) -> None:
    """Otherwise whoever stands in for an administrator could stay one."""
    if actor.name != actor.person:
        raise Forbidden("Nobody hands over what was handed over to them. Ask a colleague whose own role it is.")


async def _names(tx: AsyncConnection, away: str, stand_in: str) -> list[FieldError]:
    """What is wrong with the names; the account of who is away is locked, so that requests see one another."""
    closed = "there is no open account of this name"
    wrong = []
    leaving, coming = await users.locked_account(tx, away), await users.read_user(tx, stand_in)
    if leaving is None or not leaving.active:
        wrong.append(FieldError("/away", closed))
    if coming is None or not coming["active"]:
        wrong.append(FieldError("/stand_in", closed))
    if away == stand_in:
        wrong.append(FieldError("/stand_in", "nobody stands in for themselves"))
    return wrong


def _times(begins_at: datetime, ends_at: datetime) -> list[FieldError]:
    if ends_at <= begins_at:
        return [FieldError("/ends_at", "a delegation ends after it begins, and not in the past")]
    if ends_at - begins_at > LONGEST:
        return [FieldError("/ends_at", "a delegation lasts a year at most")]
    return []
