"""Cancellation: what an order has caused is planned to be undone, and shown before its workflow carries it out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import cancellation, shown
from db.queries.cancellation import Recorded, Undo
from db.queries.effects import Effects
from db.queries.spoken import as_written, steps_said
from domain.actor import Actor
from domain.errors import IllegalMove, NotFound, Translate, told
from domain.facts import Cancellation
from domain.order_life import moves_from, require_move


def undo_plan(recorded: Recorded) -> list[Undo]:
    """How each recorded effect is undone, computed from what was actually recorded."""
    plan = [Undo(f"hold {reason}", "close the hold") for reason in recorded.holds]
    if recorded.reserved_credit:
        credit = shown.money(recorded.reserved_credit, recorded.currency)
        plan.append(Undo(f"credit of {credit:f} reserved", "release the credit of what is cancelled"))
    for sku, warehouse, pieces in recorded.allocations:
        plan.append(Undo(f"{shown.quantity(pieces):f} of {sku} allocated in {warehouse}", "release the stock"))
    for number, state in recorded.shipments:
        action = {
            "PACKED": "void the booking if there is one, put the goods away",
            "BOOKED": "void the booking, put the goods away",
        }.get(state, "cancel the pick")
        plan.append(Undo(f"shipment {number} {state.lower()}", action, number))
    for number, state, alone in recorded.supplies:
        action = "cancel the supply order" if alone else "keep it: others need it, or it is on its way"
        plan.append(Undo(f"supply order {number} {state.lower()}", action, number))
    if recorded.deposit:
        deposit = shown.money(recorded.deposit, recorded.currency)
        plan.append(Undo(f"{deposit:f} paid in advance", "keep as unapplied cash of the customer, to refund"))
    return plan


def _check(number: str, recorded: Recorded | None) -> Recorded:
    if recorded is None:
        raise NotFound(told("There is no order {number}.", number=number))
    if recorded.state != "CANCELLING":
        require_move("order", number, recorded.state, "CANCELLING")
    if recorded.unshipped <= 0:
        raise IllegalMove(
            told(
                "Everything of order {number} has shipped and cannot be cancelled; open a case for a "
                "return with POST /v1/cases.",
                number=number,
            ),
            legal_moves=[move for move in moves_from("order", recorded.state) if move != "CANCELLING"],
        )
    return recorded


async def preview_cancellation(tx: AsyncConnection, number: str, translate: Translate = as_written) -> dict[str, Any]:
    """What a cancellation would undo: {state, undo: [{effect, action, document, status}]}. Changes nothing."""
    recorded = _check(number, await cancellation.recorded(tx, number))
    return _shown(recorded.state, undo_plan(recorded), translate)


def _shown(state: str, plan: list[Undo], translate: Translate) -> dict[str, Any]:
    keys = ("effect", "action", "document", "status")
    return {"state": state, "undo": steps_said(({key: getattr(undo, key) for key in keys} for undo in plan), translate)}


async def cancel_order(
    tx: AsyncConnection,
    actor: Actor,
    number: str,
    cancel: Cancellation,
    now: datetime,
    translate: Translate = as_written,
) -> dict[str, Any]:
    """Ask for a cancellation: the order is CANCELLING from now on, and its workflow undoes the plan until it is done.

    Safe to repeat: an order that is being cancelled answers with its plan. Errors: NotFound, IllegalMove.
    """
    recorded = _check(number, await cancellation.recorded(tx, number))
    if recorded.state == "CANCELLING":
        return _shown("CANCELLING", await cancellation.planned(tx, number), translate)
    plan = undo_plan(recorded)
    await cancellation.request(tx, number, cancel.reason, plan, now)
    effects = Effects(actor.name, now)
    effects.note(
        number, "cancellation_requested", before=recorded.state, after="CANCELLING", by=actor.name,
        reason=cancel.reason,
    )  # fmt: skip
    effects.tell_order(number, "cancellation_requested", reason=cancel.reason, by=actor.name)
    await effects.save(tx)
    return _shown("CANCELLING", plan, translate)
