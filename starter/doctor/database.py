"""Whether PostgreSQL answers."""

from __future__ import annotations

from db import engine
from starter.cli.speech import _
from starter.doctor.bedside import Bedside, Finding

NAME = "database"
NEEDS: tuple[str, ...] = ()


def fine() -> str:
    """What is true when nothing is wrong."""
    return _("PostgreSQL answers.")


async def look(at: Bedside) -> list[Finding]:
    """Open the pool of this process and ask."""
    if at.patient.database is None:
        start = _("Start the servers with `orderkeep up`, or name their directory with --data.")
        return [Finding(_("No database is named."), start)]
    engine.configure(at.patient.database, pool_size=2)
    if await engine.reachable():
        return []
    return [
        Finding(
            _("PostgreSQL does not answer, or does not accept the password."),
            _("Start it (`orderkeep up` does), and look into logs/postgres.log of the data directory."),
        )
    ]
