"""What an examination sees: where the servers are, the open connections, and what was found out already."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from temporalio.client import Client, WorkflowExecutionDescription

from db.queries.symptoms import Due

PATIENCE = timedelta(seconds=10)
"""How long a server may take to answer one question."""


@dataclass(frozen=True, slots=True)
class Patient:
    """Where the servers should be; what is None was not named anywhere."""

    database: str | None
    temporal: str | None = None
    namespace: str | None = None
    task_queue: str = "orderkeep"
    api: str | None = None
    carrier: str | None = None
    data_dir: Path | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: the facts, and what to do. A warning is right for a while, as during a deployment."""

    detail: str
    what_to_do: str
    warning: bool = False


class Skipped(Exception):
    """This examination cannot be made here; the text says why, and what to do instead."""


@dataclass(slots=True)
class Bedside:
    """One visit: what the examinations share."""

    patient: Patient
    repair: bool = False
    temporal: Client | None = None
    fine: set[str] = field(default_factory=set)
    repaired: list[str] = field(default_factory=list)
    described: dict[str, WorkflowExecutionDescription] | None = None
    due: list[Due] = field(default_factory=list)

    @property
    def client(self) -> Client:
        """Temporal; only for examinations that need it to answer."""
        assert self.temporal is not None
        return self.temporal


class Examination(Protocol):
    """A module that examines one thing. `look` returns what is wrong, and None when there is nothing to look at."""

    @property
    def NAME(self) -> str:
        """Under which name a problem is told."""
        ...

    @property
    def NEEDS(self) -> tuple[str, ...]:
        """Names of examinations that must be fine before this one makes sense."""
        ...

    def fine(self) -> str:
        """What is true when nothing is wrong."""
        ...

    async def look(self, at: Bedside) -> list[Finding] | None:
        """Look at one thing."""
        ...
