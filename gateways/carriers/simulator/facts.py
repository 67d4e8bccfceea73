"""What the simulator remembers, as facts: each a line of its journal."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from domain.facts import Address, TrackingFact, TrackingStatus

PLANS: dict[str, tuple[TrackingStatus, ...]] = {
    "delivered": ("in_transit", "out_for_delivery", "delivered"),
    "lost": ("in_transit", "exception", "lost"),
    "damaged": ("in_transit", "exception", "damaged"),
    "returned": ("in_transit", "out_for_delivery", "attempt_failed", "returning", "returned"),
    "exception": ("in_transit", "exception", "in_transit", "out_for_delivery", "delivered"),
}
RAW: dict[TrackingStatus, str] = {
    "in_transit": "PW10 LINEHAUL DEPARTED",
    "out_for_delivery": "PW20 ON VEHICLE",
    "attempt_failed": "PW25 NOBODY THERE",
    "at_pickup_point": "PW27 AT COUNTER",
    "exception": "PW40 INVESTIGATION",
    "lost": "PW45 NOT FOUND",
    "damaged": "PW46 DAMAGED",
    "returning": "PW50 BACK TO SENDER",
    "returned": "PW55 SENDER RECEIVED",
    "delivered": "PW30 DELIVERED",
}
AT_THE_DOOR = frozenset({"out_for_delivery", "attempt_failed", "at_pickup_point", "delivered"})


class Inside(BaseModel):
    """A line of the parcel's contents."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sku: str
    quantity: Decimal


class Wanted(BaseModel):
    """The body of a booking."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    shipment: Annotated[str, Field(min_length=1, max_length=64)]
    ship_to: Address
    weight_kg: Annotated[Decimal, Field(ge=0)] = Decimal(0)
    packages: Annotated[int, Field(ge=1, le=1000)] = 1
    lines: tuple[Inside, ...] = ()


class Booked(BaseModel):
    """A parcel was booked; `plan` is its way, decided here and now."""

    model_config = ConfigDict(frozen=True)

    fact: Literal["booked"] = "booked"
    key: str
    tracking_number: str
    wanted: Wanted
    cost: Decimal
    currency: str
    plan: tuple[TrackingStatus, ...]
    at: datetime


class Voided(BaseModel):
    """The key is dead for ever, booked or not."""

    model_config = ConfigDict(frozen=True)

    fact: Literal["voided"] = "voided"
    key: str


class Scanned(BaseModel):
    """The parcel passed a reader."""

    model_config = ConfigDict(frozen=True)

    fact: Literal["scanned"] = "scanned"
    key: str
    scan: TrackingFact


class Settled(BaseModel):
    """A webhook was accepted, or given up; it is not sent again."""

    model_config = ConfigDict(frozen=True)

    fact: Literal["settled"] = "settled"
    message: str
    accepted: bool


Fact = Booked | Voided | Scanned | Settled
FACT: TypeAdapter[Fact] = TypeAdapter(Annotated[Fact, Field(discriminator="fact")])
