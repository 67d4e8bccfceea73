"""The shapes of payments."""

from __future__ import annotations

from starter.api.schemas.common import Currency, Moment, Money, PaymentState, Shown


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
