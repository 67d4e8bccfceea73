"""Which release of the program this is, and how a worker tells it to Temporal."""

from __future__ import annotations

import os
import re
import socket
from importlib.metadata import PackageNotFoundError, version

try:
    RELEASE = version("orderkeep")
except PackageNotFoundError:  # run from a folder that nobody installed
    RELEASE = "0"

_IDENTITY = re.compile(r"orderkeep/(\S+) ")


def identity() -> str:
    """How this process calls itself in Temporal: release, process and machine."""
    return f"orderkeep/{RELEASE} {os.getpid()}@{socket.gethostname()}"


def release_of(told: str) -> str | None:
    """The release in an identity; None when somebody else's program calls itself so."""
    found = _IDENTITY.match(told)
    return found[1] if found else None
