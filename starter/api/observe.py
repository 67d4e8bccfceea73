"""The outermost layer: one log line and one measurement per request, and an answer when everything else failed."""

from __future__ import annotations

import re
import time
import uuid
from typing import Any

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from starter.api.language import speech
from starter.api.metrics import Metrics
from starter.api.problems import failed

_GIVEN_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
_EVERYWHERE = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)
# What `/v1` answers is for whoever holds the key, and for no cache on the way.
_PRIVATE = (*_EVERYWHERE, (b"cache-control", b"no-store"))
CLIENT_WENT_AWAY = 499
log = structlog.get_logger("api")


class Observe:
    """Binds the request's id and order number for every log line below it; probes are logged at debug level."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        request_id = _request_id(scope)
        structlog.contextvars.unbind_contextvars("actor", "role")
        structlog.contextvars.bind_contextvars(request_id=request_id)
        status = 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = _PRIVATE if scope["path"].startswith("/v1/") else _EVERYWHERE
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode()), *own]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        except ClientDisconnect:
            status = status or CLIENT_WENT_AWAY
        except Exception as error:
            response = failed(error, speech(Request(scope)))
            if not status:
                await response(scope, receive, noted)
        self._conclude(scope, status or 500, time.perf_counter() - began)

    def _conclude(self, scope: Scope, status: int, seconds: float) -> None:
        route = _template(scope)
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        self.metrics.answered(route, method, status, seconds)
        facts: dict[str, Any] = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
        number = (scope.get("path_params") or {}).get("number")
        if number and route.startswith("/v1/orders/"):
            facts["order"] = str(number)[:64]
        if route in QUIET:
            log.debug("request", **facts)
        else:
            log.info("request", **facts)


def _template(scope: Scope) -> str:
    path = getattr(scope.get("route"), "path_format", None)
    return path if isinstance(path, str) else "unmatched"


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _GIVEN_ID.fullmatch(text := value.decode("latin-1")):
            return str(text)
    return uuid.uuid4().hex
