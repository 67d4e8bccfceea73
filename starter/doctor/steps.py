"""Steps that fail again and again; calls to the carrier are told by carrier.py."""

from __future__ import annotations

from starter.cli.speech import _
from starter.doctor import rounds
from starter.doctor.bedside import Bedside, Finding

NAME = "step"
NEEDS = ("database", "schema", "temporal")
ATTEMPTS, SHOWN = 3, 20


def fine() -> str:
    """What is true when nothing is wrong."""
    return _("No step fails again and again.")


async def look(at: Bedside) -> list[Finding]:
    """Each failing step with its error and its next attempt."""
    failing = [one for one in await rounds.failing(at, ATTEMPTS) if one.step not in rounds.OUTSIDE]
    return [
        Finding(
            _("{workflow}: the step {step} failed {times} times, next try {next}: {error}").format(
                workflow=one.workflow_id,
                step=one.step,
                times=one.attempt - 1,
                next=one.next_retry.isoformat(timespec="seconds") if one.next_retry else _("under way"),
                error=one.error or _("it takes too long"),
            ),
            _("Mend what the error names. It is tried again by itself, and at once by `orderkeep order retry`."),
        )
        for one in failing[:SHOWN]
    ]
