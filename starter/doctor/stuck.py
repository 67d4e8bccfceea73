"""Workflows whose code fails at its own task: no step fails, the story itself cannot go on."""

from __future__ import annotations

from starter.cli.speech import _
from starter.doctor import rounds
from starter.doctor.bedside import Bedside, Finding
from starter.failed_tasks import failed_task

NAME = "stuck"
NEEDS = ("temporal",)
ATTEMPTS, SHOWN = 3, 20
_QUERY = "ExecutionStatus = 'Running' AND TemporalReportedProblems IS NOT NULL"


def fine() -> str:
    """What is true when nothing is wrong."""
    return _("No workflow is stuck.")


async def look(at: Bedside) -> list[Finding]:
    """Temporal marks such workflows after a minute; in those that are looked at anyway it shows before."""
    marked = [run.id async for run in at.client.list_workflows(_QUERY, limit=SHOWN)]
    described = await rounds.described(at)
    failing = [one for one, seen in described.items() if rounds.task_attempt(seen) >= ATTEMPTS]
    return [
        Finding(
            _("The workflow {workflow} cannot go on: its worker fails at its task: {error}").format(
                workflow=workflow, error=await failed_task(at.client, workflow) or "?"
            ),
            _("Look at it in Temporal's Web UI; it goes on by itself once the worker is right again."),
        )
        for workflow in list(dict.fromkeys([*marked, *failing]))[:SHOWN]
    ]
