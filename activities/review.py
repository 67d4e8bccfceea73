"""Review: every rule looks at the order; it is confirmed with its credit reserved, or held with reasons and figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from db.engine import settled
from db.locks import lock_accounts
from db.queries import policies, review
from db.queries.effects import Effects
from domain.actor import SYSTEM
from domain.calendar import local_date
from domain.invoicing import parse_terms
from domain.policy import Policy
from domain.review import OWNER_ROLE, AccountFacts, Finding, OrderFacts, Reason, exposure, findings
from domain.steps import OrderStep, ReviewOutcome
from domain.wording import HOLD_MESSAGES, fill
from intake.collection import claim_deposit
from intake.credit_queue import left_to_more_urgent, tell_waiting
from intake.review import has_address, order_facts


@activity.defn
async def review_order(step: OrderStep) -> ReviewOutcome:
    """Review or look again. Safe to repeat: a decided order is returned as it is; an open hold is never doubled."""
    return await settled(lambda tx: _review(tx, step))


@activity.defn
async def escalate_holds(step: OrderStep) -> ReviewOutcome:
    """Holds past their deadline go to a manager. Safe to repeat: a hold is escalated once."""

    async def work(tx: AsyncConnection) -> None:
        effects = Effects(SYSTEM.name, step.now)
        mailbox = (await policies.current(tx))[1].mailbox("manager")
        for hold, reason, role in await review.escalate_holds(tx, step.number, step.now):
            effects.note(step.number, "hold_escalated", reason=reason, owner_role="manager")
            effects.notice(
                "hold_escalated", mailbox, "en", document=f"{step.number}/{hold}",
                order=step.number, reason=reason, owner_role=role,
            )  # fmt: skip
        await effects.save(tx)

    await settled(work)
    return await review_order(step)


@activity.defn
async def expire_order(step: OrderStep) -> ReviewOutcome:
    """An order that nobody approved in time expires. Safe to repeat: only an order in review expires."""

    async def work(tx: AsyncConnection) -> ReviewOutcome:
        order = await review.order_under_review(tx, step.number)
        assert order is not None
        if order.state != "IN_REVIEW" or step.now < order.expires_at:
            return ReviewOutcome(state=order.state)
        effects = Effects(SYSTEM.name, step.now)
        for reason in await review.close_holds(tx, step.number, step.now):
            effects.note(step.number, "hold_closed", reason=reason)
        await review.move_order(tx, step.number, "EXPIRED")
        effects.note(step.number, "order_expired", before=order.state, after="EXPIRED")
        effects.notice(
            "order_expired", order.email, order.language, document=order.number, order=order.number,
            customer_po=order.customer_po, name=order.name,
        )  # fmt: skip
        await tell_waiting(tx, effects, order.customer, order.number)
        await effects.save(tx)
        return ReviewOutcome(state="EXPIRED")

    return await settled(work)


def _released(known: Sequence[review.HoldRow], order: review.Reviewed, step: OrderStep) -> dict[str, str | None]:
    """Which reasons somebody released, for at least this much and until at least today, and who did."""
    return {
        hold.reason: hold.decided_by
        for hold in known
        if hold.status == "RELEASED"
        and (hold.amount is None or hold.amount >= order.total)
        and (hold.until is None or hold.until >= local_date(step.now, order.time_zone))
    }


async def _order(tx: AsyncConnection, step: OrderStep) -> review.Reviewed:
    """The order, locked; with the address of its customer's card when it came without one."""
    order = await review.order_under_review(tx, step.number)
    assert order is not None
    effects = Effects(SYSTEM.name, step.now)
    if order.state in ("SUBMITTED", "IN_REVIEW") and await has_address(tx, effects, order) != order.has_address:
        await effects.save(tx)
        return replace(order, has_address=True)
    return order


async def _review(tx: AsyncConnection, step: OrderStep) -> ReviewOutcome:
    order = await _order(tx, step)
    if order.state not in ("SUBMITTED", "IN_REVIEW"):
        return ReviewOutcome(state=order.state)
    policy = await policies.policy(tx, order.policy_version)
    known = [] if order.state == "SUBMITTED" else await _ruled(tx, order.number)
    waited = any(hold.reason == Reason.CREDIT and hold.status == "OPEN" for hold in known)
    facts, account = await _facts(tx, order, policy, step.now, waited_for_credit=waited)
    found = list(findings(facts, account, policy))
    released = _released(known, order, step)
    holding = [finding for finding in found if finding.reason is not None and finding.reason not in released]
    still_open = {hold.reason for hold in known if hold.status == "OPEN"}
    reasons = {finding.reason for finding in holding if finding.reason is not None}
    opened = [finding for finding in holding if finding.reason not in still_open]
    cleared = sorted(still_open - {reason.value for reason in reasons})
    deadline = step.now + policy.days(policy.hold_deadline_days)
    state = "IN_REVIEW" if holding else "CONFIRMED"
    if order.state == "SUBMITTED" and state == "CONFIRMED":
        await review.move_order(tx, order.number, "IN_REVIEW")
    await review.keep_review(
        tx, order.number, state, found, cleared=cleared, deadline=deadline, now=step.now,
        opened=[(finding, OWNER_ROLE[finding.reason]) for finding in opened if finding.reason is not None],
    )  # fmt: skip
    if not holding:
        limit = None if facts.prepaid else account.credit_limit
        await review.reserve_credit(tx, order, exposure(order.total, account), limit, released.get("CREDIT"), step.now)
    await _announce(tx, order, opened, cleared, state, step.now, waited_for_credit=waited)
    if not holding:
        return ReviewOutcome(state=state)
    still_held = [hold for hold in known if hold.status == "OPEN" and hold.reason not in cleared]
    deadlines = [hold.deadline for hold in still_held if hold.escalated_at is None] + ([deadline] if opened else [])
    return ReviewOutcome(
        state=state,
        held=True,
        reasons=tuple(sorted(reason.value for reason in reasons)),
        escalate_at=min((at for at in deadlines if at < order.expires_at), default=None),
        expires_at=order.expires_at,
    )


async def _ruled(tx: AsyncConnection, number: str) -> list[review.HoldRow]:
    """The holds that a rule opened; a pause is a person's, and no rule clears it."""
    return [hold for hold in await review.holds(tx, number) if hold.reason != Reason.PAUSED]


async def _facts(
    tx: AsyncConnection, order: review.Reviewed, policy: Policy, now: datetime, *, waited_for_credit: bool
) -> tuple[OrderFacts, AccountFacts]:
    limit = policy.credit_limit(order.credit_limit, order.customer_group)
    await _claim_deposit(tx, order, now)
    lines = await review.lines_under_review(tx, order, policy, now)
    account, deposit, same_po = await review.account_under_review(tx, order, limit, policy.day, now)
    if waited_for_credit:
        account = replace(account, more_urgent=await left_to_more_urgent(tx, order.customer, order.number))
    return order_facts(order, lines, deposit, same_po), account


async def _claim_deposit(tx: AsyncConnection, order: review.Reviewed, now: datetime) -> None:
    terms = parse_terms(order.payment_terms)
    if terms is None or not terms.prepaid:
        return
    await lock_accounts(tx, [order.customer])
    effects = Effects(SYSTEM.name, now)
    names = [name for name in (order.number, order.customer_po) if name]
    await claim_deposit(tx, effects, order.customer, order.currency, order.number, names)
    await effects.save(tx)


async def _announce(
    tx: AsyncConnection,
    order: review.Reviewed,
    opened: list[Finding],
    cleared: list[str],
    state: str,
    now: datetime,
    *,
    waited_for_credit: bool,
) -> None:
    effects = Effects(SYSTEM.name, now)
    for reason in cleared:
        effects.note(order.number, "hold_cleared", reason=reason)
    for finding in opened:
        assert finding.reason is not None
        message = fill(HOLD_MESSAGES[finding.reason], finding.figures)
        effects.note(
            order.number, "order_held", before=order.state, after=state,
            **{**finding.figures, "reason": finding.reason.value, "message": message},
        )  # fmt: skip
    if state == "CONFIRMED":
        effects.note(order.number, "order_confirmed", before=order.state, after=state)
        effects.notice(
            "order_confirmed", order.email, order.language, document=order.number, order=order.number,
            customer_po=order.customer_po, name=order.name,
            total=order.total, currency=order.currency,
        )  # fmt: skip
    if waited_for_credit:  # who left free credit to this order looks again: it may not have taken it, or not all of it
        await tell_waiting(tx, effects, order.customer, order.number)
    await effects.save(tx)
