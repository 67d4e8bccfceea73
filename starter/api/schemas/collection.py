"""The shapes of payments."""

from __future__ import annotations

from typing import Literal

from starter.api.schemas.common import Currency, Day, Moment, Money, PaymentState, Shown


class OrderPayment(Shown):
    """A payment as the order that it belongs to shows it."""

    number: str
    provider: str
    reference: str | None
    amount: Money
    applied: Money
    refunded: Money
    unapplied: Money
    currency: Currency
    received_at: Moment
    state: PaymentState


class PaymentRow(OrderPayment):
    """A payment as the list shows it; `invoice` is the invoice that its sender named."""

    provider_payment_id: str
    customer: str | None
    order: str | None
    invoice: str | None
    recorded_at: Moment
    recorded_by: str


class PaymentApplication(Shown):
    """What the payment settled of an instalment."""

    invoice: str
    instalment: int
    order: str
    amount: Money
    at: Moment


class Payment(PaymentRow):
    """A payment with what it was applied to."""

    applications: list[PaymentApplication]


class Suggestion(Shown):
    """An open invoice that a payment may be for, why, and how much would be applied."""

    invoice: str
    order: str
    customer: str
    customer_name: str
    customer_po: str | None
    total: Money
    outstanding: Money
    currency: Currency
    due_date: Day
    amount: Money
    reason: Literal["reference", "amount", "oldest"]
