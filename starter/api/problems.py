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

from domain.errors import FieldError, NotSignedIn, OrderkeepError
from starter.api.answers import to_json
from starter.api.field_errors import field_errors

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
    title: str | None = None,
) -> Response:
    """A problem document as an answer."""
    status, usual_title = KINDS.get(kind, KINDS["internal"])
    document: dict[str, Any] = {
        "type": f"/problems/{kind}",
        "title": title or usual_title,
        "status": status,
        "detail": detail,
    }
    if errors:
        document["errors"] = list(errors[:ERRORS_SHOWN])
    if legal_moves is not None:
        document["legal_moves"] = list(legal_moves)
    more = {"Retry-After": _RETRY_SECONDS} if status == 503 else {}
    return Response(to_json(document).encode(), status, {**more, **(headers or {})}, media_type=PROBLEM)


def _shown(errors: Sequence[FieldError]) -> list[dict[str, str]]:
    return [{"pointer": error.pointer, "detail": error.detail} for error in errors]


async def refused(request: Request, error: Exception) -> Response:
    """A refusal by a rule of the domain."""
    assert isinstance(error, OrderkeepError)
    headers = challenge(request) if isinstance(error, NotSignedIn) else None
    return problem(
        error.kind, error.detail, errors=_shown(error.errors), legal_moves=error.legal_moves, headers=headers
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
    where = first.get("parameter") or first["pointer"] or "the body"
    whole = "" if len(found) <= ERRORS_SHOWN else f", the first {ERRORS_SHOWN} of {len(found)}"
    more = f" {len(errors) - 1} more in 'errors'{whole}." if len(errors) > 1 else ""
    said = first["detail"].rstrip(".")
    return problem("invalid", f"{where}: {said}.{more} Correct this and send the request again.", errors=errors)


def _body_model(request: Request) -> Any:
    route = request.scope.get("route")
    field = route.body_field if isinstance(route, APIRoute) else None
    return None if field is None else field.field_info.annotation


async def http_refused(request: Request, error: Exception) -> Response:
    """What the framework refuses: unknown paths, wrong methods, unreadable or oversized bodies."""
    assert isinstance(error, HTTPException)
    path = request.url.path[:200]
    if error.status_code == 404:
        return problem("not-found", f"Nothing is at {path}. GET /openapi.json lists every path; /docs explains them.")
    if error.status_code == 405:
        allowed = ", ".join(_methods_at(request))
        detail = f"{path} does not take {request.method}; it takes {allowed}."
        return problem("method-not-allowed", detail, headers={"Allow": allowed})
    headers = {"Connection": "close"} if error.status_code in (408, 413) else error.headers
    return problem(_OF_STATUS.get(error.status_code, "malformed"), str(error.detail), headers=headers)


def _methods_at(request: Request) -> list[str]:
    routes = request.app.router.routes
    there = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    return sorted({method for route in there for method in getattr(route, "methods", None) or ()})


async def database_failed(request: Request, error: Exception) -> Response:
    """A database that does not answer is a matter of time (503); anything else that it says is our fault (500)."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    if state in _LOST_RACE:
        return problem("conflict", "Somebody changed the same thing at the same moment. Send the request again.")
    if isinstance(error, exc.DataError):
        log.warning("data_error", error=str(error.orig)[:200])
        return problem(
            "invalid", "A value is too large or has a character that cannot be stored. Shorten or correct it."
        )
    silent = isinstance(error, (TimeoutError, OSError, exc.OperationalError, exc.InterfaceError, exc.TimeoutError))
    if silent or state.startswith(_FOR_NOW):
        log.warning("database_unavailable", error=type(error).__name__, sqlstate=state, reason=str(error)[:200])
        return problem("unavailable", _NO_ANSWER)
    return failed(error)


def failed(error: BaseException) -> Response:
    """Our own fault: the whole story in the log, nothing of it in the answer."""
    log.error("request_failed", error=type(error).__name__, exc_info=error)
    detail = "Something went wrong here; it is in the log under the request id of this answer. Nothing was written."
    return problem("internal", detail)


HANDLERS: dict[int | type[Exception], Any] = {
    OrderkeepError: refused,
    RequestValidationError: fields_refused,
    HTTPException: http_refused,
    exc.SQLAlchemyError: database_failed,
    TimeoutError: database_failed,
    ConnectionError: database_failed,
}
"""Kind of exception to the handler that turns it into a problem."""
