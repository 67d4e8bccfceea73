"""Reminders that should have gone out: their collector is missing, or its step fails."""

from __future__ import annotations

from db import engine
from db.queries import symptoms
from starter.cli.speech import _
from starter.doctor.bedside import Bedside, Finding

NAME = "reminders"
NEEDS = ("database", "schema")
GRACE_SECONDS = 900.0
SHOWN = 20


def fine() -> str:
    """What is true when nothing is wrong."""
    return _("No reminder is overdue.")


async def look(at: Bedside) -> list[Finding]:
    """Each with its invoice and when it was planned."""
    async with engine.autocommit() as tx:
        forgotten = await symptoms.forgotten(tx, GRACE_SECONDS, SHOWN)
    return [
        Finding(
            _("Reminder {level} of invoice {invoice}, instalment {instalment}, was due at {planned}.").format(
                level=one.level,
                invoice=one.invoice,
                instalment=one.instalment,
                planned=one.planned.isoformat(timespec="seconds"),
            ),
            _("It is sent by the workflow order/{number}: see that a worker runs, then look there.").format(
                number=one.number
            ),
        )
        for one in forgotten
    ]
