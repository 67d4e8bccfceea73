"""The shapes of invoices, and of the books."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from starter.api.schemas.common import Currency, Day, InvoiceState, Moment, Money, Quantity, Seller, Shown, ShownAddress
from starter.api.schemas.disputes import InvoiceDispute


class OrderInvoice(Shown):
    """An invoice as its order shows it."""

    number: str
    shipment: str
    state: InvoiceState
    net: Money
    tax: Money
    total: Money
    paid: Money
    outstanding: Money
    currency: Currency
    posted_at: Moment
    due_date: Day


class InvoiceRow(OrderInvoice):
    """An invoice as the list shows it; `invoice_date` is the day of the posting where the customer is."""

    order: str
    customer: str
    customer_name: str
    customer_po: str | None
    invoice_date: Day


class BillTo(Shown):
    """Whose invoice it is."""

    code: str
    name: str
    address: ShownAddress | None


class InvoiceLine(Shown):
    """What was delivered of an order line, at the order's price."""

    line: int
    sku: str
    name: str
    unit: str
    quantity: Quantity
    unit_price: Money
    discount_percent: Quantity
    tax_rate: Annotated[Quantity, Field(description='a fraction: "0.2" is twenty percent')]
    net: Money
    tax: Money


class PlannedReminder(Shown):
    """The reminder that comes next, at the earliest at `at`; level 0 is the courtesy before the due date.

    `held_back`: all of it is disputed, less is outstanding than is reminded of, or the order is paused.
    """

    level: int
    at: Moment
    held_back: Literal["disputed", "below_minimum", "paused"] | None


class Instalment(Shown):
    """A part of the invoice with a due date of its own."""

    instalment: int
    amount: Money
    paid: Money
    outstanding: Money
    due_date: Day
    due_at: Moment
    settled_at: Moment | None
    reminder_level: int | None
    next_reminder: Annotated[
        PlannedReminder | None, Field(description="null when it is paid, or when the last level was sent")
    ]


class OpenInstalment(Shown):
    """An instalment that is not paid: what was sent last, and what is planned."""

    invoice: str
    instalment: int
    order: str
    customer: str
    customer_name: str
    currency: Currency
    amount: Money
    outstanding: Money
    disputed: Money
    due_date: Day
    due_at: Moment
    reminder_level: int | None
    reminded_at: Moment | None
    next_reminder: Annotated[PlannedReminder | None, Field(description="null when the last level was sent")]


class InvoiceApplication(Shown):
    """What a payment settled of an instalment."""

    payment: str
    instalment: int
    amount: Money
    at: Moment


class SentReminder(Shown):
    """A reminder that was sent; level 0 is the courtesy before the due date."""

    instalment: int
    level: int
    outstanding: Money
    fee: Money
    interest: Money
    sent_at: Moment


class Invoice(InvoiceRow):
    """An invoice with its lines, instalments, payments and reminders."""

    payment_terms: str
    ship_to: ShownAddress | None
    language: str
    seller: Seller
    bill_to: BillTo
    lines: list[InvoiceLine]
    instalments: list[Instalment]
    applications: list[InvoiceApplication]
    reminders: list[SentReminder]
    disputes: list[InvoiceDispute]


class VoucherLine(Shown):
    """One side of a voucher."""

    account: str
    name: str
    customer: str | None
    debit: Money
    credit: Money


class Voucher(Shown):
    """An entry of the journal; its debits equal its credits."""

    id: int
    at: Moment
    kind: str
    document: str
    order: str | None
    currency: Currency
    lines: list[VoucherLine]


class AccountSum(Shown):
    """The sums of an account."""

    account: str
    name: str
    debit: Money
    credit: Money
    balance: Money


class CurrencyBalance(Shown):
    """The accounts of one currency."""

    currency: Currency
    accounts: list[AccountSum]
    debit: Money
    credit: Money
    balanced: bool


class TrialBalance(Shown):
    """The trial balance, currency by currency."""

    currencies: list[CurrencyBalance]
