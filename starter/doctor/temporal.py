"""Whether Temporal answers."""

from __future__ import annotations

import asyncio

from temporalio.service import RPCError

from starter.cli.speech import _
from starter.doctor.bedside import PATIENCE, Bedside, Finding
from starter.engine import connect_at

NAME = "temporal"
NEEDS: tuple[str, ...] = ()
DEFAULT_TEMPORAL = "127.0.0.1:7233"


def fine() -> str:
    """What is true when nothing is wrong."""
    return _("Temporal answers.")


async def look(at: Bedside) -> list[Finding]:
    """Connect; the connection serves the examinations that follow."""
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            at.temporal = await connect_at(at.patient.temporal, at.patient.namespace)
    except (RPCError, RuntimeError, OSError, TimeoutError):
        address = at.patient.temporal or DEFAULT_TEMPORAL
        return [
            Finding(
                _("Temporal does not answer at {address}.").format(address=address),
                _("Start it (`orderkeep up` does). Orders are accepted meanwhile and worked off afterwards."),
            )
        ]
    return []
