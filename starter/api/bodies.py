"""Reading a request's body strictly: UTF-8 JSON of a sane size and depth, and nothing that only looks like it."""

from __future__ import annotations

import json
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.errors import Invalid
from starter.api.field_errors import field_errors

Model = TypeVar("Model", bound=BaseModel)
MAX_BODY = 8 * 1024 * 1024
MAX_DEPTH = 32
_WRITES = frozenset({"POST", "PUT", "PATCH"})


class BodyRefused(HTTPException):
    """A body that cannot be read; passes through the framework untouched and becomes a problem."""


def _unreadable(detail: str) -> BodyRefused:
    return BodyRefused(400, detail)


def _no_constant(name: str) -> NoReturn:
    raise _unreadable(f"{name} is not JSON: write numbers as strings such as \"9.90\", and null for 'no value'.")


def parse(raw: bytes) -> Any:
    """The value of a JSON text; raises BodyRefused (400) with the place and what to do."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _unreadable(
            f"The body is not UTF-8 (byte {error.start}): encode it as UTF-8 and send it again."
        ) from None
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _unreadable(
            f"The body is not valid JSON at {where}: {error.msg}. Correct it and send it again."
        ) from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise _unreadable("The body holds a number of too many digits: write amounts as short strings.") from None
    # At most as many levels as opening brackets: the walk is only needed for long documents and hostile ones.
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _deeper_than(value, MAX_DEPTH):
        raise _too_deep()
    return value


def _too_deep() -> BodyRefused:
    return _unreadable(f"The body is nested deeper than {MAX_DEPTH} levels; no document here is. Send a flatter one.")


def _deeper_than(value: Any, levels: int) -> bool:
    layer = [value]
    for _ in range(levels + 1):
        layer = [
            child
            for node in layer
            if isinstance(node, (dict, list))
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, (dict, list))
        ]
        if not layer:
            return False
    return True


def is_json(content_type: str) -> bool:
    """Whether a Content-Type header names JSON."""
    media = content_type.partition(";")[0].strip().lower()
    return media == "application/json" or (media.startswith("application/") and media.endswith("+json"))


async def require_json(request: Request) -> None:
    """Refuse a body that does not say it is JSON (415); no body at all is left to the check of its fields."""
    content_type = request.headers.get("content-type", "")
    if request.method in _WRITES and not is_json(content_type) and await request.body():
        said = f"is {content_type[:80]!r}" if content_type else "is missing"
        raise BodyRefused(415, f"The Content-Type {said}: send JSON with 'Content-Type: application/json'.")


def valid(model: type[Model], value: Any) -> Model:
    """The value as `model`, or Invalid (422) with a pointer to each wrong field."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        found = field_errors([dict(each) for each in error.errors(include_url=False, include_input=False)], model)
        raise Invalid(found[0].detail, errors=found) from None


class StrictRequest(Request):
    """A request whose JSON is read by `parse`."""

    async def json(self) -> Any:
        """The parsed body, once."""
        if not hasattr(self, "_json"):
            self._json = parse(await self.body())
        return self._json


class BodyLimit:
    """Counts what really arrives, whatever Content-Length says, and stops at MAX_BODY (413)."""

    def __init__(self, app: ASGIApp, max_body: int = MAX_BODY) -> None:
        self.app = app
        self.max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        arrived = 0

        async def counted() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > self.max_body:
                limit = f"{self.max_body // (1024 * 1024)} MB"
                raise BodyRefused(413, f"The body is larger than {limit}: split it into several requests.")
            return message

        await self.app(scope, counted, send)
