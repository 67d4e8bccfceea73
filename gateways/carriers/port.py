"""The port to carriers: what the shipping stage asks of any of them, and how they may answer."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from domain.facts import Address, TrackingFact


@dataclass(frozen=True, slots=True)
class ParcelLine:
    """What is inside: a product and how many of it."""

    sku: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class BookingRequest:
    """A parcel to be carried. `key` names the booking for ever and is derived from the shipment, never random."""

    key: str
    shipment: str
    ship_to: Address
    weight_kg: Decimal = Decimal(0)
    packages: int = 1
    lines: tuple[ParcelLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Booking:
    """A parcel that the carrier has taken on; `cost` is the freight, None when the carrier does not say."""

    key: str
    carrier: str
    tracking_number: str
    label_url: str | None = None
    cost: Decimal | None = None
    currency: str | None = None


class CarrierUnavailable(Exception):
    """The carrier does not answer, or not usefully: try again later. What was asked may have happened."""


class AnswerLost(CarrierUnavailable):
    """The question was sent and the answer did not come: the outcome is unknown until the carrier is asked."""


class CarrierRefused(Exception):
    """The carrier will not do it, and asking again does not help. `reason` is its own sentence, `code` its word."""

    def __init__(self, reason: str, code: str = "refused") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class Carrier(Protocol):
    """One carrier. Every method may raise CarrierUnavailable; each is safe to repeat."""

    name: str

    async def book(self, request: BookingRequest) -> Booking:
        """Book the parcel, or return the booking that its key already has; CarrierRefused also for a voided key."""
        ...

    async def find_booking(self, key: str) -> Booking | None:
        """The booking under the key; None when there is none or when it was voided."""
        ...

    async def void_booking(self, key: str) -> bool:
        """True: no parcel travels under the key, and none ever will. False: too late, the parcel is on its way."""
        ...

    async def track(self, tracking_number: str) -> list[TrackingFact]:
        """All scans so far, by sequence."""
        ...

    async def aclose(self) -> None:
        """Let go of the connections."""
        ...
