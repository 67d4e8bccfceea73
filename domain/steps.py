"""What travels between a workflow and its steps: one input and one result per step, small and whole.

A result is what the database says after the step, so that a step that is run again returns the same.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """The parent of everything that crosses the engine."""

    model_config = ConfigDict(frozen=True)


class OrderRef(Value):
    """Which order a workflow lives for, and whether somebody has paused it."""

    number: str
    paused: bool = False


class OrderEnd(Value):
    """How the order's life ended."""

    number: str
    state: str


class OrderStep(Value):
    """A step on an order at an instant of the workflow's time."""

    number: str
    now: datetime


class ReviewOutcome(Value):
    """Where the review stands: `held` while holds are open; then `state` says confirmed or how the order ended."""

    state: str
    held: bool = False
    reasons: tuple[str, ...] = ()
    escalate_at: datetime | None = None
    expires_at: datetime | None = None


class StockOutcome(Value):
    """What is allocated now, and whether pieces wait for supply; `state` says when the order left fulfilment.

    `shipments` are those there are when nothing is to be shipped now: a step whose answer was lost may have made some.
    """

    state: str
    shippable: bool = False
    waiting: bool = False
    shipments: tuple[str, ...] = ()


class ShipmentRef(Value):
    """A shipment and the state in which it was seen."""

    number: str
    state: str


class ShipmentsOutcome(Value):
    """Every shipment of the order that is not cancelled, in order."""

    shipments: tuple[ShipmentRef, ...]


class ShipmentStep(Value):
    """A step on a shipment."""

    number: str
    order: str
    now: datetime


class ShipmentOutcome(Value):
    """The shipment's state; `poll_at` says when to ask the carrier if nothing is heard."""

    state: str
    poll_at: datetime | None = None


class InstalmentOutcome(Value):
    """Whether the instalment is settled; else the next reminder and when it may be sent, if one is left."""

    settled: bool
    next_level: int | None = None
    next_at: datetime | None = None


class InstalmentPlan(Value):
    """An instalment of an invoice and where its collection stands."""

    invoice: str
    instalment: int
    due_at: datetime
    status: InstalmentOutcome


class InvoiceOutcome(Value):
    """The shipment's state, and, when it is delivered, its posted invoice with its instalments."""

    shipment_state: str
    order_state: str = ""
    invoice: str | None = None
    instalments: tuple[InstalmentPlan, ...] = ()


class ReminderStep(Value):
    """A reminder of a level for an instalment, at an instant."""

    invoice: str
    instalment: int
    level: int
    now: datetime


class InstalmentStep(Value):
    """Ask whether an instalment is settled."""

    invoice: str
    instalment: int
    now: datetime


class PaymentStep(Value):
    """A payment message as it came, checked by the step that records it."""

    order: str
    fact: Any
    now: datetime


class AfterSalesOutcome(Value):
    """When the follow-up is due and when the after-sales window closes; `followed_up` when it was sent."""

    follow_up_at: datetime
    window_ends_at: datetime
    followed_up: bool


class CloseOutcome(Value):
    """The order's state after closing; not ended while money or a case is open."""

    state: str
    ended: bool


class UndoOutcome(Value):
    """What a cancellation came to: the order's state, and shipments whose booking must be voided first."""

    state: str
    to_void: tuple[str, ...] = ()


class SupplyRef(Value):
    """Which supply order a workflow lives for."""

    number: str


class SupplyStep(Value):
    """A step on a supply order."""

    number: str
    now: datetime


class SupplyOutcome(Value):
    """The supply order's state, and when it becomes late."""

    state: str
    due_at: datetime
    waiting_for_components: bool = False


class CaseRef(Value):
    """Which case a workflow lives for."""

    number: str


class CaseStep(Value):
    """A step on a case."""

    number: str
    now: datetime


class CaseOutcome(Value):
    """The case's state and its clocks."""

    state: str
    respond_by: datetime
    responded: bool
    escalated: bool
    closes_at: datetime | None = None
