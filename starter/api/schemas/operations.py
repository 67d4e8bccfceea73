"""The shapes of what the people who run the system read: why, repairs, checks, keys, probes, payloads."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.actor import Role
from starter.api.schemas.common import Moment, OrderState, Shown

Base64 = Annotated[str, Field(json_schema_extra={"contentEncoding": "base64"})]


class FailingStep(Shown):
    """The step that fails in the engine just now."""

    activity: str
    attempt: int
    error: str
    next_retry: Moment


class Why(Shown):
    """What an order waits for, since when, and who can move it on."""

    waiting_for: Literal["hold", "supply", "pick", "carrier", "payment", "customer", "time", "retry"] | None
    sentence: str
    since: Moment | None
    until: Moment | None
    owner_role: str | None
    failing: FailingStep | None
    next_actions: list[str]
    engine: str
    also: list[str]


class AskedRepair(Shown):
    """The repair that was asked for, and the order's state."""

    number: str
    state: OrderState
    action: str


class Check(Shown):
    """An invariant, and where it is broken."""

    name: str
    invariant: str
    breaches: list[str]


class Verdict(Shown):
    """The reconciler's verdict on the invariants that were asked for."""

    clean: bool
    checks: list[Check]
    next: str | None
    total: int


class KeyRow(Shown):
    """An API key by its public part."""

    prefix: str
    name: str
    role: Role
    created_at: Moment
    revoked_at: Moment | None


class CreatedKey(Shown):
    """A new API key; `key` is null in a repeated answer."""

    name: str
    role: Role
    key: str | None


class Alive(Shown):
    """The process is alive."""

    status: Literal["ok"]


class Ready(Shown):
    """What answers."""

    status: Literal["ready", "not ready"]
    database: bool
    temporal: bool
    warnings: list[str]


class CodedPayload(Shown):
    """A payload as Temporal writes it in JSON."""

    metadata: dict[str, Base64]
    data: Base64


class CodedPayloads(Shown):
    """The payloads of the question, in its order."""

    payloads: list[CodedPayload]
