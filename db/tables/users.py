"""People who sign in: who they are, where they are signed in, who stands in for whom, and what they have begun."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, text
from sqlmodel import Field, SQLModel

from db.tables.columns import document, flag, moment, optional_moment, reference


class AppUser(SQLModel, table=True):
    """A person of the company; the username stands in every timeline row that the person causes.

    `password_hash` is argon2id, NULL for one who signs in through the company's identity provider only (`subject`).
    """

    __tablename__ = "app_user"
    username: str = Field(primary_key=True)
    name: str
    role: str
    email: str | None = None
    language: str | None = None
    password_hash: str | None = None
    subject: str | None = Field(default=None, unique=True)
    active: bool = flag("true")
    failed_sign_ins: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    locked_until: datetime | None = optional_moment()
    created_at: datetime = moment()


class AccountChange(SQLModel, table=True):
    """Who opened, changed, closed or reset an account, and what about it was different before and after."""

    __tablename__ = "account_change"
    __table_args__ = (Index("account_change_of", "username", "id"),)
    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    username: str = reference("app_user.username", index=False)
    at: datetime = moment()
    actor: str
    event: str
    before: dict[str, Any] = document()
    after: dict[str, Any] = document()


class UserSession(SQLModel, table=True):
    """A browser that is signed in; only the SHA-256 of its cookie is kept."""

    __tablename__ = "user_session"
    token_hash: str = Field(primary_key=True)
    username: str = reference("app_user.username")
    created_at: datetime = moment()
    seen_at: datetime = moment()
    expires_at: datetime = moment()


class Delegation(SQLModel, table=True):
    """While somebody is away, another one has their queue and may do what they may."""

    __tablename__ = "delegation"
    __table_args__ = (
        CheckConstraint("away <> stand_in", name="delegation_to_another"),
        CheckConstraint("ends_at > begins_at", name="delegation_ends"),
        Index("delegation_of", "stand_in", "ends_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    away: str = reference("app_user.username")
    stand_in: str = reference("app_user.username", index=False)
    begins_at: datetime = moment()
    ends_at: datetime = moment()
    created_by: str
    created_at: datetime = moment()


class OrderDraft(SQLModel, table=True):
    """An order that somebody has begun to write: their own until it is submitted or thrown away."""

    __tablename__ = "order_draft"
    __table_args__ = (Index("draft_of", "username", "updated_at"),)
    id: str = Field(primary_key=True)
    username: str = reference("app_user.username", index=False)
    body: dict[str, Any] = document()
    updated_at: datetime = moment()


class OrderUpload(SQLModel, table=True):
    """A file of orders that somebody uploaded: what it is, what was found in it, and what became of it.

    `content` goes when all of it was worked off; the report stays.
    """

    __tablename__ = "order_upload"
    __table_args__ = (Index("upload_of", "username", "created_at"),)
    id: str = Field(primary_key=True)
    username: str = reference("app_user.username", index=False)
    file: str
    content: bytes | None = Field(default=None, nullable=True)
    size: int
    settings: dict[str, Any] = document()
    state: str
    phase: str | None = None
    done: int = Field(sa_column=Column(BigInteger, nullable=False, server_default=text("0")))
    found: dict[str, Any] = document()
    problems: str | None = None
    created_at: datetime = moment()
    updated_at: datetime = moment()
