"""Whether the HTTP API answers and is ready."""

from __future__ import annotations

from starter.cli.speech import _
from starter.doctor.answers import silence
from starter.doctor.bedside import Bedside, Finding

NAME = "api"
NEEDS: tuple[str, ...] = ()


def fine() -> str:
    """What is true when nothing is wrong."""
    return _("The API answers.")


async def look(at: Bedside) -> list[Finding] | None:
    """Nothing to look at when no API is named."""
    if not at.patient.api:
        return None
    address = f"{at.patient.api}/readyz"
    if not (reason := await silence(address)):
        return []
    return [
        Finding(
            _("{address} does not answer: {reason}.").format(address=address, reason=reason),
            _("Start it (`python -m starter.api.server`; `orderkeep up` does), and look into logs/api.log."),
        )
    ]
