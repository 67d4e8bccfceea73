"""Letters into a folder, one .eml each, for those who have no mail server: the demo and tests."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path

from gateways.notices.letter import digest, message
from gateways.notices.port import Notice, NoticeUnavailable


class MailboxPost:
    """A folder. The file's name follows from the key, so that a repeat replaces the letter instead of adding one."""

    repeats_show = False
    encloses = False

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    async def deliver(self, notice: Notice) -> None:
        """Put the letter into the folder."""
        content = message(notice, self._sender, "8bit")
        try:
            await asyncio.to_thread(_write, self._folder / file_name(notice.key), content)
        except OSError as error:
            raise NoticeUnavailable(f"the mailbox {self._folder} cannot be written: {error.strerror}") from error


def file_name(key: str) -> str:
    """A name that a person can read and no key can share with another."""
    words = re.sub(r"[^A-Za-z0-9_.-]+", "-", key).strip("-.")[:80]
    return f"{words or 'notice'}-{digest(key)[:8]}.eml"


def _write(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")  # on its way, it is not a letter that anybody lists
    try:
        draft.write_bytes(content)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
    draft.replace(path)
