"""How far an order is, as seven marks: what the table shows moving."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from starter.cli.speech import _
from starter.demo.desks import Document

ENDED_EARLY = ("REJECTED", "EXPIRED", "CANCELLING", "CANCELLED")
PAID = ("paid", "over")


class Mark(Enum):
    """Where a stage stands."""

    TO_COME = "to come"
    NOW = "now"
    DONE = "done"
    NOT_NEEDED = "not needed"
    STOPPED = "stopped"


Marks = tuple[Mark, ...]


def stages() -> list[str]:
    """The stages that the marks stand for."""
    return [_("review"), _("stock"), _("supply"), _("shipping"), _("invoice"), _("payment"), _("after-sales")]


def marks(row: Document, shipped: bool, short: str) -> Marks:
    """The marks of one order from its row in the list; `short` says whether supply is waited for ("now", "done")."""
    state = row["state"]
    if state in ("SUBMITTED", "IN_REVIEW"):
        return (Mark.NOW, *[Mark.TO_COME] * 6)
    if state in ENDED_EARLY:
        reviewed = Mark.DONE if state.startswith("CANCEL") else Mark.STOPPED
        return (reviewed, *[Mark.STOPPED if reviewed is Mark.DONE else Mark.NOT_NEEDED] * 6)
    supply = {"now": Mark.NOW, "done": Mark.DONE}.get(short, Mark.NOT_NEEDED)
    stock = Mark.DONE if shipped or short == "done" else Mark.NOW
    after = {"FULFILLED": Mark.NOW, "COMPLETED": Mark.DONE}.get(state, Mark.TO_COME)
    payment = _of_axis(row["payment"], begun=row["billing"] != "none")
    return (
        Mark.DONE,
        stock,
        supply,
        _of_axis(row["delivery"], begun=shipped),
        _of_axis(row["billing"], begun=row["delivery"] != "none"),
        payment,
        after if payment is Mark.DONE else Mark.TO_COME,
    )


def _of_axis(axis: str, *, begun: bool) -> Mark:
    if axis in ("full", *PAID):
        return Mark.DONE
    return Mark.NOW if begun or axis == "partial" else Mark.TO_COME


def together(of_orders: Sequence[Marks]) -> Marks:
    """The marks of several orders as one: a stage is done when it is done for all."""
    if not of_orders:
        return (Mark.TO_COME,) * 7
    return tuple(_both(stage) for stage in zip(*of_orders, strict=True))


def _both(stage: Sequence[Mark]) -> Mark:
    different = set(stage)
    if len(different) == 1:
        return stage[0]
    if different <= {Mark.DONE, Mark.NOT_NEEDED, Mark.STOPPED}:
        return Mark.DONE
    return Mark.NOW
