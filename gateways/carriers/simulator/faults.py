"""What shall go wrong: set over HTTP, kept in memory only, so that a restart is healthy."""

from __future__ import annotations

import random
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Outcome = Literal["delivered", "lost", "damaged", "returned", "exception", "refused"]


class Faults(BaseModel):
    """The switches. `outcome` maps the beginning of a shipment's number or postal code (`*`: all) to its fate."""

    model_config = ConfigDict(extra="forbid")

    mode: Literal["up", "down"] = "up"
    error_rate: float = Field(default=0.0, ge=0, le=1)
    timeout_after_booking: int = Field(default=0, ge=0)
    duplicate_webhooks: bool = False
    reorder_webhooks: bool = False
    delay: float = Field(default=0.0, ge=0, le=600)
    outcome: dict[str, Outcome] = Field(default_factory=dict)


class Mischief:
    """The faults in force, and the dice (seeded, so that a run can be repeated)."""

    def __init__(self) -> None:
        self.faults = Faults()
        self._dice = random.Random(1)

    def change(self, wanted: dict[str, Any]) -> Faults:
        """Set the named switches and leave the others; raises ValidationError on an unknown one."""
        self.faults = Faults.model_validate({**self.faults.model_dump(), **wanted})
        return self.faults

    def clear(self) -> Faults:
        """All is well again."""
        self.faults = Faults()
        return self.faults

    def strikes(self) -> bool:
        """Whether this request meets the error rate."""
        return self._dice.random() < self.faults.error_rate

    def before_the_effect(self) -> bool:
        """Whether an error comes before the work is done or after it, as in life."""
        return self._dice.random() < 0.5

    def take_timeout(self) -> bool:
        """Whether the answer to this booking gets lost; counts down."""
        if self.faults.timeout_after_booking == 0:
            return False
        self.faults.timeout_after_booking -= 1
        return True

    def outcome(self, shipment: str, postal_code: str) -> Outcome:
        """The fate of a parcel, decided when it is booked; the longest matching beginning decides."""
        for beginning in sorted(self.faults.outcome, key=len, reverse=True):
            if beginning == "*" or any(name.startswith(beginning or "*") for name in (shipment, postal_code)):
                return self.faults.outcome[beginning]
        return "delivered"
