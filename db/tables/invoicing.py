"""Invoices with gapless numbers, their instalments, and the journal that always balances."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Column, Computed, Index, text
from sqlmodel import Field, SQLModel

from db.tables.columns import EXACT, moment, optional_moment, reference
from db.tables.columns import amount as exact


class Invoice(SQLModel, table=True):
    """A posted invoice, one per shipment, immutable but for what is paid of it."""

    __tablename__ = "invoice"
    __table_args__ = (
        CheckConstraint("total = net + tax", name="invoice_total"),
        CheckConstraint("paid >= 0 AND paid <= total", name="invoice_paid"),
        Index("invoice_recent", text("posted_at DESC"), text("number DESC")),
        Index("invoice_in_state", "state", text("posted_at DESC"), text("number DESC")),
        Index("invoice_of_customer", "customer", text("posted_at DESC"), text("number DESC")),
        Index("invoice_open", "customer", postgresql_where=text("paid < total")),
    )
    number: str = Field(primary_key=True)
    shipment: str = Field(foreign_key="shipment.number", unique=True)
    order_number: str = reference("sales_order.number")
    customer: str = reference("customer.code", index=False)
    currency: str
    net: Decimal = exact(None)
    tax: Decimal = exact(None)
    total: Decimal = exact(None)
    paid: Decimal = exact()
    outstanding: Decimal = Field(sa_column=Column(EXACT, Computed("total - paid", persisted=True)))
    state: str
    posted_at: datetime = moment()
    due_date: date


class InvoiceLine(SQLModel, table=True):
    """What was delivered of an order line, at the order's price."""

    __tablename__ = "invoice_line"
    invoice: str = reference("invoice.number", primary_key=True)
    line: int = Field(primary_key=True)
    sku: str
    quantity: Decimal = exact(None)
    net: Decimal = exact(None)
    tax: Decimal = exact(None)


class Instalment(SQLModel, table=True):
    """A part of an invoice with a due date of its own; the last one absorbs rounding."""

    __tablename__ = "instalment"
    __table_args__ = (
        CheckConstraint("paid >= 0 AND paid <= amount", name="instalment_paid"),
        Index("instalment_due", "due_at", postgresql_where=text("paid < amount")),
    )
    invoice: str = reference("invoice.number", primary_key=True)
    instalment: int = Field(primary_key=True)
    amount: Decimal = exact(None)
    paid: Decimal = exact()
    due_at: datetime = moment()
    due_date: date
    settled_at: datetime | None = optional_moment()


class JournalEntry(SQLModel, table=True):
    """A voucher; its key makes it single, a deferred trigger makes it balance."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        Index("journal_recent", text("at DESC"), text("id DESC")),
        Index("journal_document", "document"),
    )
    id: int | None = Field(default=None, primary_key=True)
    effect_key: str = Field(unique=True)
    kind: str
    document: str
    order_number: str | None = reference("sales_order.number", nullable=True)
    currency: str
    at: datetime = moment()


class JournalLine(SQLModel, table=True):
    """One side of a voucher."""

    __tablename__ = "journal_line"
    __table_args__ = (
        CheckConstraint("debit >= 0 AND credit >= 0 AND (debit = 0) <> (credit = 0)", name="journal_one_side"),
        Index("journal_account", "account", "customer"),
    )
    entry: int = Field(foreign_key="journal_entry.id", primary_key=True)
    position: int = Field(primary_key=True)
    account: str
    customer: str | None = None
    debit: Decimal = exact()
    credit: Decimal = exact()
