"""Payments, what they were applied to, and the reminders that were sent."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Column, Computed, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from db.tables.columns import EXACT, moment, reference
from db.tables.columns import amount as exact


class Payment(SQLModel, table=True):
    """Money that arrived; what is not applied waits as unapplied cash and is never lost."""

    __tablename__ = "payment"
    __table_args__ = (
        UniqueConstraint("provider", "provider_payment_id", name="payment_once"),
        CheckConstraint("amount > 0", name="payment_amount"),
        CheckConstraint("applied >= 0 AND refunded >= 0 AND applied + refunded <= amount", name="payment_applied"),
        Index("payment_unapplied", "customer", postgresql_where=text("unapplied > 0")),
        Index("payment_in_state", "state", text("received_at DESC"), text("number DESC")),
        Index("payment_recent", text("received_at DESC"), text("number DESC")),
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
