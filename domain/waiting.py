"""What an order waits for: one answer out of everything that is open, the most urgent first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

SENTENCES: Mapping[str, str] = {
    "paused": "Paused by {by}: {comment}",
    "lost": "The workflow of the order is {engine} though the order is {state}: nothing moves it on; "
    "`orderkeep doctor --repair` starts it again.",
    "retry": "{activity} of {document} fails (attempt {attempt}): {error}",
    "engine": "The order waits to be handed over to the engine: {error}",
    "hold": "Held for {reason}: {owner_role} decides.",
    "undo": "It is being cancelled: what was done is being undone.",
    "gone_wrong": "Shipment {document} is {state}: a person must decide what follows.",
    "supply": "{quantity} of {sku} {quantity:is|are} missing; {document} is to bring {quantity:it|them}.",
    "stock": "{quantity} of {sku} {quantity:is|are} missing and nothing is on order: it waits for stock.",
    "pick": "Shipment {document} in {warehouse} waits to be picked.",
    "carrier": "Shipment {document} is {state} with {carrier}.",
    "booking": "Shipment {document} is packed and being booked.",
    "payment": "Invoice {document}: {outstanding} {currency} outstanding.",
    "time": "Everything is delivered and paid; the after-sales window is open.",
    "next": "The next step is about to run.",
    "ended": "It waits for nothing: the order is {state}.",
}
ACTIONS: Mapping[str, tuple[str, ...]] = {
    "hold": (
        "POST /v1/orders/{order}/holds/{id}/release",
        "POST /v1/orders/{order}/holds/{id}/reject",
        "POST /v1/orders/{order}/cancel",
    ),
    "paused": ("POST /v1/orders/{order}/resume", "POST /v1/orders/{order}/cancel"),
    "supply": ("POST /v1/supply-orders/{document}/receipts", "POST /v1/orders/{order}/cancel"),
    "stock": ("POST /v1/stock/movements", "POST /v1/orders/{order}/cancel"),
    "pick": ("POST /v1/shipments/{document}/pick", "POST /v1/orders/{order}/cancel"),
    "payment": ("POST /v1/payments",),
    "time": ("POST /v1/orders/{order}/feedback", "POST /v1/cases"),
    "gone_wrong": ("POST /v1/cases",),
    "retry": ("POST /v1/orders/{order}/retry", "orderkeep doctor"),
    "engine": ("orderkeep doctor",),
    "lost": ("orderkeep doctor --repair",),
}
_KIND: Mapping[str, str | None] = {
    "paused": "hold", "engine": "retry", "lost": "retry", "undo": "time", "gone_wrong": "customer", "stock": "supply",
    "booking": "carrier", "next": None, "ended": None,
}  # fmt: skip
WAITING_FOR = ("hold", "supply", "pick", "carrier", "payment", "customer", "time", "retry")
"""The words of the HTTP contract for what an order waits for."""
_OWNER: Mapping[str, str] = {
    "supply": "purchasing", "stock": "purchasing", "pick": "warehouse", "payment": "finance", "gone_wrong": "support",
    "carrier": "warehouse", "booking": "warehouse", "lost": "operator",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wait:
    """One reason to wait; `cause` names its sentence, figures fill it."""

    cause: str
    figures: Mapping[str, Any]
    since: datetime | None = None
    until: datetime | None = None
    owner_role: str | None = None

    @property
    def waiting_for(self) -> str | None:
        """The word of the HTTP contract: hold, supply, pick, carrier, payment, customer, time, retry or None."""
        return _KIND.get(self.cause, self.cause)

    @property
    def owner(self) -> str | None:
        """The role that can move it on."""
        return self.owner_role or _OWNER.get(self.cause)

    def next_actions(self, order: str) -> list[str]:
        """What that role can do, as calls of the HTTP API."""
        return [
            action.format(**{"order": order, "id": "", "document": "", **self.figures})
            for action in ACTIONS.get(self.cause, ())
        ]


_URGENCY = (
    "lost",
    "paused",
    "retry",
    "engine",
    "undo",
    "hold",
    "gone_wrong",
    "pick",
    "booking",
    "supply",
    "stock",
    "carrier",
    "payment",
    "time",
)


def most_urgent(waits: list[Wait]) -> Wait | None:
    """The wait that a person should hear of first: what fails, then what somebody must do, then what takes time."""
    return min(waits, key=lambda wait: (_URGENCY.index(wait.cause), wait.since is None, wait.since), default=None)
