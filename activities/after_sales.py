"""After-sales: the follow-up question, the end of an order, and the clocks of a case."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from db.engine import autocommit, settled, transaction
from db.queries import after_sales, policies
from db.queries.effects import Effects
from domain.actor import SYSTEM
from domain.policy import Policy
from domain.steps import AfterSalesOutcome, CaseOutcome, CaseStep, CloseOutcome, OrderStep


@activity.defn
async def plan_after_sales(step: OrderStep) -> AfterSalesOutcome:
    """When the follow-up is due and when the after-sales window closes, from the recorded delivery. Reads only."""
    async with autocommit() as tx:
        order = await after_sales.seen_closing(tx, step.number)
        return _outcome(order, step, await policies.policy(tx, order.policy_version))


def _outcome(order: after_sales.Closing, step: OrderStep, policy: Policy) -> AfterSalesOutcome:
    since = order.fulfilled_at or step.now
    return AfterSalesOutcome(
        follow_up_at=since + policy.days(policy.follow_up_days),
        window_ends_at=since + policy.days(policy.after_sales_window_days),
        followed_up=order.followed_up_at is not None,
    )


@activity.defn
async def send_follow_up(step: OrderStep) -> AfterSalesOutcome:
    """Ask the customer how it went. Safe to repeat: an order is followed up once."""

    async def work(tx: AsyncConnection) -> AfterSalesOutcome:
        order = await after_sales.closing(tx, step.number)
        policy = await policies.policy(tx, order.policy_version)
        if order.followed_up_at is None:
            await after_sales.mark_followed_up(tx, step.number, step.now)
            effects = Effects(SYSTEM.name, step.now)
            effects.note(step.number, "follow_up_sent")
            effects.notice(
                "follow_up", order.email, order.language, document=step.number, order=step.number,
                customer_po=order.customer_po, name=order.name,
            )  # fmt: skip
            await effects.save(tx)
        return _outcome(order, step, policy).model_copy(update={"followed_up": True})

    return await settled(work)


@activity.defn
async def close_order(step: OrderStep) -> CloseOutcome:
    """Complete a fulfilled order that is billed and paid. Safe to repeat: a completed order stays completed."""

    async def work(tx: AsyncConnection) -> CloseOutcome:
        order = await after_sales.closing(tx, step.number)
        if order.state != "FULFILLED" or order.open_invoices or order.uninvoiced:
            return CloseOutcome(
                state=order.state, ended=order.state in ("COMPLETED", "CANCELLED", "REJECTED", "EXPIRED")
            )
        await after_sales.complete_order(tx, step.number, step.now)
        effects = Effects(SYSTEM.name, step.now)
        effects.note(step.number, "order_completed", before=order.state, after="COMPLETED")
        await effects.save(tx)
        return CloseOutcome(state="COMPLETED", ended=True)

    return await settled(work)


@activity.defn
async def look_at_case(step: CaseStep) -> CaseOutcome:
    """Where the case and its clocks stand. Reads only."""
    async with transaction() as tx:
        return await _case(tx, step)


async def _case(tx: AsyncConnection, step: CaseStep) -> CaseOutcome:
    case = await after_sales.case(tx, step.number)
    assert case is not None
    policy = await policies.policy(tx, case.policy_version)
    closes_at = None
    if case.state == "RESOLVED" and case.resolved_at is not None:
        closes_at = case.resolved_at + policy.days(policy.case_reopen_days)
    return CaseOutcome(
        state=case.state,
        respond_by=case.respond_by,
        responded=case.responded_at is not None,
        escalated=case.escalated_at is not None,
        closes_at=closes_at,
    )


@activity.defn
async def escalate_case(step: CaseStep) -> CaseOutcome:
    """The response is late: a manager hears of it. Safe to repeat: a case is escalated once."""

    async def work(tx: AsyncConnection) -> CaseOutcome:
        case = await after_sales.case(tx, step.number)
        assert case is not None
        if case.responded_at is None and case.escalated_at is None and step.now >= case.respond_by:
            await after_sales.escalate_case(tx, step.number, step.now)
            policy = await policies.policy(tx, case.policy_version)
            effects = Effects(SYSTEM.name, step.now)
            effects.note(case.order_number, "case_escalated", document=step.number, case=step.number)
            effects.notice(
                "hold_escalated", policy.mailbox("support"), "en", document=step.number, order=case.order_number,
                reason=case.subject, owner_role="support",
            )  # fmt: skip
            await effects.save(tx)
        return await _case(tx, step)

    return await settled(work)


@activity.defn
async def close_case(step: CaseStep) -> CaseOutcome:
    """A resolved case that nobody reopened is closed. Safe to repeat: a closed case stays closed."""

    async def work(tx: AsyncConnection) -> CaseOutcome:
        outcome = await _case(tx, step)
        if outcome.closes_at is None or step.now < outcome.closes_at:
            return outcome
        await after_sales.move_case(tx, step.number, "close", "CLOSED", SYSTEM.name, step.now, responds=False)
        case = await after_sales.case(tx, step.number)
        assert case is not None
        effects = Effects(SYSTEM.name, step.now)
        effects.note(
            case.order_number, "case_moved", before=outcome.state, after="CLOSED", document=step.number,
            case=step.number, move="close", comment="",
        )  # fmt: skip
        await effects.save(tx)
        return await _case(tx, step)

    return await settled(work)
