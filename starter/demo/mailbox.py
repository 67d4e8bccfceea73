"""The letters that the demonstration has sent: they lie in the mailbox folder, one .eml each."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from email import policy
from email.parser import BytesParser
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as a reader sees it from outside; `key` says for which event and document it is."""

    sent: str
    recipient: str
    language: str
    subject: str
    key: str

    def document(self) -> dict[str, str]:
        """As JSON."""
        return asdict(self)


def letters(folder: Path, about: str = "") -> list[Letter]:
    """The letters whose key begins with `about`, oldest first."""
    found = [(path.stat().st_mtime_ns, _read(path)) for path in folder.glob("[!.]*.eml")]
    return [letter for _at, letter in sorted(found, key=lambda pair: pair[0]) if letter.key.startswith(about)]


def _read(path: Path) -> Letter:
    mail = BytesParser(policy=policy.default).parsebytes(path.read_bytes(), headersonly=True)
    return Letter(
        sent=str(mail["Date"]),
        recipient=str(mail["To"]),
        language=str(mail["Content-Language"]),
        subject=str(mail["Subject"]),
        key=str(mail["X-Orderkeep-Key"]),
    )


async def settled(folder: Path, calm: float = 0.6, patience: float = 10.0) -> list[Letter]:
    """All letters, once no more have come for a moment."""
    seen, still = -1, 0.0
    step = 0.2
    for _ in range(int(patience / step)):
        count = sum(1 for _path in folder.glob("[!.]*.eml"))
        still = still + step if count == seen else 0.0
        seen = count
        if still >= calm:
            break
        await asyncio.sleep(step)
    return letters(folder)
