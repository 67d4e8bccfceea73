"""Documents that should have moved on, while their workflow runs and does nothing: the two disagree."""

from __future__ import annotations

from starter.cli.speech import _
from starter.doctor import rounds
from starter.doctor.bedside import Bedside, Finding

NAME = "idle"
NEEDS = ("database", "schema", "temporal", "worker")
SHOWN = 20


def fine() -> str:
    """What is true when nothing is wrong."""
    return _("Every document that can move does.")


async def look(at: Bedside) -> list[Finding]:
    """Due according to the database, asleep according to the engine."""
    described = await rounds.described(at)
    asleep = [due for due in at.due if due.workflow_id in described and rounds.idle(described[due.workflow_id])]
    return [
        Finding(
            _("{document} is {state} since {since}, and its workflow {workflow} does nothing about it.").format(
                document=due.document,
                state=due.state,
                since=due.since.isoformat(timespec="seconds"),
                workflow=due.workflow_id,
            ),
            _("Run `orderkeep order reset {number}`: its workflow begins again and goes on from the database.").format(
                number=due.workflow_id.partition("/")[2]
            ),
        )
        for due in asleep[:SHOWN]
    ]
