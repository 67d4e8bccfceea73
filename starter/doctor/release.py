"""Whether this program is as new as the database: during a deployment the schema is ahead for a while."""

from __future__ import annotations

import asyncio

from db import migrate
from starter.cli.speech import _
from starter.doctor.bedside import Bedside, Finding

NAME = "release"
NEEDS = ("database", "schema")


def fine() -> str:
    """What is true when nothing is wrong."""
    return _("No newer release has changed the database.")


async def look(at: Bedside) -> list[Finding]:
    """A revision above the one that this release needs is of a newer one."""
    assert at.patient.database is not None
    revision = await asyncio.to_thread(migrate.current, at.patient.database)
    if (revision or "") <= migrate.head():
        return []
    return [
        Finding(
            _("The database is at revision {at}, which is newer than this program.").format(at=revision),
            _("Finish the deployment: start API and workers of the newer release. Do not take the database back."),
        )
    ]
