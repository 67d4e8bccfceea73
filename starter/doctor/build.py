"""Whether the workers are of this release: two releases side by side are right during a deployment only."""

from __future__ import annotations

from starter.build import RELEASE, release_of
from starter.cli.speech import _
from starter.doctor.bedside import Bedside, Finding
from starter.doctor.pollers import asked

NAME = "build"
NEEDS = ("temporal", "worker")


def fine() -> str:
    """What is true when nothing is wrong."""
    return _("The workers are of this release, {release}.").format(release=RELEASE)


async def look(at: Bedside) -> list[Finding]:
    """A worker tells its release in its identity."""
    seen = await asked(at.client, at.patient.task_queue)
    found = {release_of(one.identity) for one in (*seen.workflows, *seen.steps)}
    return [
        Finding(
            _("A worker of release {other} is at work, and this program is of {release}.").format(
                other=other, release=RELEASE
            ),
            _("During a deployment: go on with it. Otherwise stop that worker, and start one of this release."),
        )
        for other in sorted(one for one in found if one not in (None, RELEASE))
    ]
