"""What a person reads when something was refused or does not work just now: a page, or a message beside the button."""

from __future__ import annotations

from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain.errors import OrderkeepError
from starter.api.problems import KINDS, http_refused, weighed
from starter.console.page import render

_FOR_PEOPLE = {
    "conflict": "Somebody changed the same thing at the same moment. Look again.",
    "invalid": "Something that was typed is too large or has a character that cannot be stored. Correct it.",
    "unavailable": "The database does not answer just now. Nothing was changed; try again in a moment.",
    "internal": "Something went wrong here. Nothing was changed. Tell those who run this, with the time of day.",
}
"""What was no refusal, by its kind."""
_NOTHING_HERE = "There is no such page. Check the address, or begin again at the first page."


async def refusal_page(request: Request, error: Exception) -> Response:
    """The refusal as a page with its status; asked for by a script of the page, as a message in place of it.

    A script's request is answered with 200, and the status in `X-Refused`: browsers report every other status as a
    fault of the page.
    """
    status, sentence, errors = await _told(error)
    values: dict[str, Any] = {"code": status, "sentence": sentence, "errors": errors}
    if "hx-request" in request.headers:
        response = render(request, "refusal.html", **values)
        response.headers["X-Refused"] = str(status)
        response.headers["HX-Retarget"] = "#message"
        response.headers["HX-Reselect"] = ".alert"
        response.headers["HX-Reswap"] = "innerHTML"
        return response
    inside = getattr(request.state, "person", None) is not None
    return render(request, "refused.html" if inside else "refused_outside.html", status, **values)


async def no_such_page(request: Request, error: Exception) -> Response:
    """What is at no address, or takes no such method: a page for a browser, a problem for everybody else."""
    for_people = "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/v1/")
    if not for_people or getattr(error, "status_code", 0) != 404:
        return await http_refused(request, error)
    return render(request, "refused_outside.html", 404, code=404, sentence=_NOTHING_HERE, errors=())


async def _told(error: Exception) -> tuple[int, str, tuple[Any, ...]]:
    match error:
        case OrderkeepError():
            return error.status, error.detail, error.errors
        case RequestValidationError():
            return 422, "The address of this page is not complete. Go back and choose again.", ()
        case HTTPException():
            return error.status_code, str(error.detail), ()
    kind, sentence = await weighed(error)
    return KINDS[kind][0], _FOR_PEOPLE.get(kind, sentence), ()
