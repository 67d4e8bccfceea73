"""What a connection may cost before its request has a shape: the size of the head, and the time that it may take.

The server beneath bounds neither: it would collect headers without end, and wait for them for ever.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from starter.api.problems import problem

MAX_HEAD = 64 * 1024
HEAD_SECONDS = 20.0
MOST_CONNECTIONS = 2000
_NO_HTTP = (
    "This cannot be read as an HTTP request. In an address everything but ASCII is percent-encoded: "
    "`curl -G --data-urlencode 'q=…'` does so."
)
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class FrontDoor(HttpToolsProtocol):
    """The server's protocol with bounds on the head of a request."""

    _head_bytes = 0
    _reads_head = True
    _timer: asyncio.TimerHandle | None = None
    head_seconds = HEAD_SECONDS

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A caller connects, and is expected to say something."""
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """The caller is gone."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """A piece of a request."""
        if self._reads_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._reads_head and self._head_bytes > MAX_HEAD and not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """What arrived is no HTTP, so nobody behind this door can refuse it: the problem is written here."""
        if not self.transport.is_closing():
            answer = problem("malformed", _NO_HTTP, headers={"Connection": "close", "Content-Language": "en"})
            head = b"".join(b"%b: %b\r\n" % header for header in answer.raw_headers)
            self.transport.write(b"HTTP/1.1 400 Bad Request\r\n" + head + b"\r\n" + bytes(answer.body))
            self.transport.close()

    def on_message_begin(self) -> None:
        """The first line of a request."""
        super().on_message_begin()
        if not self._reads_head:
            self._reads_head, self._head_bytes = True, 0
            self._expect_head()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._reads_head = False
        self._stop_timer()
        super().on_headers_complete()

    def _expect_head(self) -> None:
        self._timer = self.loop.call_later(self.head_seconds, self._give_up)

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
