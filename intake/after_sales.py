"""After-sales: the customer's answer, and cases with their moves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from db.queries import after_sales, policies
from db.queries.effects import Effects
from domain.actor import Actor
from domain.after_sales import RESPONDS, STATE_AFTER, case_moves, resolve_by, respond_by
from domain.errors import FieldError, IllegalMove, Invalid, NotFound
from domain.facts import CaseMove, CaseRequest, Feedback


async def record_feedback(tx: AsyncConnection, actor: Actor, order: str, feedback: Feedback, now: datetime) -> None:
    """Keep the customer's answer to the follow-up; a second answer replaces the first. Errors: NotFound."""
    if await after_sales.concerned(tx, order) is None:
        raise NotFound(f"There is no order {order}.")
    await after_sales.keep_feedback(tx, order, feedback, actor.name, now)
    effects = Effects(actor.name, now)
    effects.note(order, "feedback_recorded", score=feedback.score, comment=feedback.comment or "")
    await effects.save(tx)


async def open_case(tx: AsyncConnection, actor: Actor, request: CaseRequest, now: datetime) -> str:
    """Open a case with its clocks and hand it to the engine; its number. Errors: Invalid for an unknown order."""
    order = await after_sales.concerned(tx, request.order)
    if order is None:
        raise Invalid(
            "The case is about an unknown order.", errors=[FieldError("/order", f"There is no order {request.order}.")]
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


async def move_case(tx: AsyncConnection, actor: Actor, number: str, move: str, told: CaseMove, now: datetime) -> None:
    """Somebody works on a case: assign, start, wait, resume, resolve, close or reopen.

    Errors: NotFound, IllegalMove with the legal moves, Invalid for an assignment to nobody.
    """
    case = await after_sales.case(tx, number)
    if case is None or move not in STATE_AFTER:
        known = ", ".join(STATE_AFTER)
        raise NotFound(f"There is no case {number}." if case is None else f"A case knows no {move!r}; moves: {known}.")
    state = STATE_AFTER[move]
    if move == "assign" and told.assignee is None:
        raise Invalid("Assigned to whom?", errors=[FieldError("/assignee", "Name the assignee.")])
    if case.state == state and move != "assign":
        return
    if move not in case_moves(case.state):
        moves = case_moves(case.state)
        raise IllegalMove(
            f"Case {number} is {case.state}: {move!r} is not possible; what is: {', '.join(moves) or 'nothing'}.",
            legal_moves=moves,
        )
    if move == "assign" and case.state != "NEW":
        state = case.state
    await after_sales.move_case(
        tx, number, move, state, actor.name, now, responds=move in RESPONDS, comment=told.comment,
        assignee=told.assignee,
    )  # fmt: skip
    effects = Effects(actor.name, now)
    effects.note(
        case.order_number, "case_moved", before=case.state, after=state, document=number, case=number, move=move,
        comment=told.comment or "",
    )  # fmt: skip
    if state == "RESOLVED":
        effects.notice(
            "case_resolved", case.email, case.language, document=f"{number}/{now:%Y%m%d%H%M%S}",
            order=case.order_number, name=case.name, case=number, subject=case.subject,
        )  # fmt: skip
    effects.signal("CaseWorkflow", f"case/{number}", "case_moved", {"number": number, "state": state})
    await effects.save(tx)
