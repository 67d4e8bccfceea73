"""Whether the API has the secret that proves the carrier's webhooks; without it every scan is refused."""

from __future__ import annotations

import httpx2

from gateways.carriers import registry
from gateways.signatures import UNPROVABLE
from starter.cli.speech import _
from starter.doctor.answers import browser
from starter.doctor.bedside import Bedside, Finding

NAME = "webhooks"
NEEDS = ("api",)


def fine() -> str:
    """What is true when nothing is wrong."""
    return _("The carrier's webhooks can be proven.")


async def look(at: Bedside) -> list[Finding] | None:
    """An unsigned webhook is refused; the API says whether for its signature, or for want of a secret of its own."""
    if not at.patient.api or not at.patient.carrier:
        return None
    address = f"{at.patient.api}/v1/webhooks/carriers/{registry.names()[0]}"
    try:
        async with browser() as http:
            answer = await http.post(address, json={})
    except httpx2.HTTPError as failure:
        raise OSError(str(failure) or type(failure).__name__) from failure
    if UNPROVABLE not in answer.text:
        return []
    return [
        Finding(
            _("The API has no secret for the carrier's webhooks and refuses all of them."),
            _("Set ORDERKEEP_WEBHOOK_SECRET_CARRIERS for the API, as the carrier has it, and start it again."),
        )
    ]
