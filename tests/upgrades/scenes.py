"""Orders of the release before, in every state in which something can wait: how each gets there, and how it ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.order_life import ENDED, LEGAL_MOVES

Rest = tuple[str, str]
"""A kind of document and the state in which it waits."""


@dataclass(frozen=True)
class Scene:
    """`way` leads an order from its submission to its rest; then it takes the natural course to its end."""

    code: str
    rest: Rest
    way: tuple[str, ...] = ()
    end: str = "COMPLETED"
    shortage: bool = False
    limit: str | None = None
    alone: bool = False
    """Each order has a customer of its own: what one has paid too much would be applied to the next one's invoice."""


PASSING: Mapping[str, Mapping[str, str]] = {
    "order": {
        "DRAFT": "nobody writes drafts yet",
        "SUBMITTED": "the first step follows at once",
        "CONFIRMED": "the allocation follows at once",
        "AMENDING": "there are no amendments yet",
    },
    "hold": {},
    "supply_order": {
        "PROPOSED": "its workflow orders it at once",
        "APPROVED": "its workflow orders it at once",
        "ACKNOWLEDGED": "the suppliers of the scenes name no date",
    },
    "shipment": {"PICKING": "a pick is told when it is done"},
    "invoice": {"DRAFT": "it is posted as it is made", "PAID": "nothing waits; only a bounce would open it again"},
    "payment": {"RECEIVED": "it is applied as it is recorded", "APPLIED": "nothing waits; only a bounce would move it"},
    "case": {},
    "dispute": {},
}
"""States in which nothing rests, and why: all others that may still change must be seen in the middle of the deploy."""

ON_ITS_WAY = ("pick", "in_transit")
DELIVERED = (*ON_ITS_WAY, "delivered")

SCENES = (
    Scene("HELD", ("order", "IN_REVIEW"), limit="10"),
    Scene("REJECTED", ("hold", "OPEN"), limit="10", end="REJECTED"),
    Scene("EXPIRED", ("hold", "OPEN"), limit="10", end="EXPIRED"),
    Scene("SUPPLY", ("supply_order", "ORDERED"), shortage=True),
    Scene("PARTLY", ("supply_order", "PARTIALLY_RECEIVED"), ("receive 5",), shortage=True),
    Scene("PICK", ("shipment", "CREATED")),
    Scene("PREPAID", ("payment", "UNAPPLIED"), ("pay 36.00",)),
    Scene("BOOKED", ("shipment", "BOOKED"), ("pick",)),
    Scene("TRANSIT", ("shipment", "IN_TRANSIT"), ON_ITS_WAY),
    Scene("DOOR", ("shipment", "OUT_FOR_DELIVERY"), (*ON_ITS_WAY, "out_for_delivery")),
    Scene("AWAY", ("shipment", "ATTEMPT_FAILED"), (*ON_ITS_WAY, "out_for_delivery", "attempt_failed")),
    Scene(
        "KIOSK", ("shipment", "AT_PICKUP_POINT"), (*ON_ITS_WAY, "out_for_delivery", "attempt_failed", "at_pickup_point")
    ),
    Scene("TROUBLE", ("shipment", "EXCEPTION"), (*ON_ITS_WAY, "exception")),
    Scene("REFUSED", ("shipment", "RETURNING"), (*ON_ITS_WAY, "returning"), end="IN_FULFILMENT"),
    Scene("BILLED", ("invoice", "POSTED"), DELIVERED),
    Scene("REMINDED", ("reminder", "1"), (*DELIVERED, "27.1 days", "10 days")),
    Scene("DISPUTED", ("dispute", "OPEN"), (*DELIVERED, "dispute 6.00")),
    Scene("UPHELD", ("dispute", "UPHELD"), (*DELIVERED, "dispute 36.00", "decide upheld")),
    Scene("INPARTS", ("invoice", "PARTIALLY_PAID"), (*DELIVERED, "pay 16.00")),
    Scene("OVERPAID", ("payment", "PARTIALLY_APPLIED"), (*DELIVERED, "pay 50.00"), alone=True),
    Scene("PAID", ("order", "FULFILLED"), (*DELIVERED, "pay 36.00")),
    Scene("ASKING", ("case", "NEW"), (*DELIVERED, "open case")),
    Scene("ASSIGNED", ("case", "ASSIGNED"), (*DELIVERED, "open case", "case assign")),
    Scene("INWORK", ("case", "IN_PROGRESS"), (*DELIVERED, "open case", "case start")),
    Scene("ASKED", ("case", "WAITING_CUSTOMER"), (*DELIVERED, "open case", "case start", "case wait")),
    Scene("SOLVED", ("case", "RESOLVED"), (*DELIVERED, "open case", "case resolve")),
)
CARRIER_DOWN = (
    Scene("PACKED", ("shipment", "PACKED"), ("pick",)),
    Scene("GIVENUP", ("order", "CANCELLING"), ("cancel",), end="CANCELLED"),
)
"""These can only rest while the carrier does not answer: their last moves are made then."""
LISTED = Scene("EXPORT", ("order", "CONFIRMED"))
"""Orders that wait in the stage of the next release: submitted while it is deployed."""


@dataclass
class Picture:
    """What the database says about one order."""

    number: str
    scene: Scene
    group: int
    states: dict[str, str] = field(default_factory=dict)
    documents: dict[str, Any] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Whether nothing is left to do."""
        over = self.states["order"] == self.scene.end
        if self.scene.end == "IN_FULFILMENT":
            over = self.states.get("shipment") == "RETURNED"
        return over and self.states.get("case") in (None, "CLOSED")

    def rests(self) -> bool:
        """Whether it is where its scene wants it."""
        document, state = self.scene.rest
        return self.states.get(document) == state


def must_be_seen() -> set[Rest]:
    """Every state that may still change and in which something can rest, of every kind of document."""
    over = {"order": set(ENDED)}
    return {
        (document, state)
        for document, moves in LEGAL_MOVES.items()
        for state in moves
        if state not in PASSING[document] and state not in over.get(document, ())
    }


def possible(seen: Picture, move: str) -> bool:
    """Whether what the move needs is there."""
    shipment = seen.states.get("shipment")
    match move.split():
        case ["receive", _]:
            return seen.states.get("supply_order") in ("ORDERED", "PARTIALLY_RECEIVED")
        case ["pick"]:
            return shipment == "CREATED"
        case ["pay", _]:
            return shipment is not None and (seen.scene.code == "PREPAID" or seen.states.get("invoice") is not None)
        case [_, "days"]:
            return seen.states.get("invoice") is not None
        case ["dispute", _]:
            return seen.states.get("invoice") is not None
        case ["decide", _]:
            return seen.states.get("dispute") == "OPEN"
        case ["open", "case"]:
            return seen.states.get("invoice") is not None
        case ["case", _]:
            return seen.states.get("case") is not None
        case ["cancel"]:
            return shipment in ("CREATED", "BOOKED")
        case _:
            return shipment in ("BOOKED", "IN_TRANSIT", "OUT_FOR_DELIVERY", "ATTEMPT_FAILED")


def natural(seen: Picture) -> str | None:
    """The move that brings an order further to its end; None when it has to wait for the program."""
    states = seen.states
    if states.get("hold") == "OPEN":
        return {"REJECTED": "reject", "EXPIRED": "15 days"}.get(seen.scene.end, "release")
    if states["order"] == "CANCELLING":
        return None
    if states.get("supply_order") in ("ORDERED", "PARTIALLY_RECEIVED"):
        return f"receive {seen.documents['to_come']}"
    match states.get("shipment"):
        case "CREATED":
            return "cancel" if seen.scene.end == "CANCELLED" else "pick"
        case "BOOKED":
            return "in_transit"
        case "IN_TRANSIT" if seen.scene.end == "IN_FULFILMENT":
            return "returning"
        case "RETURNING":
            return "returned"
        case "IN_TRANSIT" | "OUT_FOR_DELIVERY" | "ATTEMPT_FAILED" | "AT_PICKUP_POINT" | "EXCEPTION":
            return "delivered"
    if states.get("dispute") == "OPEN":
        return "decide withdrawn"
    if states.get("invoice") in ("POSTED", "PARTIALLY_PAID"):
        return f"pay {seen.documents['outstanding']}"
    match states.get("case"):
        case "RESOLVED":
            return "7.1 days"
        case "NEW" | "ASSIGNED" | "IN_PROGRESS" | "WAITING_CUSTOMER":
            return "case resolve"
    if states["order"] == "CONFIRMED" and seen.scene is LISTED:
        return "2.1 days"
    return "31 days" if states["order"] == "FULFILLED" else None
