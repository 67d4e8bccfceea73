"""The thinnest HTTP client that will do, so that the measuring takes as little as possible from what is measured."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import urlsplit

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Wire:
    """JSON over kept connections to one server, each with one request at a time."""

    def __init__(self, url: str, key: str) -> None:
        place = urlsplit(url)
        assert place.hostname is not None
        self._address = (place.hostname, place.port)
        self._head = f"Host: {place.netloc}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
        self._idle: list[Connection] = []

    async def send(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """One request and the document that answers it; a refusal is a fault of the benchmark (RuntimeError)."""
        reader, writer = await self._connection()
        content = json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\n{self._head}Content-Length: {len(content)}\r\n\r\n"
        writer.write(head.encode() + content)
        status, length = _understood(await reader.readuntil(b"\r\n\r\n"))
        answer = await reader.readexactly(length)
        self._idle.append((reader, writer))
        if status >= 300:
            raise RuntimeError(f"{method} {path} was answered {status}: {answer.decode()[:1000]}")
        document: dict[str, Any] = json.loads(answer)
        return document

    async def close(self) -> None:
        """Hang up."""
        while self._idle:
            self._idle.pop()[1].close()

    async def _connection(self) -> Connection:
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof() and not writer.is_closing():
                return reader, writer
        return await asyncio.open_connection(*self._address)


def _understood(head: bytes) -> tuple[int, int]:
    status, *headers = head.decode("latin-1").split("\r\n")
    named = dict(header.lower().split(": ", 1) for header in headers if header)
    return int(status.split(" ")[1]), int(named["content-length"])
