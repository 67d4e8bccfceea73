"""What comes after delivery: feedback and cases with their clocks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from db.tables.columns import moment, optional_moment, reference

_RUNNING_CLOCK = "(\nCASE\n WHEN responded_at IS NULL THEN respond_by\n ELSE resolve_by\nEND)"
"""In lines as PostgreSQL shows it, or the comparison with the database would find a difference."""


class Feedback(SQLModel, table=True):
    """The customer's answer to the follow-up question."""

    __tablename__ = "feedback"
    __table_args__ = (CheckConstraint("score BETWEEN 1 AND 5", name="feedback_score"),)
    order_number: str = reference("sales_order.number", primary_key=True)
    score: int
    comment: str | None = None
    recorded_by: str
    at: datetime = moment()


class SupportCase(SQLModel, table=True):
    """A case with a response and a resolution clock."""

    __tablename__ = "support_case"
    __table_args__ = (
        Index("case_recent", text("opened_at DESC"), text("number DESC")),
        Index(
            "case_due",
            text(_RUNNING_CLOCK),
            "number",
            postgresql_where=text("state IN ('NEW', 'ASSIGNED', 'IN_PROGRESS')"),
        ),
    )
    number: str = Field(primary_key=True)
    order_number: str = reference("sales_order.number")
    kind: str
    priority: str
    state: str
    subject: str
    description: str | None = None
    assignee: str | None = None
    policy_version: int = Field(foreign_key="policy_version.version")
    opened_by: str
    opened_at: datetime = moment()
    respond_by: datetime = moment()
    responded_at: datetime | None = optional_moment()
    warned_at: datetime | None = optional_moment()
    escalated_at: datetime | None = optional_moment()
    resolve_by: datetime = moment()
    waiting_since: datetime | None = optional_moment()
    resolved_at: datetime | None = optional_moment()
    closed_at: datetime | None = optional_moment()


class CaseNote(SQLModel, table=True):
    """What was done on a case, and by whom."""

    __tablename__ = "case_note"
    id: int | None = Field(default=None, primary_key=True)
    case_number: str = reference("support_case.number")
    at: datetime = moment()
    actor: str
    move: str
    comment: str | None = None
