"""Whether the post takes the letters."""

from __future__ import annotations

from db import engine
from db.queries import outbox
from starter.cli.speech import _
from starter.doctor.bedside import Bedside, Finding

NAME = "notices"
NEEDS = ("database", "schema")


def fine() -> str:
    """What is true when nothing is wrong."""
    return _("The post takes the notices.")


async def look(at: Bedside) -> list[Finding]:
    """Letters that were refused, once or for good."""
    async with engine.autocommit() as tx:
        backlog = await outbox.backlog(tx)
    if not backlog["failing_notices"]:
        return []
    return [
        Finding(
            _("{count} notices to customers could not be sent.").format(count=backlog["failing_notices"]),
            _("Check the mail server (ORDERKEEP_SMTP_URL) and the addresses; most are tried again by themselves."),
        )
    ]
