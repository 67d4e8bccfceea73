"""The shapes of supply orders: purchase and production."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from starter.api.schemas.common import Day, Moment, Quantity, Shown, SupplyState


class OrderSupply(Shown):
    """A supply order as the order that waits for it shows it."""

    number: str
    kind: Literal["purchase", "production"]
    sku: str
    quantity: Quantity
    received: Quantity
    state: SupplyState
    due_date: Day
    due_at: Moment
    supplier: str | None


class SupplyRow(OrderSupply):
    """A supply order as the list shows it."""

    name: str
    unit: str
    supplier_name: str | None
    remaining: Quantity
    created_at: Moment
    ordered_at: Moment | None
    chased_at: Moment | None


class SupplyLine(Shown):
    """What is ordered or made, and how much of it came."""

    sku: str
    name: str
    quantity: Quantity
    received: Quantity


class SupplyComponent(Shown):
    """A component of a production order: reserved first, consumed at completion."""

    sku: str
    name: str
    required: Quantity
    reserved: Quantity
    consumed: Quantity


class SupplyPeg(Shown):
    """Who waits: an order's line, or another supply order."""

    order: str | None
    line: int | None
    for_supply: str | None
    quantity: Quantity
    open: Quantity


class SupplyReceipt(Shown):
    """What arrived, or was completed."""

    warehouse: str
    quantity: Quantity
    reference: str | None
    actor: str
    at: Moment


class SupplyOrder(SupplyRow):
    """A supply order with its components, what arrived, and who waits for it."""

    lines: list[SupplyLine]
    components: list[SupplyComponent]
    pegs: list[SupplyPeg]
    receipts: list[SupplyReceipt]
    orders: list[str]


class ReceivedSupply(SupplyOrder):
    """A supply order after a receipt."""

    warnings: Annotated[list[str], Field(description="what to look at again, such as a warehouse that is new")]
