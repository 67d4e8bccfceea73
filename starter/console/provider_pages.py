"""Signing in at the company's identity provider: there, and back."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from domain.errors import NotFound
from intake import users
from starter.api.answers import in_database
from starter.console.door import COOKIE, OpenPage, pages
from starter.console.page import render
from starter.console.provider import FLOW_SECONDS, Flow, NotShown, Provider, ProviderSilent
from starter.console.signing_in import count_try, destination, over_tls, remember

router = pages(OpenPage)
FLOW = "orderkeep_provider"
_THERE = "/sign-in/provider"
_BACK = f"{_THERE}/callback"
_SILENT = "The sign-in of your company does not answer just now. Try again in a moment, or sign in with a password."
_NOT_SHOWN = "The sign-in of your company did not say who you are. Begin again with the button."
_NO_ACCOUNT = "You have no account here. Ask an administrator to open one for you, and then sign in again."
log = structlog.get_logger("console")


def _provider(request: Request) -> Provider:
    provider: Provider = request.app.state.provider
    if not provider.configured:
        raise NotFound("There is no such page. Check the address, or begin again at the first page.")
    return provider


def _callback(request: Request) -> str:
    public: str | None = request.app.state.settings.public_url
    return (public or str(request.base_url)).rstrip("/") + _BACK


@router.get(_THERE)
async def provider_sign_in(request: Request) -> Response:
    """Send the browser to the provider."""
    count_try(request)
    provider, flow = _provider(request), Flow.begin(destination(request.query_params.get("next")))
    try:
        address = await provider.address(flow, _callback(request))
    except ProviderSilent as silent:
        return _refused(request, 503, _SILENT, str(silent))
    response = RedirectResponse(address, 303)
    response.set_cookie(
        _name(request), provider.sealed(flow), max_age=FLOW_SECONDS, httponly=True, samesite="lax",
        secure=over_tls(request), path="/",
    )  # fmt: skip
    return response


@router.get(_BACK)
async def provider_callback(request: Request) -> Response:
    """Open a session for the person whom the provider sends back; the attempt is used up, whatever comes of it."""
    count_try(request)
    response = await _entered(request, _provider(request))
    response.delete_cookie(_name(request), path="/", secure=over_tls(request), httponly=True, samesite="lax")
    return response


async def _entered(request: Request, provider: Provider) -> Response:
    asked = request.query_params
    try:
        flow = provider.opened(request.cookies.get(_name(request), ""), asked.get("state", ""))
        if "code" not in asked:
            raise NotShown(f"the provider refused: {asked.get('error', '')[:40]}")
        claims = await provider.claims(flow, asked["code"], _callback(request))
    except NotShown as refused:
        return _refused(request, 401, _NOT_SHOWN, str(refused))
    except ProviderSilent as silent:
        return _refused(request, 503, _SILENT, str(silent))
    known_as = str(claims.get(provider.claim, "")) if provider.claim else ""

    async def enter(tx: AsyncConnection) -> str | None:
        token = await users.sign_in_by_provider(tx, str(claims["sub"]), known_as, datetime.now(UTC))
        if token is not None and (before := request.cookies.get(COOKIE)):
            await users.sign_out(tx, before)
        return token

    token = await in_database(enter)
    if token is None:
        return _refused(request, 403, _NO_ACCOUNT, "no account")
    response = RedirectResponse(destination(flow.following), 303)
    remember(request, response, token)
    return response


def _name(request: Request) -> str:
    """With this prefix no neighbouring site of the same domain can plant the cookie."""
    return f"__Host-{FLOW}" if over_tls(request) else FLOW


def _refused(request: Request, status: int, sentence: str, reason: str) -> Response:
    log.warning("provider_sign_in_refused", reason=reason)
    return render(request, "sign_in.html", status, username="", wrong=False, next="", sentence=sentence)
