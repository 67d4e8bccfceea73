"""Invoicing: a delivered shipment is billed once, with a gapless number and a balanced voucher."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio import activity

from db.engine import settled
from db.locks import lock_accounts
from db.queries import collection, invoicing, ledger, policies
from db.queries.effects import Effects
from domain.actor import SYSTEM
from domain.collection import invoice_state
from domain.invoicing import Instalment, instalments, invoice_voucher, parse_terms
from domain.money import share
from domain.policy import Policy
from domain.steps import InstalmentPlan, InvoiceOutcome, ShipmentStep
from intake.collection import apply_cash_on_account, instalment_outcome


@activity.defn
async def post_invoice(step: ShipmentStep) -> InvoiceOutcome:
    """Bill a delivered shipment and meet the customer's unapplied cash. Safe to repeat: one invoice per shipment.

    A shipment that is not delivered is not billed; its state is the answer.
    """
    return await settled(lambda tx: _post(tx, step))


async def _post(tx: AsyncConnection, step: ShipmentStep) -> InvoiceOutcome:
    header = await invoicing.billing_header(tx, step.number, step.order)
    policy = await policies.policy(tx, header.policy_version)
    if header.invoice is not None:
        return _outcome(header, header.invoice, await invoicing.instalments(tx, header.invoice), policy)
    if header.shipment_state != "DELIVERED":
        return InvoiceOutcome(shipment_state=header.shipment_state, order_state=header.order_state)
    lines = await _lines(tx, step.number, header)
    net = sum((line.net for line in lines), Decimal(0))
    tax = sum((line.tax for line in lines), Decimal(0))
    terms = parse_terms(header.payment_terms)
    assert terms is not None
    parts = instalments(net + tax, header.currency, terms, step.now, policy.day, header.time_zone)
    await lock_accounts(tx, [header.customer])
    cash = await collection.cash_waits(tx, header.customer, header.currency)
    state = invoice_state(net + tax, Decimal(0))
    # The gapless number makes every other invoice wait until this one is committed: little may follow it.
    number = await invoicing.post_invoice(tx, header, step.number, lines, parts, state, step.now)
    await ledger.post(
        tx, f"invoice/{step.number}", "invoice", number, header.currency, step.now,
        invoice_voucher(header.customer, net, tax), header.number,
    )  # fmt: skip
    effects = Effects(SYSTEM.name, step.now)
    _announce(effects, header, number, state, net + tax, parts)
    if cash:
        names = [name for name in (number, header.number, step.number, header.customer_po) if name]
        await apply_cash_on_account(tx, effects, header.customer, header.currency, header.number, names, step.now)
    await effects.save(tx)
    rows = (
        await invoicing.instalments(tx, number) if cash else invoicing.new_instalments(header, number, parts, step.now)
    )
    return _outcome(header, number, rows, policy)


async def _lines(tx: AsyncConnection, shipment: str, header: invoicing.BillingHeader) -> list[invoicing.BilledLine]:
    """Each line's share of what was ordered; all shares of a line add up to its amount."""
    return [
        invoicing.BilledLine(
            line.line,
            line.sku,
            line.quantity,
            share(line.net, line.quantity, line.ordered, line.billed, header.currency),
            share(line.tax, line.quantity, line.ordered, line.billed, header.currency),
        )
        for line in await invoicing.billable(tx, shipment)
    ]


def _announce(
    effects: Effects,
    header: invoicing.BillingHeader,
    number: str,
    state: str,
    total: Decimal,
    parts: Sequence[Instalment],
) -> None:
    figures: dict[str, Any] = {
        "invoice": number, "total": total, "currency": header.currency, "due_date": parts[-1].due_date,
    }  # fmt: skip
    effects.note(header.number, "invoice_posted", document=number, after=state, **figures)
    effects.notice(
        "invoice_posted", header.email, header.language, document=number, order=header.number,
        customer_po=header.customer_po, name=header.name, **{**figures, **_when_to_pay(parts)},
    )  # fmt: skip


def _when_to_pay(parts: Sequence[Instalment]) -> dict[str, Any]:
    """What the letter says of dates: one date, or every instalment, since the last date alone would mislead."""
    if len(parts) == 1:
        return {}
    told = [{"due_date": part.due_date, "amount": part.amount} for part in parts if part.amount]
    return {"due_date": None, "instalments": told}


def _outcome(
    header: invoicing.BillingHeader, invoice: str, rows: Sequence[invoicing.InstalmentRow], policy: Policy
) -> InvoiceOutcome:
    plans = tuple(
        InstalmentPlan(
            invoice=row.invoice,
            instalment=row.instalment,
            due_at=row.due_at,
            status=instalment_outcome(row, policy),
        )
        for row in rows
    )
    return InvoiceOutcome(
        shipment_state=header.shipment_state, order_state=header.order_state, invoice=invoice, instalments=plans
    )
