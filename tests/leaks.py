"""Secrets in logs: every line that the suite's processes write is looked through for what only its owner may see.

Secrets are known by their shape, so that one that a test or a process makes tomorrow is found as well; those of a data
directory also by their value, before the directory is deleted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from starter.embedded.data_dir import DataDir

SHAPES = {
    "an API key": re.compile(r"\bok_[0-9a-f]{12}_[\w-]{20,}"),
    "a webhook secret": re.compile(r"\bwhsec_[A-Za-z0-9+/]{20,}"),
    "a payload key": re.compile(r"\b[\w.-]{1,32}:[A-Za-z0-9+/]{43}="),
    "a password in an address": re.compile(
        r"\b(?:postgres(?:ql)?(?:\+\w+)?|smtps?|https?)://[^\s:/@]+:(?!\*)[^\s@/]+@"
    ),
    "a header with a key": re.compile(r"(?i)\bauthorization['\"]?[:=]\s*['\"]?(?:bearer|basic)\s+[\w+/=-]{8,}"),
}
FOUND: list[str] = []
"""What was found in this process of the suite, and where; never the secret itself."""
_MOST = 50 * 1024 * 1024
_SHORTEST = 12


def leaks(text: str, secrets: Iterator[str] | tuple[str, ...] = ()) -> list[str]:
    """Which secrets stand in the text, told by their shape and their place."""
    found = [
        f"{kind} in: {text[max(0, match.start() - 80) : match.start()]}…"
        for kind, shape in SHAPES.items()
        for match in shape.finditer(text)
    ]
    return found + [f"{secret[:3]}… in plain text" for secret in secrets if secret in text]


def look_through(directory: Path) -> None:
    """Look through the logs of a data directory."""
    secrets = tuple(_values(directory / "secrets.json")) + tuple(_values(directory / "endpoints.json", "key"))
    for log in sorted((directory / "logs").glob("*")):
        if log.is_file() and log.stat().st_size < _MOST:
            FOUND.extend(f"{log.name}: {leak}" for leak in leaks(log.read_text("utf-8", "replace"), secrets))


def _values(file: Path, *names: str) -> Iterator[str]:
    try:
        document = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return
    for name, value in document.items():
        if isinstance(value, str) and len(value) >= _SHORTEST and (not names or name in names):
            yield value


def watch_data_directories() -> None:
    """From here on, whoever gives a data directory back has its logs looked through first."""
    close = DataDir.close

    def looked_through(self: DataDir) -> None:
        look_through(self.path)
        close(self)

    DataDir.close = looked_through  # type: ignore[method-assign]
