"""Every refusal as an RFC 9457 problem: what is wrong, where, and what to do; never a stack trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy import exc
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from db.queries.spoken import as_written
from domain.errors import FieldError, NotSignedIn, OrderkeepError, Told, Translate, as_it_stands, said, told
from starter.api.answers import to_json
from starter.api.language import speech
from starter.field_errors import field_errors
from starter.schema import MIGRATE, lacks_something

PROBLEM = "application/problem+json"
KINDS: dict[str, tuple[int, str]] = {
    "malformed": (400, "The request cannot be read"),
    "unauthenticated": (401, "Not signed in"),
    "forbidden": (403, "Not allowed"),
    "not-found": (404, "Not found"),
    "method-not-allowed": (405, "This path does not take this method"),
    "illegal-move": (409, "Not possible in this state"),
    "conflict": (409, "Changed by somebody else at the same moment"),
    "too-slow": (408, "The request came too slowly"),
    "too-large": (413, "The body is too large"),
    "unsupported-media-type": (415, "Only JSON is read here"),
    "invalid": (422, "Some fields are not valid"),
    "too-many-requests": (429, "Asked too often"),
    "internal": (500, "Internal error"),
    "unavailable": (503, "Temporarily unavailable"),
}
"""Kind of problem to its status and title: the whole vocabulary of refusals."""

ADVICE: dict[str, str] = {
    "malformed": "Send UTF-8 JSON and well-formed headers; 'detail' names the place.",
    "unauthenticated": "Send a valid key as 'Authorization: Bearer <key>'; webhooks: check the secret and the clock.",
    "forbidden": "Use a key of one of the roles that 'detail' names.",
    "not-found": "Check the number or the path.",
    "method-not-allowed": "Use one of the methods in the Allow header.",
    "illegal-move": "Read the document's state; 'legal_moves' says where it can go from here.",
    "conflict": "Send the same request again.",
    "too-slow": "Send the whole request at once; a proxy in between should do so for slow clients.",
    "too-large": "Split the request.",
    "unsupported-media-type": "Send 'Content-Type: application/json'.",
    "invalid": "Correct the fields that 'errors' points at and send the request again.",
    "too-many-requests": "Wait for the seconds in Retry-After and send the same request again, more slowly.",
    "internal": "Nothing to correct on your side; report the X-Request-Id of the answer.",
    "unavailable": "Wait for the seconds in Retry-After and send the same request again.",
}
"""Kind of problem to what its receiver can do."""

_OF_STATUS = {status: kind for kind, (status, _) in reversed(KINDS.items())}
_RETRY_SECONDS = "2"
_NO_ANSWER = "The database does not answer just now. Nothing was written; send the same request again in a moment."
_SAME_MOMENT = "Somebody changed the same thing at the same moment. Send the request again."
_NOT_STORED = "A value is too large or has a character that cannot be stored. Shorten or correct it."
_OUR_FAULT = "Something went wrong here; it is in the log under the request id of this answer. Nothing was written."
_BEING_MIGRATED = (
    "This needs a newer schema: the database is still to be migrated. Nothing was written; try again later."
)
_NOT_THERE = ("42P01", "42703", "42883")
"""States of a statement that names a table, a column or a function which is not there."""
_LOST_RACE = ("40001", "40P01", "55P03", "23505")
_FOR_NOW = ("25006", "25P03", "53", "57P", "58")
"""States that pass: a server that may only be read, lacks disk or memory, is stopped, or cannot reach its files."""
log = structlog.get_logger(__name__)

ERRORS_SHOWN = 200
"""A body of eight megabytes can be wrong in half a million places; nobody reads more than the first ones."""


def problem(
    kind: str,
    detail: str,
    *,
    errors: Sequence[Mapping[str, str]] = (),
    legal_moves: Sequence[str] | None = None,
    headers: Mapping[str, str] | None = None,
    translate: Translate = as_written,
) -> Response:
    """A problem document as an answer, its sentences in the language of `translate`."""
    status, title = KINDS.get(kind, KINDS["internal"])
    document: dict[str, Any] = {
        "type": f"/problems/{kind}",
        "title": translate(title),
        "status": status,
        "detail": said(detail, translate),
    }
    if errors:
        document["errors"] = [{**each, "detail": said(each["detail"], translate)} for each in errors[:ERRORS_SHOWN]]
    if legal_moves is not None:
        document["legal_moves"] = list(legal_moves)
    more = {"Retry-After": _RETRY_SECONDS} if status == 503 else {}
    return Response(to_json(document).encode(), status, {**more, **(headers or {})}, media_type=PROBLEM)


def _shown(errors: Sequence[FieldError]) -> list[dict[str, str]]:
    return [
        {
            "pointer": error.pointer,
            "detail": error.detail,
            **({"parameter": error.parameter} if error.parameter else {}),
        }
        for error in errors
    ]


async def refused(request: Request, error: Exception) -> Response:
    """A refusal by a rule of the domain."""
    assert isinstance(error, OrderkeepError)
    headers = challenge(request) if isinstance(error, NotSignedIn) else None
    return problem(
        error.kind,
        error.detail,
        errors=_shown(error.errors),
        legal_moves=error.legal_moves,
        headers=headers,
        translate=speech(request),
    )


def challenge(request: Request) -> dict[str, str]:
    """The WWW-Authenticate header of a 401; webhooks are told nothing, they carry no key."""
    if "/webhooks/" in request.url.path:
        return {}
    wrong = ', error="invalid_token"' if "authorization" in request.headers else ""
    return {"WWW-Authenticate": f'Bearer realm="orderkeep"{wrong}'}


async def fields_refused(request: Request, error: Exception) -> Response:
    """A body, path or query that is readable and wrong: 422 with a pointer to each field."""
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    findings = [dict(finding) for finding in found[:ERRORS_SHOWN]]
    inside = [{**finding, "loc": finding["loc"][1:]} for finding in findings if finding["loc"][0] == "body"]
    around = [finding for finding in findings if finding["loc"][0] != "body"]
    errors = _shown(field_errors(inside, _body_model(request)))
    for finding, wrong in zip(around, field_errors(around), strict=True):
        errors.append({"pointer": "", "parameter": str(finding["loc"][-1]), "detail": wrong.detail})
    first = errors[0]
    where = first.get("parameter") or first["pointer"] or told("the body")
    whole = first["detail"].endswith((".", "?"))
    sentence = told(
        "{where}: {detail}" if whole else "{where}: {detail}.", where=where, detail=as_it_stands(first["detail"])
    )
    return problem("invalid", _all_of(sentence, len(errors) - 1, len(found)), errors=errors, translate=speech(request))


def _all_of(first: Told, more: int, count: int) -> Told:
    if count > ERRORS_SHOWN:
        figures = {"first": first, "more": more, "shown": ERRORS_SHOWN, "count": count}
        return told(
            "{first} {more} more in 'errors', the first {shown} of {count}. Correct this and send the request again.",
            **figures,
        )
    if more:
        return told("{first} {more} more in 'errors'. Correct this and send the request again.", first=first, more=more)
    return told("{first} Correct this and send the request again.", first=first)


def _body_model(request: Request) -> Any:
    route = request.scope.get("route")
    field = route.body_field if isinstance(route, APIRoute) else None
    return None if field is None else field.field_info.annotation


async def http_refused(request: Request, error: Exception) -> Response:
    """What the framework refuses: unknown paths, wrong methods, unreadable or oversized bodies."""
    assert isinstance(error, HTTPException)
    path, translate = request.url.path[:200], speech(request)
    if error.status_code == 404:
        detail = told("Nothing is at {path}. GET /openapi.json lists every path; /docs explains them.", path=path)
        return problem("not-found", detail, translate=translate)
    if error.status_code == 405:
        allowed = ", ".join(_methods_at(request))
        detail = told(
            "{path} does not take {method}; it takes {allowed}.", path=path, method=request.method, allowed=allowed
        )
        return problem("method-not-allowed", detail, headers={"Allow": allowed}, translate=translate)
    headers = {"Connection": "close"} if error.status_code in (408, 413) else error.headers
    kind = _OF_STATUS.get(error.status_code, "malformed")
    return problem(kind, error.detail, headers=headers, translate=translate)


def _methods_at(request: Request) -> list[str]:
    routes = request.app.router.routes
    there = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    return sorted({method for route in there for method in getattr(route, "methods", None) or ()})


async def database_failed(request: Request, error: Exception) -> Response:
    """A database that does not answer is a matter of time (503); anything else that it says is our fault (500)."""
    kind, sentence = await weighed(error)
    return problem(kind, sentence, translate=speech(request))


async def weighed(error: Exception) -> tuple[str, str]:
    """What kind of problem a fault is that nobody raised for a person to read, and the sentence for it."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    if state in _LOST_RACE:
        return "conflict", _SAME_MOMENT
    if isinstance(error, exc.DataError):
        log.warning("data_error", error=str(error.orig)[:200])
        return "invalid", _NOT_STORED
    silent = isinstance(error, (TimeoutError, OSError, exc.OperationalError, exc.InterfaceError, exc.TimeoutError))
    if silent or state.startswith(_FOR_NOW):
        log.warning("database_unavailable", error=type(error).__name__, sqlstate=state, reason=str(error)[:200])
        return "unavailable", _NO_ANSWER
    if state in _NOT_THERE and await lacks_something():
        log.warning("schema_is_old", sqlstate=state, what_to_do=MIGRATE)
        return "unavailable", _BEING_MIGRATED
    return _ours(error)


def failed(error: BaseException, translate: Translate = as_written) -> Response:
    """Our own fault: the whole story in the log, nothing of it in the answer."""
    kind, sentence = _ours(error)
    return problem(kind, sentence, translate=translate)


def _ours(error: BaseException) -> tuple[str, str]:
    log.error("request_failed", error=type(error).__name__, exc_info=error)
    return "internal", _OUR_FAULT


HANDLERS: dict[int | type[Exception], Any] = {
    OrderkeepError: refused,
    RequestValidationError: fields_refused,
    HTTPException: http_refused,
    exc.SQLAlchemyError: database_failed,
    TimeoutError: database_failed,
    ConnectionError: database_failed,
}
"""Kind of exception to the handler that turns it into a problem."""
