"""Every table, gathered so that one metadata holds them all."""

from __future__ import annotations

from sqlalchemy import Text
from sqlmodel import AutoString, SQLModel

from db.tables import (
    access,
    after_sales,
    collection,
    forecast,
    invoicing,
    masters,
    messages,
    receipt,
    replenishment,
    review,
    shipping,
    stock,
    users,
)

METADATA = SQLModel.metadata
for _table in METADATA.tables.values():
    for _column in _table.columns:
        if isinstance(_column.type, AutoString):  # one type for all text: PostgreSQL infers parameters from it
            _column.type = Text()
__all__ = [
    "METADATA",
    "access",
    "after_sales",
    "collection",
    "forecast",
    "invoicing",
    "masters",
    "messages",
    "receipt",
    "replenishment",
    "review",
    "shipping",
    "stock",
    "users",
]
