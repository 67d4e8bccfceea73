"""Whether messages wait too long for Temporal."""

from __future__ import annotations

from db import engine
from db.queries import outbox
from starter.cli.speech import _
from starter.doctor.bedside import Bedside, Finding

NAME = "outbox"
NEEDS = ("database", "schema")
BACKLOG_SECONDS = 300
"""A large import is worked off in minutes on purpose; what waits longer than this waits for somebody."""


def fine() -> str:
    """What is true when nothing is wrong."""
    return _("No message waits long for Temporal.")


async def look(at: Bedside) -> list[Finding]:
    """The age of the oldest message that was not handed over."""
    async with engine.autocommit() as tx:
        backlog = await outbox.backlog(tx)
    if backlog["oldest_seconds"] <= BACKLOG_SECONDS:
        return []
    return [
        Finding(
            _("Messages that wait for Temporal: {count}, the oldest for {seconds} s.").format(
                count=backlog["messages"], seconds=round(backlog["oldest_seconds"])
            ),
            _("They are sent when the worker and Temporal both run; nothing is lost meanwhile."),
        )
    ]
