"""What an operator does to an order, for the tests and for whoever records histories."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from db import engine
from domain.facts import Pause, Remark
from intake import repair
from tests import builders
from tests.workflows.world import World

PAUSED = {"by": "sales manager", "comment": "the address is being clarified"}


async def pause(world: World, order: str) -> dict[str, Any]:
    """A manager pauses the order."""
    told = Pause(comment=PAUSED["comment"])
    return await engine.settled(lambda tx: repair.pause_order(tx, builders.MANAGER, order, told, world.now(order)))


async def resume(world: World, order: str) -> dict[str, Any]:
    """A manager resumes the order."""
    return await engine.settled(
        lambda tx: repair.resume_order(tx, builders.MANAGER, order, "clarified", world.now(order))
    )


async def retry(order: str) -> None:
    """An operator has what fails tried at once."""
    now = datetime.now(UTC)
    await engine.settled(lambda tx: repair.retry_order(tx, builders.MANAGER, order, Remark(), now))


async def reset(order: str) -> None:
    """An operator has the workflow begin again."""
    now = datetime.now(UTC)
    await engine.settled(lambda tx: repair.reset_order(tx, builders.MANAGER, order, Remark(), now))
