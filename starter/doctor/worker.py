"""Whether workers ask for work, for workflows as for steps, and whether they are those that receive it."""

from __future__ import annotations

from starter.cli.speech import _
from starter.doctor.bedside import Bedside, Finding
from starter.doctor.pollers import WITHOUT_BUILD, Asked, asked

NAME = "worker"
NEEDS = ("temporal",)


def fine() -> str:
    """What is true when nothing is wrong."""
    return _("A worker asks for work.")


async def look(at: Bedside) -> list[Finding]:
    """Both kinds of work need somebody who asks for them, of each build that receives work."""
    seen = await asked(at.client, at.patient.task_queue)
    if not (seen.workflows and seen.steps):
        return [
            Finding(
                _("No worker asks for work on the task queue {queue}.").format(queue=at.patient.task_queue),
                _("Start one (`python worker.py`; `orderkeep up` does), and look into logs/worker.log."),
            )
        ]
    serving = seen.serving
    found = [] if seen.current in serving else [Finding(_nobody_of_current(seen), _what_to_do(seen, seen.current[1]))]
    if seen.ramping and seen.percent and seen.ramping not in serving:
        build = seen.ramping[1]
        share = _("No worker of the build {build} asks for work: its {percent} % of the workflows stand still.")
        found.append(Finding(share.format(build=build, percent=f"{seen.percent:g}"), _what_to_do(seen, build)))
    return found


def _nobody_of_current(seen: Asked) -> str:
    if seen.current == WITHOUT_BUILD:
        return _("No build is current, and no worker without a build id asks for work: those that run receive none.")
    return _("No worker of the current build {build} asks for work: what it should do stands still.").format(
        build=seen.current[1]
    )


def _what_to_do(seen: Asked, build: str) -> str:
    """Start who is lacking, or give the work to somebody who is there."""
    start = _("Start its workers with ORDERKEEP_BUILD_ID={build}.").format(build=build) if build else ""
    options = [f"--build-id {there}" if there else "--without-build-id" for _name, there in sorted(seen.serving)]
    if not options:
        return start or _("Start a worker without ORDERKEEP_BUILD_ID.")
    commands = ", ".join(f"`orderkeep deploy current {option}`" for option in options)
    instead = _(
        "Or give all work to workers that run: {commands}; with `orderkeep deploy back` when they are of an earlier "
        "release."
    )
    give = _("Give all work to a build that runs: {commands}.")
    return f"{start} {instead.format(commands=commands)}" if build else give.format(commands=commands)
