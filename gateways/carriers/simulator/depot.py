"""The carrier's depot: parcels by booking key, dead keys, scans, and which webhooks have been accepted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import assert_never

from domain.facts import TrackingFact
from domain.money import rounded
from gateways.carriers.simulator.facts import (
    AT_THE_DOOR,
    PLANS,
    RAW,
    Booked,
    Fact,
    Scanned,
    Settled,
    Voided,
    Wanted,
)
from gateways.carriers.simulator.journal import Journal

BASE_FREIGHT = Decimal("6.50")
FREIGHT_PER_KG = Decimal("0.85")


class KeyVoided(Exception):
    """The key was voided before; nothing can be booked under it any more."""


class OnItsWay(Exception):
    """The parcel has left; it cannot be voided."""


@dataclass(slots=True)
class Parcel:
    """A booking and what became of it."""

    booked: Booked
    scans: list[TrackingFact] = field(default_factory=list)
    voided: bool = False

    @property
    def rests(self) -> bool:
        """Nothing more will happen to it."""
        return self.voided or len(self.scans) == len(self.booked.plan)

    @property
    def last_moved(self) -> datetime:
        """When it was last seen."""
        return self.scans[-1].at if self.scans else self.booked.at


class Depot:
    """All state. Every change is first a line in the journal, then applied; a restart applies the lines again."""

    def __init__(self, journal: Journal) -> None:
        self.parcels: dict[str, Parcel] = {}
        self.dead_keys: set[str] = set()
        self._by_number: dict[str, Parcel] = {}
        self._settled: set[str] = set()
        self._journal = journal
        for fact in journal.replay():
            self._apply(fact)

    def book(self, key: str, wanted: Wanted, outcome: str, now: datetime) -> tuple[Parcel, bool]:
        """The parcel under the key, and whether it is new."""
        if key in self.dead_keys:
            raise KeyVoided(key)
        if key in self.parcels:
            return self.parcels[key], False
        currency = "CNY" if wanted.ship_to.country == "CN" else "EUR"
        booked = Booked(
            key=key,
            tracking_number=self._new_number(key),
            wanted=wanted,
            cost=rounded(BASE_FREIGHT * wanted.packages + FREIGHT_PER_KG * wanted.weight_kg, currency),
            currency=currency,
            plan=PLANS[outcome],
            at=now,
        )
        self._record(booked)
        return self.parcels[key], True

    def void(self, key: str) -> None:
        """Kill the key, booked or not; OnItsWay when the parcel has been scanned."""
        if key in self.dead_keys:
            return
        if key in self.parcels and self.parcels[key].scans:
            raise OnItsWay(key)
        self._record(Voided(key=key))

    def scan(self, parcel: Parcel, now: datetime) -> TrackingFact:
        """The next scan of its plan."""
        sequence = len(parcel.scans) + 1
        status = parcel.booked.plan[sequence - 1]
        at_the_door = status in AT_THE_DOOR
        scan = TrackingFact(
            tracking_number=parcel.booked.tracking_number,
            status=status,
            raw_status=RAW[status],
            at=now,
            location=parcel.booked.wanted.ship_to.city if at_the_door else "Sorting centre",
            sequence=sequence,
            signed_by=parcel.booked.wanted.ship_to.name if status == "delivered" else None,
        )
        self._record(Scanned(key=parcel.booked.key, scan=scan))
        return scan

    def settle(self, message: str, accepted: bool) -> None:
        """The webhook needs no further attempt."""
        self._record(Settled(message=message, accepted=accepted))

    def is_settled(self, message: str) -> bool:
        """Whether the webhook was accepted or given up."""
        return message in self._settled

    def by_number(self, tracking_number: str) -> Parcel | None:
        """The parcel with that tracking number."""
        return self._by_number.get(tracking_number)

    def close(self) -> None:
        """Give the journal back."""
        self._journal.close()

    def _record(self, fact: Fact) -> None:
        self._journal.append(fact)
        self._apply(fact)

    def _apply(self, fact: Fact) -> None:
        match fact:
            case Booked():
                parcel = Parcel(fact)
                self.parcels[fact.key] = self._by_number[fact.tracking_number] = parcel
            case Voided():
                self.dead_keys.add(fact.key)
                if fact.key in self.parcels:
                    self.parcels[fact.key].voided = True
            case Scanned():
                self.parcels[fact.key].scans.append(fact.scan)
            case Settled():
                self._settled.add(fact.message)
            case _:
                assert_never(fact)

    def _new_number(self, key: str) -> str:
        # From the key, not counted: a simulator without a state file must not give old numbers to new parcels.
        for salt in range(1000):
            digest = hashlib.sha256(f"{salt}/{key}".encode()).digest()
            number = f"PW{int.from_bytes(digest[:8]) % 10**12:012d}"
            if number not in self._by_number:
                return number
        raise RuntimeError("no tracking number is left")
