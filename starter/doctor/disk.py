"""Whether the disk of the data directory has room: a full one stops the database."""

from __future__ import annotations

import shutil

from starter.cli.speech import _
from starter.doctor.bedside import Bedside, Finding

NAME = "disk"
NEEDS: tuple[str, ...] = ()
LEAST_BYTES = 1_000_000_000


def fine() -> str:
    """What is true when nothing is wrong."""
    return _("The disk of the data directory has room.")


async def look(at: Bedside) -> list[Finding] | None:
    """Nothing to look at without a data directory: the servers are elsewhere then."""
    directory = at.patient.data_dir
    if directory is None or not directory.is_dir():
        return None
    free = shutil.disk_usage(directory).free
    if free >= LEAST_BYTES:
        return []
    return [
        Finding(
            _("Only {megabytes} MB are free on the disk of {directory}.").format(
                megabytes=free // 1_000_000, directory=directory
            ),
            _("Make room, or move the data directory to a larger disk while nothing runs; logs/ may be emptied."),
        )
    ]
