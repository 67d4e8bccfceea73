"""Lets one web page from elsewhere ask the codec: Temporal's Web UI, at the origin that the setting names."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATHS = ("/v1/codec/decode", "/v1/codec/encode")
_ALLOWED = (
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"authorization, content-type, x-namespace"),
    (b"access-control-max-age", b"600"),
)


class CodecOrigin:
    """Answers the browser's question whether it may ask, and marks each answer; for every other origin it is silent."""

    def __init__(self, app: ASGIApp, origin: str) -> None:
        self.app = app
        self.origin = origin.rstrip("/").encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in PATHS or _header(scope, b"origin") != self.origin:
            await self.app(scope, receive, send)
            return
        marks = [(b"access-control-allow-origin", self.origin), (b"vary", b"Origin")]
        if scope["method"] == "OPTIONS" and _header(scope, b"access-control-request-method"):
            await send({"type": "http.response.start", "status": 204, "headers": [*marks, *_ALLOWED]})
            await send({"type": "http.response.body", "body": b""})
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *marks]
            await send(message)

        await self.app(scope, receive, marked)


def _header(scope: Scope, name: bytes) -> bytes | None:
    return next((value for key, value in scope["headers"] if key == name), None)
