"""Whether the post takes the letters."""

from __future__ import annotations

from db import engine
from db.queries import symptoms
from db.queries.symptoms import Refused
from starter.cli.speech import _
from starter.doctor.bedside import Bedside, Finding

NAME = "notices"
NEEDS = ("database", "schema")
SHOWN = 20


def fine() -> str:
    """What is true when nothing is wrong."""
    return _("The post takes the notices.")


async def look(at: Bedside) -> list[Finding]:
    """Letters that were refused: once, and for good."""
    async with engine.autocommit() as tx:
        found = await symptoms.refused(tx)
    return [_for_good(one) if one.for_good else _for_now(one) for one in found]


def _for_now(one: Refused) -> Finding:
    return Finding(
        _("Letters that could not be sent yet: {count}, as {event} to {recipient}: {error}").format(
            count=one.letters, event=one.event, recipient=one.recipient, error=one.error
        ),
        _("Check the mail server (ORDERKEEP_SMTP_URL). They are tried again by themselves."),
    )


def _for_good(one: Refused) -> Finding:
    return Finding(
        _("Letters that were refused for good: {count}, as {event} to {recipient}: {error}").format(
            count=one.letters, event=one.event, recipient=one.recipient, error=one.error
        ),
        _("Correct the address of the customer or the supplier, then run `orderkeep order retry {orders}`.").format(
            orders=" ".join(one.orders[:SHOWN])
        ),
    )
