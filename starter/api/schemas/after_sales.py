"""The shapes of feedback and cases."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from starter.api.schemas.common import CaseState, Moment, Shown

Score = Annotated[int, Field(ge=1, le=5)]


class OrderFeedback(Shown):
    """The customer's answer to the follow-up, as the order shows it."""

    score: Score
    comment: str | None
    recorded_by: str
    at: Moment


class RecordedFeedback(Shown):
    """The feedback as it was recorded."""

    order: str
    score: Score
    comment: str | None


class OrderCase(Shown):
    """A case as its order shows it."""

    number: str
    kind: Literal["question", "complaint", "return", "warranty", "repair"]
    priority: Literal["low", "normal", "high", "urgent"]
    state: CaseState
    subject: str
    assignee: str | None
    opened_at: Moment
    respond_by: Moment


class CaseRow(OrderCase):
    """A case as the list shows it, with its clocks."""

    order: str
    customer: str
    customer_name: str
    opened_by: str
    responded_at: Moment | None
    escalated_at: Moment | None
    resolve_by: Moment
    waiting_since: Moment | None
    resolved_at: Moment | None
    closed_at: Moment | None


class CaseComment(Shown):
    """What was done on a case, and said."""

    at: Moment
    actor: str
    move: str
    comment: str | None


class Case(CaseRow):
    """A case with what was said."""

    description: str | None
    comments: list[CaseComment]
