"""Whether the clocks of this machine and of the database agree: due dates are compared with both."""

from __future__ import annotations

from datetime import UTC, datetime

from db import engine
from db.queries import symptoms
from starter.cli.speech import _
from starter.doctor.bedside import Bedside, Finding

NAME = "clock"
NEEDS = ("database",)
MOST_SECONDS = 5.0


def fine() -> str:
    """What is true when nothing is wrong."""
    return _("The clocks here and of the database agree.")


def now() -> datetime:
    """The time here."""
    return datetime.now(UTC)


async def look(at: Bedside) -> list[Finding]:
    """Ask the database for its time, between two looks at ours."""
    async with engine.autocommit() as tx:
        before = now()
        theirs = await symptoms.clock(tx)
        after = now()
    ahead = max((before - theirs).total_seconds(), (theirs - after).total_seconds(), 0.0)
    if ahead <= MOST_SECONDS:
        return []
    return [
        Finding(
            _("The clocks here and of the database differ by {seconds} s.").format(seconds=round(ahead)),
            _("Set both by a time server (chrony, systemd-timesyncd); webhooks are refused from 300 s on."),
        )
    ]
