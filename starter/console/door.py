"""What every page does before its handler runs: whose browser it is, whether the page itself asked, and who may."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from fastapi import APIRouter
from fastapi.routing import APIRoute
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from domain.errors import Forbidden
from intake import users
from intake.users import Person
from starter.api.answers import in_database
from starter.console.refusals import refusal_page
from starter.console.roles import roles_that_may_open

COOKIE = "orderkeep_session"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_SAFE = frozenset({"GET", "HEAD"})
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Page(APIRoute):
    """A page or an action of somebody who is signed in; who may is in `roles.py` under the handler's name."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()
        roles = roles_that_may_open(self.name, reads=self.methods == {"GET"})

        async def checked(request: Request) -> Response:
            person = await signed_in(request)
            request.state.person = person
            if person is None:
                return _to_sign_in(request)
            structlog.contextvars.bind_contextvars(actor=person.username, role=person.role.value)
            if not person.may(roles):
                raise Forbidden("Your role may not do this. Ask a colleague whose role may, or an administrator.")
            return await handle(request)

        return guarded(checked)


class OpenPage(APIRoute):
    """A page for people who are not signed in (yet)."""

    def get_route_handler(self) -> Handler:
        handle = super().get_route_handler()

        async def opened(request: Request) -> Response:
            request.state.person = None
            return await handle(request)

        return guarded(opened)


def pages(route_class: type[APIRoute] = Page) -> APIRouter:
    """A router of pages; they are no part of the published contract for programs."""
    return APIRouter(route_class=route_class, include_in_schema=False, default_response_class=Response)


def guarded(handle: Handler) -> Handler:
    """The handler behind the defences of every page: other sites' requests, and refusals that a person can read."""

    async def answered(request: Request) -> Response:
        try:
            if request.method not in _SAFE:
                _refuse_other_sites(request)
            response = await handle(request)
        except Exception as error:
            response = await refusal_page(request, error)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Vary"] = "Accept-Language, Cookie"
        return response

    return answered


def _refuse_other_sites(request: Request) -> None:
    """Fetch Metadata: a change is asked for by our own pages only; browsers without it show where they come from."""
    site = request.headers.get("sec-fetch-site")
    if site is None:
        origin = urlsplit(request.headers.get("origin", "")).netloc
        site = "same-origin" if origin and origin == request.headers.get("host") else "cross-site"
    if site != "same-origin":
        raise Forbidden("This was sent by another site. Open the page here and try again.")


async def signed_in(request: Request) -> Person | None:
    """The person whose session the browser shows; None when there is none, or it has ended."""
    token = request.cookies.get(COOKIE)
    if not token or len(token) > 200:
        return None

    async def look_up(tx: AsyncConnection) -> Person | None:
        return await users.who_is(tx, token, datetime.now(UTC))

    return await in_database(look_up)


def _to_sign_in(request: Request) -> Response:
    """Where to sign in, and to come back to afterwards."""
    if "text/event-stream" in request.headers.get("accept", ""):
        return Response(status_code=204)  # nothing more to hear; a page in its place would be reported as a fault
    scripted = "hx-request" in request.headers
    page = urlsplit(request.headers.get("hx-current-url", "")) if scripted else request.url
    wanted = (page.path or "/") + (f"?{page.query}" if page.query else "")
    back = "" if (request.method not in _SAFE and not scripted) or wanted == "/" else f"?next={quote(wanted, safe='/')}"
    if scripted:
        return Response(status_code=200, headers={"HX-Redirect": f"/sign-in{back}"})
    return RedirectResponse(f"/sign-in{back}", 303)
