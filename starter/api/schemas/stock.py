"""The shapes of stock: a level, and the answer to a movement."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from starter.api.schemas.common import Quantity, Shown


class _Level(Shown):
    sku: str
    warehouse: str
    on_hand: Quantity
    reserved: Quantity
    available: Quantity


class StockRow(_Level):
    """What is there of a product in a warehouse."""

    name: str
    unit: str


class MovedStock(_Level):
    """A movement as it was recorded, and what is there after it."""

    quantity: Quantity
    reason: Literal["opening", "receipt", "adjustment", "count"]
    reference: str | None
    warnings: Annotated[list[str], Field(description="what to look at again, such as a warehouse that is new")]
