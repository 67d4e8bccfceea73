"""Reading what a person gives a command: a JSON document from a file or the pipe, a `NAME=QUANTITY`, a moment."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import typer

from starter.cli.client import Refused
from starter.cli.speech import _


def read_document(file: str) -> str:
    """The JSON text of a file, `-` for standard input, as it stands: its numbers keep their digits.

    A file that cannot be opened is wrong usage; one that is not JSON is refused with the place of the fault.
    """
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as missing:
        raise typer.BadParameter(
            _("{file} cannot be read ({reason})").format(file=file, reason=missing.strerror), param_hint="FILE"
        ) from None
    name = _("standard input") if file == "-" else file
    try:
        text = raw.decode("utf-8-sig")
        json.loads(text)
    except UnicodeDecodeError as wrong:
        raise _refused(
            _("{file} is not UTF-8 (byte {byte}): save it as UTF-8.").format(file=name, byte=wrong.start)
        ) from None
    except json.JSONDecodeError as wrong:
        raise _refused(
            _("{file} is not JSON at line {line}, column {column}: {reason}.").format(
                file=name, line=wrong.lineno, column=wrong.colno, reason=wrong.msg
            )
        ) from None
    except (ValueError, RecursionError):
        raise _refused(_("{file} is not a JSON document that can be read.").format(file=name)) from None
    return text


def named_quantities(pairs: list[str], hint: str) -> list[tuple[str, str]]:
    """`NAME=QUANTITY` as pairs; the name may hold a `=` itself."""
    read = []
    for pair in pairs:
        name, separator, quantity = pair.rpartition("=")
        if not (separator and name.strip() and quantity.strip()):
            raise typer.BadParameter(_("{pair} is not of the form NAME=QUANTITY").format(pair=pair), param_hint=hint)
        read.append((name.strip(), quantity.strip()))
    return read


def instant(text: str | None, hint: str = "--received-at") -> str:
    """A moment in RFC 3339; none given is now, one without an offset is UTC."""
    if text is None:
        moment = datetime.now(UTC)
    else:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise typer.BadParameter(
                _("{text} is not a moment such as 2025-03-31T09:00:00Z").format(text=text), param_hint=hint
            ) from None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _refused(detail: str) -> Refused:
    return Refused({"detail": detail})
