"""Reading a request's body strictly: UTF-8 JSON of a sane size and depth, and nothing that only looks like it."""

from __future__ import annotations

import asyncio
import json
from typing import Any, NoReturn, TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain.errors import Invalid, as_it_stands, told
from starter.field_errors import field_errors

Model = TypeVar("Model", bound=BaseModel)
MAX_BODY = 8 * 1024 * 1024
MAX_HELD = 256 * 1024 * 1024
"""Of all requests that are being answered; what they become in memory is a few times as much."""
MAX_WEBHOOK = 1024 * 1024
MAX_UPLOAD = 64 * 1024 * 1024
UPLOADS = "/orders/upload"
"""Where the console takes files of orders, which may be larger than a body of JSON."""
LARGE = 64 * 1024
MAX_FAULTS = 20_000
_BEGINNING = 20
MAX_DEPTH = 32
MAX_FIELDS = 500
"""Of one object; no document here has more than thirty."""
MAX_PARTS = 400_000
"""Values and fields of one body: ten thousand order lines have a quarter of it. Each costs memory while it is read."""
PATIENCE_SECONDS = 30.0
"""How long the next piece of a body may take."""
_WRITES = frozenset({"POST", "PUT", "PATCH"})


class BodyRefused(HTTPException):
    """A body that cannot be read; passes through the framework untouched and becomes a problem."""


def _unreadable(detail: str) -> BodyRefused:
    return BodyRefused(400, detail)


def _no_constant(name: str) -> NoReturn:
    raise _unreadable(
        told("{name} is not JSON: write numbers as strings such as \"9.90\", and null for 'no value'.", name=name)
    )


def parse(raw: bytes) -> Any:
    """The value of a JSON text; raises BodyRefused (400) with the place and what to do."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _unreadable(
            told("The body is not UTF-8 (byte {start}): encode it as UTF-8 and send it again.", start=error.start)
        ) from None
    if raw.count(b",") + raw.count(b":") + raw.count(b"[") + raw.count(b"{") > MAX_PARTS:
        raise BodyRefused(
            413, told("The body has more than {max_parts} parts: split it into several requests.", max_parts=MAX_PARTS)
        )
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        where = told("line {line}, column {column}", line=error.lineno, column=error.colno)
        raise _unreadable(
            told(
                "The body is not valid JSON at {where}: {msg}. Correct it and send it again.",
                where=where,
                msg=as_it_stands(error.msg),
            )
        ) from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise _unreadable("The body holds a number of too many digits: write amounts as short strings.") from None
    # At most as many levels as opening brackets, and fields as colons: only long and hostile documents are walked.
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH or raw.count(b":") > MAX_FIELDS:
        _refuse_strange_shape(value)
    return value


def _too_deep() -> BodyRefused:
    return _unreadable(
        told(
            "The body is nested deeper than {max_depth} levels; no document here is. Send a flatter one.",
            max_depth=MAX_DEPTH,
        )
    )


def _refuse_strange_shape(value: Any) -> None:
    layer = [value]
    for _ in range(MAX_DEPTH + 1):
        if any(len(node) > MAX_FIELDS for node in layer if isinstance(node, dict)):
            raise _unreadable(
                told(
                    "An object has more than {max_fields} fields; no document here has. Send fewer.",
                    max_fields=MAX_FIELDS,
                )
            )
        layer = [
            child
            for node in layer
            if isinstance(node, (dict, list))
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, (dict, list))
        ]
        if not layer:
            return
    raise _too_deep()


def is_json(content_type: str) -> bool:
    """Whether a Content-Type header names JSON."""
    media = content_type.partition(";")[0].strip().lower()
    return media == "application/json" or (media.startswith("application/") and media.endswith("+json"))


async def require_json(request: Request) -> None:
    """Refuse a body that does not say it is JSON (415); no body at all is left to the check of its fields."""
    content_type = request.headers.get("content-type", "")
    if request.method in _WRITES and not is_json(content_type) and await request.body():
        said = told("is {type}", type=repr(content_type[:80])) if content_type else told("is missing")
        raise BodyRefused(
            415, told("The Content-Type {said}: send JSON with 'Content-Type: application/json'.", said=said)
        )


def valid(model: type[Model], value: Any) -> Model:
    """The value as `model`, or Invalid (422) with a pointer to each wrong field."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        found = field_errors([dict(each) for each in error.errors(include_url=False, include_input=False)], model)
        raise Invalid(found[0].detail, errors=found) from None


def refuse_wrong_everywhere(bodies: TypeAdapter[Any], value: Any) -> None:
    """Refuse a body with more faults than can be told (422), before the framework makes a document of each of them.

    Its faults were the two gigabytes that one hostile body could cost.
    """
    try:
        bodies.validate_python(value)
    except ValidationError as error:
        if error.error_count() <= MAX_FAULTS:
            return
        total = error.error_count()
    else:
        return
    try:
        bodies.validate_python(_shortened(value))
        findings: list[Any] = []
    except ValidationError as error:
        findings = error.errors(include_url=False, include_input=False)
    more = {"type": "wrong_everywhere", "loc": (), "msg": told("the body is wrong in {count} places", count=total)}
    raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in [*findings, more]])


def _shortened(value: Any) -> Any:
    """The same with the beginning of each list."""
    match value:
        case list():
            return [_shortened(each) for each in value[:_BEGINNING]]
        case dict():
            return {name: _shortened(each) for name, each in value.items()}
    return value


class StrictRequest(Request):
    """A request whose JSON is read by `parse`."""

    async def json(self) -> Any:
        """The parsed body, once."""
        if not hasattr(self, "_json"):
            self._json = parse(await self.body())
        return self._json


class BodyLimit:
    """Counts what really arrives, whatever Content-Length says, and stops at the limit (413).

    A webhook is limited more tightly, for its signature can only be checked when all of it is there. A body whose next
    piece takes too long is given up (408).
    """

    def __init__(self, app: ASGIApp, max_body: int = MAX_BODY, patience: float = PATIENCE_SECONDS) -> None:
        self.app = app
        self.max_body = max_body
        self.patience = patience
        self._held = 0

    def _most(self, path: str) -> int:
        if path.startswith("/v1/webhooks/"):
            return min(MAX_WEBHOOK, self.max_body)
        return max(MAX_UPLOAD, self.max_body) if path == UPLOADS else self.max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = self._most(scope["path"])
        arrived, whole = 0, False

        async def counted() -> Message:
            nonlocal arrived, whole
            if whole:
                return await receive()
            try:
                async with asyncio.timeout(self.patience):
                    message = await receive()
            except TimeoutError:
                detail = told(
                    "The body stopped coming for {patience} seconds. Send the request again, whole.",
                    patience=f"{self.patience:g}",
                )
                raise BodyRefused(408, detail) from None
            whole = not message.get("more_body", False)
            arrived += len(message.get("body", b""))
            self._held += len(message.get("body", b""))
            if self._held > MAX_HELD:
                raise BodyRefused(
                    503, "Too many large bodies are arriving at once. Send the request again in a moment."
                )
            if arrived > most:
                limit = f"{most // (1024 * 1024)} MB"
                raise BodyRefused(
                    413, told("The body is larger than {limit}: split it into several requests.", limit=limit)
                )
            return message

        try:
            await self.app(scope, counted, send)
        finally:
            self._held -= arrived
