"""The arranged cases of the steps, put on a stage: what tests/activities repeats is killed here."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic_core import to_jsonable_python

from db import engine
from gateways.carriers import registry
from tests import builders
from tests.activities.fingerprint import Case
from tests.activities.test_every_step import STAGES
from tests.builders import CARRIER
from tests.databases import fresh_database
from tests.faults.crash.acts import Act, name_of
from tests.faults.crash.processes import Nursery
from tests.faults.crash.reach import reaches_outside
from tests.faults.crash.stage import Stage
from tests.simulated_carrier import SimulatedCarrier

Step = Callable[..., Any]


def cases_of(step: Step) -> list[Case]:
    """The points of an order's life at which the step has been arranged."""
    return [case for stage in STAGES.values() for case in stage.CASES if case.step is step]


def reads_only(step: Step) -> bool:
    """Whether the step says of itself that it changes nothing."""
    return "Reads only" in (inspect.getdoc(step) or "")


@asynccontextmanager
async def arranged(
    arrange: Callable[[], Awaitable[Any]], template: str, nursery: Nursery, folder: Path
) -> AsyncIterator[tuple[Stage, Any]]:
    """A company, arranged once and closed; and what the arrangement returned."""
    since = datetime.now(UTC)
    carrier = folder / "carrier"
    async with fresh_database(template) as database:
        registry._configured[CARRIER] = SimulatedCarrier(carrier)
        try:
            await builders.a_company()
            found = await arrange()
        finally:
            await registry.close()
            await engine.close()
        yield Stage(nursery, database, carrier, since), found


@asynccontextmanager
async def staged(case: Case, template: str, nursery: Nursery, folder: Path) -> AsyncIterator[tuple[Stage, Act]]:
    """The case, arranged once and closed; and the step that is to be taken there."""
    async with arranged(case.arrange, template, nursery, folder) as (stage, argument):
        what, ships = name_of(case.step), reaches_outside(case.step)
        yield stage, Act(kind="step", what=what, argument=to_jsonable_python(argument), ships=ships)
