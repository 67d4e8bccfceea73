"""Whether the database has the schema that this release needs."""

from __future__ import annotations

import asyncio

from db import migrate
from starter.cli.speech import _
from starter.doctor.bedside import Bedside, Finding

NAME = "schema"
NEEDS = ("database",)


def fine() -> str:
    """What is true when nothing is wrong."""
    return _("The database has the schema of this release.")


async def look(at: Bedside) -> list[Finding]:
    """An older revision is wrong; a newer one serves this release, too."""
    assert at.patient.database is not None
    revision = await asyncio.to_thread(migrate.current, at.patient.database)
    if (revision or "") >= migrate.head():
        return []
    return [
        Finding(
            _("The database is at revision {at}, this release needs {needed}.").format(
                at=revision or "-", needed=migrate.head()
            ),
            _("Run `python -m db.migrate` with ORDERKEEP_DATABASE_URL set; `orderkeep up` does it at its start."),
        )
    ]
