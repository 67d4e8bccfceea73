"""Disputes: a customer does not accept a part of an invoice; reminders leave it out until it is decided."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from db.locks import lock_orders
from db.queries import disputes, matching, shown
from db.queries.effects import Effects
from domain.actor import Actor
from domain.errors import FieldError, IllegalMove, Invalid, NotFound, told
from domain.money import not_payable
from domain.order_life import moves_from
from domain.requests import DisputeDecision, DisputeRequest


async def open_dispute(tx: AsyncConnection, actor: Actor, number: str, wish: DisputeRequest, now: datetime) -> int:
    """Keep what is disputed of an invoice, never more than is outstanding and not disputed yet; the dispute's id.

    Errors: NotFound; IllegalMove when nothing is outstanding; Invalid for too much.
    """
    bill = await _locked(tx, number)
    if bill.outstanding == 0:
        detail = told("Invoice {number} is {state}: nothing is outstanding.", number=number, state=bill.state)
        raise IllegalMove(detail, legal_moves=moves_from("invoice", bill.state))
    free = bill.outstanding - await disputes.disputed(tx, number)
    if (why := not_payable(wish.amount, bill.currency)) is not None:
        raise _refused(why)
    if wish.amount > free:
        left = f"{shown.money(free, bill.currency):f}"
        raise _refused(
            told("Only {amount} {currency} are outstanding and not disputed yet.", amount=left, currency=bill.currency)
        )
    opened = await disputes.insert(tx, number, wish.amount, wish.reason, actor.name, now)
    effects = Effects(actor.name, now)
    effects.note(
        bill.order_number, "dispute_opened", document=number, invoice=number, amount=wish.amount,
        currency=bill.currency, reason=wish.reason,
    )  # fmt: skip
    await effects.save(tx)
    return opened


async def resolve_dispute(
    tx: AsyncConnection, actor: Actor, number: str, dispute: int, decision: DisputeDecision, now: datetime
) -> None:
    """Decide a dispute: withdrawn, the amount is reminded of again; upheld, it stays open without reminders.

    What was upheld is to be credited; credit notes are not written in this release. Errors: NotFound; IllegalMove when
    it is decided already.
    """
    bill = await _locked(tx, number)
    found = await disputes.one(tx, number, dispute)
    if found is None:
        raise NotFound(told("Invoice {number} has no dispute {id}.", number=number, id=dispute))
    if found.status != "OPEN":
        detail = told("Dispute {id} of {number} is {state} already.", id=dispute, number=number, state=found.status)
        raise IllegalMove(detail, legal_moves=moves_from("dispute", found.status))
    await disputes.decide(tx, dispute, decision.outcome.upper(), actor.name, decision.comment, now)
    effects = Effects(actor.name, now)
    event = "dispute_upheld" if decision.outcome == "upheld" else "dispute_withdrawn"
    effects.note(
        bill.order_number, event, before="OPEN", after=decision.outcome.upper(), document=number, invoice=number,
        amount=found.disputed, currency=bill.currency, comment=decision.comment,
    )  # fmt: skip
    # The collector waits for news of money: it looks again at what is to be reminded of.
    effects.tell_order(bill.order_number, "payment_received", recorded_as=f"dispute {dispute}")
    await effects.save(tx)


async def _locked(tx: AsyncConnection, number: str) -> matching.Bill:
    bill = await matching.bill(tx, number)
    if bill is None:
        raise NotFound(told("There is no invoice {number}.", number=number))
    await lock_orders(tx, [bill.order_number])
    again = await matching.bill(tx, number)
    assert again is not None  # an invoice is never deleted
    return again


def _refused(detail: str) -> Invalid:
    return Invalid("The dispute cannot be opened.", errors=[FieldError("/amount", detail)])
