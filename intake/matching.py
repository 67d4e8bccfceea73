"""Matching by hand: a person says which open invoice unapplied cash is for."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncConnection

from db.locks import lock_accounts, lock_orders
from db.queries import collection, ledger, matching, shown
from db.queries.effects import Effects
from domain.actor import Actor
from domain.errors import FieldError, IllegalMove, Invalid, NotFound, told
from domain.invoicing import application_voucher, payer_voucher
from domain.money import not_payable
from domain.order_life import moves_from
from domain.requests import Match
from intake.collection import settle
from intake.credit_queue import may_look_again


async def apply_payment(tx: AsyncConnection, actor: Actor, number: str, match: Match, now: datetime) -> None:
    """Settle an open invoice with what is unapplied of a payment; all that fits unless an amount is given.

    A payment of an unknown payer becomes the customer's by this. Errors: NotFound; IllegalMove when nothing is left of
    the payment or of the invoice; Invalid for another currency or customer and for too much.
    """
    payment, bill = await _locked(tx, number, match.invoice)
    amount = _fitting(payment, bill, match.amount)
    effects = Effects(actor.name, now)
    if payment.customer is None:
        await collection.own(tx, number, bill.customer, None)
        voucher = payer_voucher(payment.unapplied, bill.customer)
        await ledger.post(tx, f"payer/{number}", "payer", number, bill.currency, now, voucher, bill.order_number)
    items = [
        item for item in await collection.open_items(tx, bill.customer, bill.currency) if item.invoice == bill.number
    ]
    pieces = await settle(tx, effects, payment, bill.customer, items, now, at_most=amount)
    key = f"application/{number}/{bill.number}/{payment.amount - payment.unapplied}"
    settled = [(piece.customer, piece.amount) for piece in pieces]
    voucher = application_voucher(bill.customer, settled)
    await ledger.post(tx, key, "application", number, bill.currency, now, voucher, bill.order_number)
    await _tell(tx, effects, payment, bill)
    await effects.save(tx)


async def _locked(tx: AsyncConnection, number: str, invoice: str) -> tuple[collection.PaymentRow, matching.Bill]:
    """The payment and the invoice under the locks of their orders, the account and the payment, in this order."""
    payment = await matching.payment(tx, number)
    if payment is None:
        raise NotFound(told("There is no payment {number}.", number=number))
    bill = await matching.bill(tx, invoice)
    if bill is None:
        detail = told("There is no invoice {number}.", number=invoice)
        raise Invalid(detail, errors=[FieldError("/invoice", detail)])
    orders = {bill.order_number, *([payment.order_number] if payment.order_number else [])}
    while True:
        attempt = await tx.begin_nested()
        await lock_orders(tx, orders)
        await lock_accounts(tx, [bill.customer])
        payment, bill = await matching.locked_payment(tx, number), await matching.bill(tx, invoice)
        assert payment is not None and bill is not None  # neither is ever deleted
        if payment.order_number is None or payment.order_number in orders:
            await attempt.commit()
            return payment, bill
        await attempt.rollback()
        orders.add(payment.order_number)


def _fitting(payment: collection.PaymentRow, bill: matching.Bill, wanted: Decimal | None) -> Decimal:
    """How much settles the invoice, or the refusal."""
    if payment.unapplied == 0 or payment.state in ("REVERSED", "REFUNDED"):
        detail = told("Payment {number} is {state}: nothing of it is left.", number=payment.number, state=payment.state)
        raise IllegalMove(detail, legal_moves=moves_from("payment", payment.state))
    if bill.outstanding == 0:
        detail = told("Invoice {number} is {state}: nothing is outstanding.", number=bill.number, state=bill.state)
        raise IllegalMove(detail, legal_moves=moves_from("invoice", bill.state))
    if bill.currency != payment.currency:
        raise _refused(
            "/invoice",
            told(
                "The payment is in {currency}, the invoice in {other}.", currency=payment.currency, other=bill.currency
            ),
        )
    if payment.customer not in (None, bill.customer):
        raise _refused(
            "/invoice",
            told(
                "The payment is of {customer}, the invoice of {other}.", customer=payment.customer, other=bill.customer
            ),
        )
    if wanted is None:
        return min(payment.unapplied, bill.outstanding)
    for most, pattern in (
        (payment.unapplied, "Only {amount} {currency} of the payment are unapplied."),
        (bill.outstanding, "Only {amount} {currency} of the invoice are outstanding."),
    ):
        if wanted > most:
            written = f"{shown.money(most, bill.currency):f}"
            raise _refused("/amount", told(pattern, amount=written, currency=bill.currency))
    if (why := not_payable(wanted, bill.currency)) is not None:
        raise _refused("/amount", why)
    return wanted


def _refused(pointer: str, detail: str) -> Invalid:
    return Invalid("The payment cannot be applied like this.", errors=[FieldError(pointer, detail)])


async def _tell(tx: AsyncConnection, effects: Effects, payment: collection.PaymentRow, bill: matching.Bill) -> None:
    """The orders of the invoice and of the payment hear of it as of any payment, then those that wait for money."""
    orders = sorted({bill.order_number, *([payment.order_number] if payment.order_number else [])})
    orders += [order for order in await may_look_again(tx, bill.customer) if order not in orders]
    for order in orders:
        effects.tell_order(order, "payment_received", recorded_as=payment.number)
