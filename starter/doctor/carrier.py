"""Whether the carrier answers, and whether it takes what is booked."""

from __future__ import annotations

from starter.cli.speech import _
from starter.doctor import rounds
from starter.doctor.answers import silence
from starter.doctor.bedside import Bedside, Finding

NAME = "carrier"
NEEDS: tuple[str, ...] = ()
ATTEMPTS = 2


def fine() -> str:
    """What is true when nothing is wrong."""
    return _("The carrier answers.")


async def look(at: Bedside) -> list[Finding] | None:
    """Ask it; and read from the engine which calls it has refused."""
    refused = await _refused(at)
    if not at.patient.carrier:
        return refused or None
    if not (reason := await silence(at.patient.carrier)):
        return refused
    return [
        Finding(
            _("{address} does not answer: {reason}.").format(address=at.patient.carrier, reason=reason),
            _("Shipments wait and are booked when it answers again; ask the carrier, or look into logs/simulator.log."),
        )
    ]


async def _refused(at: Bedside) -> list[Finding]:
    if at.described is None:  # the database or Temporal does not answer
        return []
    failing = [one for one in await rounds.failing(at, ATTEMPTS) if one.step in rounds.OUTSIDE]
    if not failing:
        return []
    return [
        Finding(
            _("Calls to the carrier that fail: {count}, as {step} of {workflow} {times} times: {error}").format(
                count=len(failing),
                step=failing[0].step,
                workflow=failing[0].workflow_id,
                times=failing[0].attempt - 1,
                error=failing[0].error or _("it takes too long"),
            ),
            _(
                "Check ORDERKEEP_CARRIER_KEY and the address, or ask the carrier. They are tried again by themselves, "
                "and at once by `orderkeep order retry`."
            ),
        )
    ]
