"""What leaves the database: messages to the engine, notices to people, and the plan of an undo."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Identity, Index, text
from sqlmodel import Field, SQLModel

from db.tables.columns import document, moment, optional_moment, reference


class EngineOutbox(SQLModel, table=True):
    """A start or a signal for the engine, committed with the fact that caused it."""

    __tablename__ = "engine_outbox"
    __table_args__ = (Index("outbox_pending", "id", postgresql_where=text("sent_at IS NULL")),)
    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    kind: str
    workflow_type: str
    workflow_id: str
    signal: str | None = None
    payload: dict[str, Any] = document()
    created_at: datetime = moment()
    claimed_until: datetime | None = optional_moment()
    sent_at: datetime | None = optional_moment()
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    outcome: str | None = None


class Notice(SQLModel, table=True):
    """An e-mail, one per event and recipient."""

    __tablename__ = "notice"
    __table_args__ = (Index("notice_pending", "next_attempt_at", postgresql_where=text("sent_at IS NULL")),)
    key: str = Field(primary_key=True)
    event: str
    recipient: str
    language: str
    figures: dict[str, Any] = document()
    order_number: str | None = reference("sales_order.number", nullable=True)
    created_at: datetime = moment()
    next_attempt_at: datetime = moment()
    sent_at: datetime | None = optional_moment()
    attempts: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    error: str | None = None


class UndoStep(SQLModel, table=True):
    """One effect of a cancelled order and how it is undone."""

    __tablename__ = "undo_step"
    order_number: str = reference("sales_order.number", primary_key=True)
    position: int = Field(primary_key=True)
    effect: str
    action: str
    document: str | None = None
    status: str
    at: datetime = moment()
