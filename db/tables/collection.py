"""Payments, what they were applied to, the reminders that were sent, and what customers dispute."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Column, Computed, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from db.tables.columns import EXACT, moment, optional_moment, reference
from db.tables.columns import amount as exact


class Payment(SQLModel, table=True):
    """Money that arrived; what is not applied waits as unapplied cash and is never lost."""

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("provider", "provider_payment_id", name="payment_once"),
        CheckConstraint("amount > 0", name="payment_amount"),
        CheckConstraint("applied >= 0 AND refunded >= 0 AND applied + refunded <= amount", name="payment_applied"),
        Index("payment_to_match", "received_at", "number", postgresql_where=text("unapplied > 0")),
        Index("payment_unapplied", "customer", postgresql_where=text("unapplied > 0")),
        Index("payment_in_state", "state", text("received_at DESC"), text("number DESC")),
        Index("payment_recent", text("received_at DESC"), text("number DESC")),
        Index(
            "payment_reference",
            text("search_grams(reference, '')"),
            postgresql_using="gin",
            postgresql_where=text("reference IS NOT NULL"),
        ),
    )
    number: str = Field(primary_key=True)
    provider: str
    provider_payment_id: str
    customer: str | None = reference("customer.code", nullable=True)
    order_number: str | None = reference("sales_order.number", nullable=True)
    currency: str
    amount: Decimal = exact(None)
    applied: Decimal = exact()
    refunded: Decimal = exact()
    unapplied: Decimal = Field(sa_column=Column(EXACT, Computed("amount - applied - refunded", persisted=True)))
    reference: str | None = None
    invoice_reference: str | None = None
    state: str
    received_at: datetime = moment()
    recorded_at: datetime = moment()
    recorded_by: str


class PaymentApplication(SQLModel, table=True):
    """How much of a payment settled an instalment."""

    __tablename__ = "payment_application"
    __table_args__ = (
        ForeignKeyConstraint(["invoice", "instalment"], ["instalment.invoice", "instalment.instalment"]),
        CheckConstraint("amount > 0", name="application_amount"),
        Index("application_of", "invoice"),
        Index("application_recent", "at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    payment: str = reference("payment.number")
    invoice: str
    instalment: int
    amount: Decimal = exact(None)
    at: datetime = moment()


class Reminder(SQLModel, table=True):
    """A reminder, one per instalment and level; level 0 is the courtesy before the due date."""

    __tablename__ = "reminder"
    __table_args__ = (ForeignKeyConstraint(["invoice", "instalment"], ["instalment.invoice", "instalment.instalment"]),)
    invoice: str = Field(primary_key=True)
    instalment: int = Field(primary_key=True)
    level: int = Field(primary_key=True)
    outstanding: Decimal = exact(None)
    fee: Decimal = exact()
    interest: Decimal = exact()
    sent_at: datetime = moment()


class Dispute(SQLModel, table=True):
    """What a customer does not accept of an invoice: `amount` as it was said, `disputed` what is left of it."""

    __tablename__ = "dispute"
    __table_args__ = (
        CheckConstraint("amount > 0 AND disputed >= 0 AND disputed <= amount", name="dispute_amount"),
        CheckConstraint("status IN ('OPEN', 'UPHELD', 'WITHDRAWN', 'PAID')", name="dispute_status"),
        CheckConstraint("(disputed > 0) = (status IN ('OPEN', 'UPHELD'))", name="dispute_live"),
        CheckConstraint(
            "status NOT IN ('UPHELD', 'WITHDRAWN') OR decided_by IS NOT NULL", name="dispute_decided_by_name"
        ),
        Index("dispute_in_status", "status", "id"),
        Index("dispute_due", "opened_at", "id", postgresql_where=text("status = 'OPEN'")),
    )
    id: int | None = Field(default=None, primary_key=True)
    invoice: str = reference("invoice.number")
    amount: Decimal = exact(None)
    disputed: Decimal = exact(None)
    reason: str
    status: str
    opened_by: str
    opened_at: datetime = moment()
    decided_by: str | None = None
    decided_at: datetime | None = optional_moment()
    comment: str | None = None
