"""Keys, policies and tax codes: what every stage reads before it decides."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlmodel import Field, SQLModel

from db.tables.columns import amount, document, moment, optional_moment


class ApiKey(SQLModel, table=True):
    """A key by its public prefix; only the SHA-256 of the secret part is stored."""

    __tablename__ = "api_key"
    prefix: str = Field(primary_key=True)
    hash: str
    name: str
    role: str
    created_at: datetime = moment()
    revoked_at: datetime | None = optional_moment()


class IdempotencyKey(SQLModel, table=True):
    """The answer given under a key, so that the same request gets it again."""

    __tablename__ = "idempotency_key"
    actor: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    route: str
    body_hash: str
    status: int | None = None
    response: str | None = None
    location: str | None = None
    created_at: datetime = moment()


class PolicyVersion(SQLModel, table=True):
    """The company's rules at one time; an order keeps the version it was submitted under."""

    __tablename__ = "policy_version"
    version: int | None = Field(default=None, primary_key=True)
    body: dict[str, Any] = document()
    created_at: datetime = moment()


class TaxCode(SQLModel, table=True):
    """A tax rate as a fraction: 0.2 is twenty percent."""

    __tablename__ = "tax_code"
    code: str = Field(primary_key=True)
    rate: Decimal = amount()


class LegalMove(SQLModel, table=True):
    """The table of legal moves, as the database enforces it; `domain/order_life.py` is its source."""

    __tablename__ = "legal_move"
    document: str = Field(primary_key=True)
    from_state: str = Field(primary_key=True)
    to_state: str = Field(primary_key=True)


class Counter(SQLModel, table=True):
    """A gapless number: taken under the row's lock, given back when the transaction rolls back."""

    __tablename__ = "counter"
    name: str = Field(primary_key=True)
    value: int = 0
