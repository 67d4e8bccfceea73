"""A mail server in the run's own process: takes every letter and remembers it, also when it comes again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from email import message_from_bytes
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True, slots=True)
class Received:
    """A letter as it arrived; the same Message-ID again is the same letter."""

    message_id: str
    recipient: str


class MailServer:
    """Listens on a port of its own; `letters` has what came, in order."""

    def __init__(self) -> None:
        self.letters: list[Received] = []
        self.port = 0

    async def __aenter__(self) -> MailServer:
        """Open."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Close."""
        self._server.close()

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        """One letter."""
        content = envelope.content or b""
        letter = message_from_bytes(content if isinstance(content, bytes) else content.encode())
        self.letters.append(Received(letter["Message-ID"], envelope.rcpt_tos[0]))
        return "250 taken"
