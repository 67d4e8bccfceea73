"""The shapes of disputes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from starter.api.schemas.common import Currency, DisputeState, Moment, Money, Shown


class InvoiceDispute(Shown):
    """A dispute as its invoice shows it."""

    id: int
    amount: Money
    disputed: Annotated[Money, Field(description="what is left of it: not paid, and not withdrawn")]
    reason: str
    status: DisputeState
    opened_by: str
    opened_at: Moment
    decided_by: str | None
    decided_at: Moment | None
    comment: str | None


class Dispute(InvoiceDispute):
    """A dispute with its invoice."""

    invoice: str
    order: str
    customer: str
    customer_name: str
    currency: Currency
