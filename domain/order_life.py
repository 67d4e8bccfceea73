"""The order's life as data: its stages in order, the states of each document, and the one table of legal moves.

The same table is written into the database (`legal_move`), which refuses any other move; a test holds the two equal.
"""

from __future__ import annotations

from enum import StrEnum

from domain.errors import IllegalMove, told

STAGES = (
    "receipt",
    "review",
    "stock",
    "replenishment",
    "shipping",
    "invoicing",
    "collection",
    "after_sales",
)


class OrderState(StrEnum):
    """The order's header state; delivery, billing, payment and returns are axes of their own."""

    DRAFT = "DRAFT"
    SUBMITTED = "SUBMITTED"
    IN_REVIEW = "IN_REVIEW"
    CONFIRMED = "CONFIRMED"
    IN_FULFILMENT = "IN_FULFILMENT"
    FULFILLED = "FULFILLED"
    COMPLETED = "COMPLETED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    AMENDING = "AMENDING"
    CANCELLING = "CANCELLING"
    CANCELLED = "CANCELLED"


ENDED = (OrderState.COMPLETED, OrderState.REJECTED, OrderState.EXPIRED, OrderState.CANCELLED)
"""States in which no workflow runs for the order."""

_MOVES: dict[str, dict[str, str]] = {
    "order": {
        "DRAFT": "SUBMITTED CANCELLING",
        "SUBMITTED": "IN_REVIEW CANCELLING",
        "IN_REVIEW": "CONFIRMED REJECTED EXPIRED CANCELLING",
        "CONFIRMED": "IN_FULFILMENT AMENDING CANCELLING",
        "IN_FULFILMENT": "FULFILLED AMENDING CANCELLING",
        "AMENDING": "IN_REVIEW CONFIRMED IN_FULFILMENT CANCELLING",
        "CANCELLING": "IN_FULFILMENT FULFILLED CANCELLED",
        "FULFILLED": "COMPLETED",
        "COMPLETED": "FULFILLED",
    },
    "hold": {"OPEN": "RELEASED REJECTED CLEARED CLOSED"},
    "supply_order": {
        "PROPOSED": "APPROVED CANCELLED",
        "APPROVED": "ORDERED CANCELLED",
        "ORDERED": "ACKNOWLEDGED PARTIALLY_RECEIVED RECEIVED CANCELLED",
        "ACKNOWLEDGED": "PARTIALLY_RECEIVED RECEIVED CANCELLED",
        "PARTIALLY_RECEIVED": "RECEIVED",
    },
    "shipment": {
        "CREATED": "PICKING PACKED CANCELLED",
        "PICKING": "PACKED CANCELLED",
        "PACKED": "BOOKED CANCELLED",
        "BOOKED": "IN_TRANSIT OUT_FOR_DELIVERY DELIVERED EXCEPTION LOST DAMAGED RETURNING RETURNED CANCELLED",
        "IN_TRANSIT": "OUT_FOR_DELIVERY DELIVERED EXCEPTION LOST DAMAGED RETURNING RETURNED",
        "OUT_FOR_DELIVERY": "DELIVERED ATTEMPT_FAILED EXCEPTION LOST DAMAGED RETURNING RETURNED",
        "ATTEMPT_FAILED": "OUT_FOR_DELIVERY AT_PICKUP_POINT DELIVERED RETURNING RETURNED",
        "AT_PICKUP_POINT": "DELIVERED RETURNING RETURNED",
        "EXCEPTION": "IN_TRANSIT OUT_FOR_DELIVERY DELIVERED LOST DAMAGED RETURNING RETURNED",
        "RETURNING": "RETURNED",
    },
    "invoice": {
        "DRAFT": "POSTED",
        "POSTED": "PARTIALLY_PAID PAID WRITTEN_OFF CREDITED",
        "PARTIALLY_PAID": "PAID WRITTEN_OFF CREDITED POSTED",
        "PAID": "POSTED PARTIALLY_PAID",
    },
    "payment": {
        "RECEIVED": "UNAPPLIED PARTIALLY_APPLIED APPLIED REVERSED",
        "UNAPPLIED": "PARTIALLY_APPLIED APPLIED REFUNDED REVERSED",
        "PARTIALLY_APPLIED": "APPLIED REVERSED UNAPPLIED",
        "APPLIED": "REVERSED PARTIALLY_APPLIED UNAPPLIED",
    },
    "case": {
        "NEW": "ASSIGNED IN_PROGRESS RESOLVED",
        "ASSIGNED": "IN_PROGRESS RESOLVED",
        "IN_PROGRESS": "WAITING_CUSTOMER RESOLVED",
        "WAITING_CUSTOMER": "IN_PROGRESS RESOLVED",
        "RESOLVED": "CLOSED IN_PROGRESS",
    },
    "dispute": {"OPEN": "UPHELD WITHDRAWN PAID", "UPHELD": "PAID"},
}

LEGAL_MOVES: dict[str, dict[str, tuple[str, ...]]] = {
    document: {state: tuple(targets.split()) for state, targets in moves.items()} for document, moves in _MOVES.items()
}


def moves_from(document: str, state: str) -> tuple[str, ...]:
    """The states that a document in `state` may move to; empty for an end state."""
    return LEGAL_MOVES[document].get(state, ())


def is_legal(document: str, state: str, target: str) -> bool:
    """Whether `document` may move from `state` to `target`; staying is no move and always legal."""
    return state == target or target in moves_from(document, state)


def require_move(document: str, number: str, state: str, target: str) -> None:
    """Refuse an illegal move: IllegalMove carries the moves that are legal."""
    if not is_legal(document, state, target):
        legal = moves_from(document, state)
        only = told("from here it can only become {legal}", legal=", ".join(legal))
        way_out = only if legal else told("it has ended")
        raise IllegalMove(
            told(
                "{document} {number} is {state} and cannot become {target}: {way_out}.",
                document=told(document.replace("_", " ")),
                number=number,
                state=state,
                target=target,
                way_out=way_out,
            ),
            legal_moves=legal,
        )
