"""The few kinds of column that every table uses, so that money, quantities and times look the same everywhere."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Computed, DateTime, ForeignKey, Numeric, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

EXACT = Numeric(18, 4)


def amount(default: str | None = "0") -> Any:
    """Money or quantity: numeric(18,4), never a float."""
    return Field(sa_type=EXACT, sa_column_kwargs={} if default is None else {"server_default": text(default)})


def optional_amount() -> Any:
    """Money or quantity that may be unknown."""
    return Field(default=None, sa_type=EXACT, nullable=True)


def moment() -> Any:
    """An instant, stored with its zone."""
    return Field(sa_type=DateTime(timezone=True))


def optional_moment() -> Any:
    """An instant that may not have come yet."""
    return Field(default=None, sa_type=DateTime(timezone=True), nullable=True)


def document() -> Any:
    """A JSON document."""
    return Field(sa_column=Column(JSONB, nullable=False, server_default=text("'{}'::jsonb")))


def optional_document() -> Any:
    """A JSON document that may be absent."""
    return Field(default=None, sa_column=Column(JSONB, nullable=True))


def flag(default: str = "false") -> Any:
    """Yes or no."""
    return Field(sa_column=Column(Boolean, nullable=False, server_default=text(default)))


def reference(target: str, *, nullable: bool = False, index: bool = True, primary_key: bool = False) -> Any:
    """A foreign key; deletions are refused, since no document is ever deleted."""
    column = Column(
        Text, ForeignKey(target), nullable=nullable, index=index and not primary_key, primary_key=primary_key
    )
    return Field(default=None, sa_column=column) if nullable else Field(sa_column=column)


def derived(expression: str) -> Any:
    """A text that PostgreSQL itself derives from the other columns of the row."""
    return Field(sa_column=Column(Text, Computed(expression, persisted=True)))
