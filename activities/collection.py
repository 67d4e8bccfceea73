"""Collection: an instalment is watched until it is paid; reminders go out one level at a time, each once."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from db.engine import autocommit, settled
from db.locks import lock_orders
from db.queries import collection, invoicing, policies
from db.queries.effects import Effects
from domain.actor import Actor, Role
from domain.collection import charges, worth_reminding
from domain.errors import OrderkeepError
from domain.facts import PaymentFact
from domain.policy import Policy
from domain.steps import InstalmentOutcome, InstalmentStep, PaymentStep, ReminderStep
from intake.collection import instalment_outcome, record_payment

_INTEGRATION = Actor("temporal signal", Role.INTEGRATION)


@activity.defn
async def record_payment_signal(step: PaymentStep) -> str:
    """A payment message that came straight to the workflow: recorded, or set aside on the timeline with the reason.

    Safe to repeat: a payment is recorded once under its provider's id, a refusal once per message and instant. Returns
    the payment's number, or "".
    """
    try:
        fact = PaymentFact.model_validate(step.fact)
        return await settled(lambda tx: _record(tx, fact, step.now))
    except (ValidationError, OrderkeepError) as error:
        reason = _reason(error)
    await settled(lambda tx: _set_aside(tx, step, reason))
    return ""


async def _set_aside(tx: AsyncConnection, step: PaymentStep, reason: str) -> None:
    message = _legible(step.fact if isinstance(step.fact, str) else repr(step.fact))[:500]
    await lock_orders(tx, [step.order])
    if await collection.refused_before(tx, step.order, message, step.now):
        return
    effects = Effects(_INTEGRATION.name, step.now)
    effects.note(step.order, "payment_refused", reason=_legible(reason)[:500], message=message)
    await effects.save(tx)


def _legible(text: str) -> str:
    """What PostgreSQL can keep: no null bytes, no halves of characters."""
    return text.replace("\0", "\\0").encode(errors="backslashreplace").decode()


async def _record(tx: AsyncConnection, fact: PaymentFact, now: datetime) -> str:
    return (await record_payment(tx, _INTEGRATION, fact, now)).number


def _reason(error: ValidationError | OrderkeepError) -> str:
    if isinstance(error, OrderkeepError):
        return f"{error.detail} {' '.join(wrong.detail for wrong in error.errors)}".strip()
    return "; ".join(f"{'/'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in error.errors()[:3])


@activity.defn
async def look_at_instalment(step: InstalmentStep) -> InstalmentOutcome:
    """Whether the instalment is settled, and which reminder comes next. Reads only."""
    async with autocommit() as tx:
        row = (await invoicing.instalments(tx, step.invoice, step.instalment))[0]
        return instalment_outcome(row, await policies.policy(tx, row.policy_version))


@activity.defn
async def send_reminder(step: ReminderStep) -> InstalmentOutcome:
    """Send the reminder of a level, unless all is paid or disputed. Safe to repeat: one per instalment and level."""

    async def work(tx: AsyncConnection) -> InstalmentOutcome:
        row = await invoicing.locked_instalment(tx, step.invoice, step.instalment)
        policy = await policies.policy(tx, row.policy_version)
        if row.undisputed > 0 and (row.level is None or row.level < step.level):
            await _remind(tx, row, step, policy)
            row = (await invoicing.instalments(tx, step.invoice, step.instalment))[0]
        return instalment_outcome(row, policy)

    return await settled(work)


async def _remind(tx: AsyncConnection, row: invoicing.InstalmentRow, step: ReminderStep, policy: Policy) -> None:
    rung = next((level for level in policy.reminders if level.level == step.level), None)
    late = Decimal(str((step.now - row.due_at) / policy.day))
    fee, interest = (Decimal(0), Decimal(0)) if rung is None else charges(row.undisputed, late, rung, row.currency)
    await invoicing.keep_reminder(tx, row, step.level, fee, interest, step.now)
    if not worth_reminding(row.undisputed, policy):
        return
    effects = Effects("system", step.now)
    figures: dict[str, Any] = {
        "invoice": row.invoice, "level": step.level, "outstanding": row.undisputed, "currency": row.currency,
        "due_date": row.due_date, "fee": fee, "interest": interest,
    }  # fmt: skip
    effects.note(row.order_number, "reminder_sent", document=row.invoice, **figures)
    effects.notice(
        f"reminder_{step.level}" if step.level else "reminder_courtesy", row.email, row.language,
        document=f"{row.invoice}/{row.instalment}", order=row.order_number,
        customer_po=row.customer_po, name=row.name, days_overdue=max(int(late), 0), **figures,
    )  # fmt: skip
    await effects.save(tx)
