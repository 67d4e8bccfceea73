"""Workflows that the database says must run and that the engine does not know; on request they are started again."""

from __future__ import annotations

from starter.cli.speech import _
from starter.doctor.bedside import Bedside, Finding
from starter.missing import find_missing, restart

NAME = "missing"
NEEDS = ("database", "schema", "temporal")


def fine() -> str:
    """What is true when nothing is wrong."""
    return _("Every workflow that must run does.")


async def look(at: Bedside) -> list[Finding]:
    """With repair, what was missing is started and is no finding."""
    missing = await find_missing(at.client)
    if at.repair:
        at.repaired.extend(await restart(missing))
        return []
    return [
        Finding(
            _("The database says that {workflow} must run, and the engine {state}.").format(
                workflow=workflow.workflow_id, state=workflow.state
            ),
            _("Run `orderkeep doctor --repair`: it is started again and stops where the order stands."),
        )
        for workflow in missing
    ]
