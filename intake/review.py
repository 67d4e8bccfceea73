"""Review: a person decides a hold, by name and with a comment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import late_cards, review
from db.queries.effects import Effects
from domain import review as rules
from domain.actor import Actor, Role, person_of
from domain.calendar import local_date
from domain.errors import FieldError, Forbidden, IllegalMove, Invalid, NotFound, told
from domain.facts import HoldRejection, HoldRelease
from domain.invoicing import parse_terms
from domain.order_life import moves_from, require_move
from intake import repair
from intake.credit_queue import may_look_again, tell_waiting


def order_facts(
    order: review.Reviewed, lines: Sequence[rules.LineFacts], deposit: Decimal, same_po: Sequence[str]
) -> rules.OrderFacts:
    """The order as the rules see it: one that is under review, or one that somebody is about to submit."""
    terms = parse_terms(order.payment_terms)
    return rules.OrderFacts(
        number=order.number,
        currency=order.currency,
        total=order.total,
        prepaid=terms is not None and terms.prepaid,
        deposit=deposit,
        requested_date=order.requested_date,
        ship_by=order.ship_by,
        ship_complete=order.shipping_policy == "ship_complete",
        seller_role=order.created_role,
        customer_active=order.active,
        has_address=order.has_address,
        same_po_orders=tuple(same_po),
        lines=tuple(lines),
    )


async def _open_hold(
    tx: AsyncConnection, actor: Actor, number: str, hold_id: int
) -> tuple[review.Reviewed, review.HoldRow]:
    order = await review.order_under_review(tx, number)
    if order is None:
        raise NotFound(told("There is no order {number}.", number=number))
    hold = next((row for row in await review.holds(tx, number) if row.id == hold_id), None)
    if hold is None:
        raise NotFound(
            told(
                "Order {number} has no hold {hold_id}; GET /v1/orders/{number} lists its holds.",
                number=number,
                hold_id=hold_id,
            )
        )
    if hold.status != "OPEN":
        by = told(" by {name}", name=hold.decided_by) if hold.decided_by else ""
        raise IllegalMove(
            told(
                "Hold {hold_id} of {number} is {status} already{by}; nothing is left to decide.",
                hold_id=hold_id,
                number=number,
                status=hold.status,
                by=by,
            ),
            legal_moves=moves_from("hold", hold.status),
        )
    if order.state != "IN_REVIEW" and hold.reason != rules.Reason.PAUSED:
        raise IllegalMove(
            told("Order {number} is {state}: its holds close with it.", number=number, state=order.state),
            legal_moves=moves_from("order", order.state),
        )
    _require_owner(actor, hold)
    return order, hold


def _require_owner(actor: Actor, hold: review.HoldRow) -> None:
    allowed = rules.deciders(hold.owner_role)
    if actor.role not in allowed:
        raise Forbidden(
            told(
                "A {reason} hold is decided by {allowed}, not by {role}.",
                reason=hold.reason,
                allowed=" or ".join(sorted(allowed)),
                role=actor.role.value,
            )
        )


async def look_again(tx: AsyncConnection, effects: Effects, customer: str) -> None:
    """The customer's card is another: orders that it may let pass now are reviewed again."""
    for order in [*await late_cards.not_held_for_money(tx, customer), *await may_look_again(tx, customer)]:
        effects.tell_order(order, "hold_decided", card=customer)


async def has_address(tx: AsyncConnection, effects: Effects, order: review.Reviewed) -> bool:
    """Whether there is somewhere to ship to: an order without an address takes the customer's once there is one."""
    if order.has_address:
        return True
    if not await late_cards.adopt_address(tx, order.number):
        return False
    effects.note(order.number, "address_taken")
    return True


async def _submitted_by(tx: AsyncConnection, number: str) -> str:
    return person_of(await review.submitted_by(tx, number))


async def release_hold(
    tx: AsyncConnection, actor: Actor, number: str, hold_id: int, release: HoldRelease, now: datetime
) -> None:
    """Release a hold for an amount (the order's total when none is given) and until a date.

    Nobody but an administrator, in person, releases the order that they submitted themselves. Errors: NotFound,
    IllegalMove when it is decided already, or when goods would leave without an address, Forbidden, Invalid for an
    amount below the order's total.
    """
    order, hold = await _open_hold(tx, actor, number, hold_id)
    if hold.reason == rules.Reason.PAUSED:
        await repair.resume_order(tx, actor, number, release.comment, now)
        return
    in_person = actor.name == actor.person
    if not (actor.role is Role.ADMIN and in_person) and await _submitted_by(tx, number) == actor.person:
        raise Forbidden(
            told(
                "{person} submitted {number} and cannot release it; ask a colleague.",
                person=actor.person,
                number=number,
            )
        )
    if release.amount is not None and release.amount < order.total:
        detail = told(
            "The order's total is {total} {currency}; a release must cover it.",
            total=order.total,
            currency=order.currency,
        )
        raise Invalid("The release is for too little.", errors=[FieldError("/amount", detail)])
    if release.until is not None and release.until < local_date(now, order.time_zone):
        raise Invalid("The release has ended before it begins.", errors=[FieldError("/until", "Give a date to come.")])
    amount = order.total if release.amount is None else release.amount
    effects = Effects(actor.name, now)
    if hold.reason == rules.Reason.ADDRESS and not await has_address(tx, effects, order):
        raise _nowhere_to_ship(order.customer)
    await review.decide_hold(tx, hold.id, "RELEASED", actor.name, release.comment, now, amount, release.until)
    effects.note(number, "hold_released", reason=hold.reason, by=actor.name, comment=release.comment, amount=amount)
    effects.tell_order(number, "hold_decided", hold=hold.id, status="RELEASED")
    await effects.save(tx)


def _nowhere_to_ship(customer: str) -> IllegalMove:
    detail = told(
        "No goods can leave without an address. Give {customer} one with PUT /v1/customers/{customer}: the order takes "
        "it, and the hold clears by itself.",
        customer=customer,
    )
    return IllegalMove(detail, legal_moves=("REJECTED",))


async def reject_hold(
    tx: AsyncConnection, actor: Actor, number: str, hold_id: int, rejection: HoldRejection, now: datetime
) -> None:
    """Reject the order for this hold; its other holds close with it. Errors as for a release."""
    order, hold = await _open_hold(tx, actor, number, hold_id)
    require_move("order", number, order.state, "REJECTED")
    await review.decide_hold(tx, hold.id, "REJECTED", actor.name, rejection.comment, now)
    await review.close_holds(tx, number, now)
    await review.move_order(tx, number, "REJECTED")
    effects = Effects(actor.name, now)
    effects.note(
        number, "hold_rejected", before=order.state, after="REJECTED", reason=hold.reason, by=actor.name,
        comment=rejection.comment,
    )  # fmt: skip
    effects.notice(
        "order_rejected", order.email, order.language, document=number, order=number,
        customer_po=order.customer_po, name=order.name, reason=rejection.comment,
    )  # fmt: skip
    effects.tell_order(number, "hold_decided", hold=hold.id, status="REJECTED")
    await tell_waiting(tx, effects, order.customer, number)
    await effects.save(tx)
