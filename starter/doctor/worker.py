"""Whether a worker asks for work, for workflows as for steps."""

from __future__ import annotations

from starter.cli.speech import _
from starter.doctor.bedside import Bedside, Finding
from starter.doctor.pollers import pollers

NAME = "worker"
NEEDS = ("temporal",)


def fine() -> str:
    """What is true when nothing is wrong."""
    return _("A worker asks for work.")


async def look(at: Bedside) -> list[Finding]:
    """Both kinds of work need somebody who asks for them."""
    if all(await pollers(at.client, at.patient.task_queue)):
        return []
    return [
        Finding(
            _("No worker asks for work on the task queue {queue}.").format(queue=at.patient.task_queue),
            _("Start one (`python worker.py`; `orderkeep up` does), and look into logs/worker.log."),
        )
    ]
