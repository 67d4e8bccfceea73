"""The shapes of the review: findings, holds, and documents of files that wait for a person."""

from __future__ import annotations

from typing import Any, Literal

from domain.review import Reason
from starter.api.schemas.common import Currency, Day, Figures, HoldState, Moment, Money, OrderState, Shown


class OrderHold(Shown):
    """Why an order waits for a person, and what was decided."""

    id: int
    reason: Reason
    owner_role: str
    deadline: Moment
    status: HoldState
    figures: Figures
    opened_at: Moment
    escalated_at: Moment | None
    decided_by: str | None
    decided_at: Moment | None
    comment: str | None
    amount: Money | None
    until: Day | None
    message: str


class HoldRow(OrderHold):
    """A hold as the queue shows it, with its order."""

    order: str
    customer: str
    customer_name: str
    order_state: OrderState
    total: Money
    currency: Currency


class Finding(Shown):
    """What a rule of the review saw and said last."""

    rule: str
    outcome: Literal["pass", "warn", "hold"]
    figures: Figures
    at: Moment


class HeldDocumentRow(Shown):
    """Rows of an imported file that a person must look at."""

    id: int
    source: str
    kind: str
    reason: str
    linked_order: str | None
    rows: list[dict[str, Any]]
    created_by: str
    created_at: Moment
