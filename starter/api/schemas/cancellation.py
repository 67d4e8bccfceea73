"""The shapes of a cancellation: its plan, and the steps as an order shows them."""

from __future__ import annotations

from typing import Literal

from starter.api.schemas.common import Moment, OrderState, Shown


class PlannedUndo(Shown):
    """An effect of the order and how it is undone."""

    effect: str
    action: str
    document: str | None
    status: Literal["planned", "done", "kept"]


class UndoneStep(PlannedUndo):
    """The same as an order shows it."""

    position: int
    at: Moment


class CancellationPlan(Shown):
    """What a cancellation undoes."""

    state: OrderState
    undo: list[PlannedUndo]
