"""Saving what the API sends as a file."""

from __future__ import annotations

import sys
from pathlib import Path

from starter.cli.client import Refused
from starter.cli.session import Session
from starter.cli.speech import _


def write_out(session: Session, content: bytes, out: str) -> None:
    """Write the bytes to a file, or to standard output for `-`, where nothing else is then said."""
    if out == "-":
        sys.stdout.buffer.write(content)
        return
    try:
        Path(out).write_bytes(content)
    except OSError as failure:
        raise Refused(
            {"detail": _("{file} cannot be written ({reason}).").format(file=out, reason=failure.strerror)}
        ) from None
    session.done({"file": out, "bytes": len(content)}, _("Saved in {file}.").format(file=out))
