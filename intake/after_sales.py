"""After-sales: the customer's answer, and cases with their moves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import after_sales, policies
from db.queries.effects import Effects
from domain.actor import Actor
from domain.after_sales import RESPONDS, STATE_AFTER, case_moves, resolve_by, respond_by
from domain.errors import FieldError, IllegalMove, Invalid, NotFound, told
from domain.facts import CaseMove, CaseRequest, Feedback


async def record_feedback(tx: AsyncConnection, actor: Actor, order: str, feedback: Feedback, now: datetime) -> None:
    """Keep the customer's answer to the follow-up; a second answer replaces the first. Errors: NotFound."""
    if await after_sales.concerned(tx, order) is None:
        raise NotFound(told("There is no order {order}.", order=order))
    await after_sales.keep_feedback(tx, order, feedback, actor.name, now)
    effects = Effects(actor.name, now)
    effects.note(order, "feedback_recorded", score=feedback.score, comment=feedback.comment or "")
    await effects.save(tx)


async def open_case(tx: AsyncConnection, actor: Actor, request: CaseRequest, now: datetime) -> str:
    """Open a case with its clocks and hand it to the engine; its number. Errors: Invalid for an unknown order."""
    order = await after_sales.concerned(tx, request.order)
    if order is None:
        raise Invalid(
            "The case is about an unknown order.",
            errors=[FieldError("/order", told("There is no order {order}.", order=request.order))],
        )
    policy = await policies.policy(tx, order.policy_version)
    number = await after_sales.open_case(
        tx, request, order.policy_version, actor.name, now,
        respond_by(now, request.priority, policy), resolve_by(now, request.priority, policy),
    )  # fmt: skip
    effects = Effects(actor.name, now)
    effects.note(order.number, "case_opened", document=number, after="NEW", case=number, subject=request.subject)
    effects.start("CaseWorkflow", f"case/{number}", {"number": number})
    effects.notice(
        "case_opened", order.email, order.language, document=number, order=order.number,
        customer_po=order.customer_po, name=order.name, case=number, subject=request.subject,
    )  # fmt: skip
    await effects.save(tx)
    return number


async def move_case(tx: AsyncConnection, actor: Actor, number: str, move: str, done: CaseMove, now: datetime) -> None:
    """Somebody works on a case: assign, start, wait, resume, resolve, close or reopen.

    Errors: NotFound, IllegalMove with the legal moves, Invalid for an assignment to nobody.
    """
    case = await after_sales.case(tx, number)
    if case is None:
        raise NotFound(told("There is no case {number}.", number=number))
    if move not in STATE_AFTER:
        raise NotFound(told("A case knows no {move}; moves: {known}.", move=repr(move), known=", ".join(STATE_AFTER)))
    state = STATE_AFTER[move]
    if move == "assign" and done.assignee is None:
        raise Invalid("Assigned to whom?", errors=[FieldError("/assignee", "Name the assignee.")])
    if case.state == state and move != "assign":
        return
    if move not in case_moves(case.state):
        moves = case_moves(case.state)
        possible = ", ".join(moves) or told("nothing")
        figures = {"number": number, "state": case.state, "move": repr(move), "what": possible}
        raise IllegalMove(
            told("Case {number} is {state}: {move} is not possible; what is: {what}.", **figures), legal_moves=moves
        )
    if move == "assign" and case.state != "NEW":
        state = case.state
    await after_sales.move_case(
        tx, number, move, state, actor.name, now, responds=move in RESPONDS, comment=done.comment,
        assignee=done.assignee,
    )  # fmt: skip
    effects = Effects(actor.name, now)
    effects.note(
        case.order_number, "case_assigned" if move == "assign" else "case_moved", before=case.state, after=state,
        document=number, case=number, move=move, assignee=done.assignee or "", comment=done.comment or "",
    )  # fmt: skip
    if state == "RESOLVED":
        effects.notice(
            "case_resolved", case.email, case.language, document=f"{number}/{now:%Y%m%d%H%M%S}",
            order=case.order_number, name=case.name, case=number, subject=case.subject,
        )  # fmt: skip
    effects.signal("CaseWorkflow", f"case/{number}", "case_moved", {"number": number, "state": state})
    await effects.save(tx)
