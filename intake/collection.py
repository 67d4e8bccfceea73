"""Collection: money arrives; it is recorded once, matched to what it means, and the rest waits as unapplied cash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from db.locks import lock_accounts, lock_orders
from db.queries import collection, invoicing, ledger, shown
from db.queries.effects import Effects
from domain.actor import Actor
from domain.collection import (
    Application,
    HeldBack,
    OpenItem,
    applications,
    payment_state,
    ranked,
    upcoming,
)
from domain.errors import FieldError, Invalid, told
from domain.facts import PaymentFact
from domain.invoicing import application_voucher, payer_voucher, payment_voucher
from domain.money import not_currency, not_payable
from domain.policy import Policy
from domain.steps import InstalmentOutcome
from intake.credit_queue import may_look_again, tell_waiting


@dataclass(frozen=True, slots=True)
class Recorded:
    """The payment's number; `created` False when the provider's id was recorded before."""

    number: str
    created: bool


async def record_payment(tx: AsyncConnection, actor: Actor, fact: PaymentFact, now: datetime) -> Recorded:
    """Record money that arrived, settle what it means, keep the rest as unapplied cash; nothing is ever lost.

    An unknown customer, invoice or reference is no error: the money is there. Safe to repeat by (provider, provider's
    payment id); another amount under the same id is refused. Errors: Invalid.
    """
    if (why := not_currency(fact.currency)) is not None:
        raise Invalid("The payment cannot be recorded.", errors=[FieldError("/currency", why)])
    if (why := not_payable(fact.amount, fact.currency)) is not None:
        raise Invalid("The payment cannot be recorded.", errors=[FieldError("/amount", why)])
    number = await collection.insert_payment(tx, fact, actor.name, now)
    if number is None:
        return await _recorded_before(tx, fact)
    meant = await collection.meant(tx, fact)
    effects = Effects(actor.name, now)
    pieces: list[Application] = []
    if meant.customer is not None:
        pieces = await _settle_new(tx, effects, number, meant, fact, now)
    else:
        await collection.set_state(tx, number, "UNAPPLIED")
    settled = [(piece.customer, piece.amount) for piece in pieces]
    await ledger.post(
        tx, f"payment/{number}", "payment", number, fact.currency, now,
        payment_voucher(fact.amount, meant.customer, settled), pieces[0].order if pieces else meant.order_number,
    )  # fmt: skip
    await _tell(tx, effects, number, fact, meant, pieces)
    await effects.save(tx)
    return Recorded(number, created=True)


async def _recorded_before(tx: AsyncConnection, fact: PaymentFact) -> Recorded:
    number, amount, currency = await collection.twin(tx, fact)
    if (amount, currency) != (fact.amount, fact.currency):
        detail = told(
            "{provider}'s payment {provider_payment_id} is recorded as {number} over {amount} {currency}.",
            provider=fact.provider,
            provider_payment_id=fact.provider_payment_id,
            number=number,
            amount=f"{shown.money(amount, currency):f}",
            currency=currency,
        )
        raise Invalid(
            "Another amount came under the same payment id.", errors=[FieldError("/provider_payment_id", detail)]
        )
    return Recorded(number, created=False)


async def _settle_new(
    tx: AsyncConnection,
    effects: Effects,
    number: str,
    meant: collection.Meant,
    fact: PaymentFact,
    now: datetime,
) -> list[Application]:
    assert meant.customer is not None
    payment = collection.new_payment(number, fact, meant)
    items = await _locked_items(tx, payment, meant.customer)
    await collection.own(tx, number, meant.customer, meant.order_number)
    return await settle(tx, effects, payment, meant.customer, items, now)


async def _locked_items(tx: AsyncConnection, payment: collection.PaymentRow, customer: str) -> list[OpenItem]:
    """What the payment may settle, under the locks of the orders and of the account.

    Orders are locked before the account. An order that is billed while we wait for the account is seen only then: we
    let go of everything and begin again, or its invoice would stay open beside cash that nobody looks at.
    """
    if payment.order_number is not None:
        orders = {payment.order_number}
    else:
        orders = {item.order for item in _chosen(await collection.open_items(tx, customer, payment.currency), payment)}
    while True:
        attempt = await tx.begin_nested()
        await lock_orders(tx, orders)
        await lock_accounts(tx, [customer])
        items = _chosen(await collection.open_items(tx, customer, payment.currency), payment)
        late = {item.order for item in items} - orders
        if not late:
            await attempt.commit()
            return items
        await attempt.rollback()
        orders |= late


def _chosen(items: list[OpenItem], payment: collection.PaymentRow) -> list[OpenItem]:
    """A payment settles all that it names, then the rest of its order; without an order it goes by amount, then age."""
    if payment.order_number is None:
        return ranked(items, payment.unapplied, [])
    named = ranked(items, payment.unapplied, payment.references)
    of_order = ranked([item for item in items if item.order == payment.order_number], payment.unapplied, [])
    return [*named, *(item for item in of_order if item not in named)]


async def settle(
    tx: AsyncConnection,
    effects: Effects,
    payment: collection.PaymentRow,
    customer: str,
    items: list[OpenItem],
    now: datetime,
    *,
    at_most: Decimal | None = None,
) -> list[Application]:
    """Settle items with a payment in the order given, under the locks of their orders and of the account.

    Writes applications, states and timeline; the voucher and the messages are the caller's.
    """
    pieces = applications(items, payment.unapplied if at_most is None else at_most)
    applied = sum((piece.amount for piece in pieces), Decimal(0))
    state = payment_state(payment.amount, payment.amount - payment.unapplied + applied)
    if pieces:
        await collection.apply(tx, payment.number, customer, pieces, state, now)
    else:
        await collection.set_state(tx, payment.number, state)
    orders = {piece.order for piece in pieces} | ({payment.order_number} if payment.order_number else set())
    await collection.count_received(tx, sorted(orders))
    outstanding = {item.invoice: item.invoice_outstanding for item in items}
    for piece in pieces:
        effects.note(
            piece.order, "payment_applied", document=piece.invoice, payment=payment.number, amount=piece.amount,
            currency=payment.currency, invoice=piece.invoice,
        )  # fmt: skip
        outstanding[piece.invoice] -= piece.amount
        if outstanding[piece.invoice] == 0:
            effects.note(piece.order, "invoice_paid", document=piece.invoice, invoice=piece.invoice, after="PAID")
    return pieces


async def _tell(
    tx: AsyncConnection,
    effects: Effects,
    number: str,
    fact: PaymentFact,
    meant: collection.Meant,
    pieces: list[Application],
) -> None:
    rest = fact.amount - sum((piece.amount for piece in pieces), Decimal(0))
    if rest and meant.order_number is not None:
        effects.note(
            meant.order_number, "payment_unapplied", document=number, payment=number, amount=rest,
            currency=fact.currency,
        )  # fmt: skip
    orders = {piece.order for piece in pieces} | ({meant.order_number} if meant.order_number else set())
    ordered = sorted(orders)
    if meant.customer is not None:
        ordered += [o for o in await may_look_again(tx, meant.customer) if o not in orders]
    for order in ordered:
        effects.tell_order(order, "payment_received", **fact.model_dump(mode="json"), recorded_as=number)


async def apply_cash_on_account(
    tx: AsyncConnection,
    effects: Effects,
    customer: str,
    currency: str,
    order: str,
    names: list[str],
    now: datetime,
) -> list[str]:
    """A new invoice meets the customer's unapplied cash: what names it or its order, then what names nothing.

    Runs under the locks of the order and of the account.
    Returns the numbers of the payments used.
    """
    used: list[str] = []
    found_its_payer = False
    for payment in await collection.on_account(tx, customer, currency, order, names):
        items = [item for item in await collection.open_items(tx, customer, currency) if item.order == order]
        if not items:
            break
        if payment.customer is None:
            found_its_payer = True
            await collection.own(tx, payment.number, customer, order)
            voucher = payer_voucher(payment.unapplied, customer)
            await ledger.post(tx, f"payer/{payment.number}", "payer", payment.number, currency, now, voucher, order)
        pieces = await settle(tx, effects, payment, customer, items, now)
        settled = [(piece.customer, piece.amount) for piece in pieces]
        key = f"application/{payment.number}/{items[0].invoice}"
        voucher = application_voucher(customer, settled)
        await ledger.post(tx, key, "application", payment.number, currency, now, voucher, order)
        used.append(payment.number)
    if found_its_payer:
        await tell_waiting(tx, effects, customer, order)
    return used


async def claim_deposit(
    tx: AsyncConnection, effects: Effects, customer: str, currency: str, order: str, names: list[str]
) -> None:
    """Cash that came before the prepaid order that it names is its deposit; under the locks of order and account."""
    found = await collection.deposits(tx, customer, currency, names)
    for payment in found:
        if payment.customer is None:
            await collection.own(tx, payment.number, customer, order)
            voucher = payer_voucher(payment.unapplied, customer)
            key = f"payer/{payment.number}"
            await ledger.post(tx, key, "payer", payment.number, currency, effects.now, voucher, order)
        else:
            await collection.put_by(tx, payment.number, order)
        effects.note(
            order, "payment_unapplied", document=payment.number, payment=payment.number, amount=payment.unapplied,
            currency=currency,
        )  # fmt: skip
    if found:
        await collection.count_received(tx, [order])
    if any(payment.customer is None for payment in found):
        await tell_waiting(tx, effects, customer, order)


def instalment_outcome(row: invoicing.InstalmentRow, policy: Policy) -> InstalmentOutcome:
    """Where the collection of an instalment stands, as its collector needs it: nothing comes of what is disputed."""
    if row.outstanding == 0:
        return InstalmentOutcome(settled=True)
    found = upcoming(row.reminded, policy)
    following = None if found.held_back is HeldBack.DISPUTED else found.reminder
    return InstalmentOutcome(
        settled=False,
        next_level=None if following is None else following.level,
        next_at=None if following is None else following.at,
    )
