"""The shapes of work queues."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domain.actor import Role
from domain.queues import Queue
from starter.api.schemas.common import Currency, Figures, Moment, Money, Shown


class QueueCount(Shown):
    """How much of a kind waits; a thousand means a thousand or more."""

    kind: Queue
    count: int
    overdue: Annotated[int, Field(description="how many of them are past their deadline")]


class QueueRow(Shown):
    """One thing that waits for a person; `document` is what is acted upon: a hold's or dispute's id, else a number."""

    kind: Queue
    document: str
    order: str | None
    customer: str | None
    customer_name: str | None
    amount: Money | None
    currency: Currency | None
    since: Moment
    deadline: Moment | None
    owner_role: Role
    figures: Figures
