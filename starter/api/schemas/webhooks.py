"""The shapes of the answers to webhooks."""

from __future__ import annotations

from typing import Literal

from starter.api.schemas.common import ShipmentState, Shown


class NotUsed(Shown):
    """An event of a type that is not used here."""

    received: Literal[True]
    used: Literal[False]
    detail: str


class PaymentReceived(Shown):
    """The payment as it is recorded."""

    received: Literal[True]
    payment: str


class ScanReceived(Shown):
    """The shipment and its state; both null while no shipment has the tracking number."""

    received: Literal[True]
    shipment: str | None
    state: ShipmentState | None
