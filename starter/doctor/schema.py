"""Whether the database has the schema that this release needs."""

from __future__ import annotations

import asyncio

from db import migrate
from db.schema import least
from starter.cli.speech import _
from starter.doctor.bedside import Bedside, Finding

NAME = "schema"
NEEDS = ("database",)


def fine() -> str:
    """What is true when nothing is wrong."""
    return _("The database has the schema of this release.")


async def look(at: Bedside) -> list[Finding]:
    """An older revision is wrong when the code needs more, else a warning; a newer one serves this release, too."""
    assert at.patient.database is not None
    revision = await asyncio.to_thread(migrate.current, at.patient.database) or ""
    remedy = _("Run `python -m db.migrate` with ORDERKEEP_DATABASE_URL set; `orderkeep up` does it at its start.")
    if revision < least():
        said = _("The database is at revision {at}, this release needs {needed}.")
        return [Finding(said.format(at=revision or "-", needed=least()), remedy)]
    if revision < migrate.head():
        said = _("The database is at revision {at}, this release is of {head}: it serves, without what is new.")
        return [Finding(said.format(at=revision, head=migrate.head()), remedy, warning=True)]
    return []
