"""The review: what each rule saw, the holds, and the credit that an approval reserves."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from db.tables.columns import amount as exact
from db.tables.columns import document, moment, optional_amount, optional_moment, reference


class ReviewFinding(SQLModel, table=True):
    """The latest verdict of a rule on an order, with the figures it saw."""

    __tablename__ = "review_finding"
    order_number: str = reference("sales_order.number", primary_key=True)
    rule: str = Field(primary_key=True)
    outcome: str
    figures: dict[str, Any] = document()
    at: datetime = moment()


class Hold(SQLModel, table=True):
    """Why an order waits for a person; released by name, for an amount and until a date."""

    __tablename__ = "hold"
    __table_args__ = (
        Index("hold_once", "order_number", "reason", unique=True, postgresql_where=text("status = 'OPEN'")),
        Index("hold_open", "status", "id"),
        Index("hold_due", "deadline", "id", postgresql_where=text("status = 'OPEN'")),
        Index("hold_decided", "decided_at", postgresql_where=text("decided_at IS NOT NULL")),
        CheckConstraint("status NOT IN ('RELEASED','REJECTED') OR decided_by IS NOT NULL", name="hold_decided_by_name"),
    )
    id: int | None = Field(default=None, primary_key=True)
    order_number: str = reference("sales_order.number")
    reason: str
    owner_role: str
    deadline: datetime = moment()
    status: str
    figures: dict[str, Any] = document()
    opened_at: datetime = moment()
    escalated_at: datetime | None = optional_moment()
    decided_by: str | None = None
    decided_at: datetime | None = optional_moment()
    comment: str | None = None
    amount: Decimal | None = optional_amount()
    until: date | None = None


class CreditReservation(SQLModel, table=True):
    """Credit that a confirmed order takes until it is billed: within the limit, or released by name."""

    __tablename__ = "credit_reservation"
    __table_args__ = (
        CheckConstraint("amount >= 0", name="reservation_amount"),
        CheckConstraint(
            "limit_seen IS NULL OR exposure_after <= limit_seen OR released_by IS NOT NULL", name="within_the_limit"
        ),
    )
    order_number: str = reference("sales_order.number", primary_key=True)
    customer: str = reference("customer.code")
    amount: Decimal = exact(None)
    exposure_after: Decimal = exact(None)
    limit_seen: Decimal | None = optional_amount()
    released_by: str | None = None
    at: datetime = moment()
