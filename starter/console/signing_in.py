"""Signing in and out, and the language that a person wants to be spoken to in."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from db.queries import users as accounts
from intake import users
from intake.users import SESSION_LASTS, Person
from starter.api.answers import in_database
from starter.api.limits import Buckets, TooMany
from starter.console.acting import texts
from starter.console.door import COOKIE, OpenPage, pages, signed_in
from starter.console.page import render
from starter.languages import known_language

HOME = "/queue"
TRIES_PER_MINUTE = 30
open_router = pages(OpenPage)
router = pages()


class SignInLimit:
    """How often one address may try to sign in; each try costs us the time of a slow hash."""

    def __init__(self) -> None:
        self._buckets = Buckets(TRIES_PER_MINUTE / 60, TRIES_PER_MINUTE)

    def count(self, address: str) -> None:
        """Count a try; TooMany when there were too many."""
        if wait := self._buckets.take(address):
            raise TooMany(
                "Too many people have tried to sign in from this address. Wait a minute, then try again.", wait
            )


def count_try(request: Request) -> None:
    """Count a try to sign in of the address that it comes from; TooMany when there were too many."""
    limit: SignInLimit = request.app.state.sign_in_limit
    limit.count(request.client.host if request.client else "")


def over_tls(request: Request) -> bool:
    """Whether browsers reach us over TLS, as a proxy on this machine or ORDERKEEP_PUBLIC_URL says."""
    public: str | None = request.app.state.settings.public_url
    return request.url.scheme == "https" or (public or "").startswith("https:")


def destination(wanted: str | None) -> str:
    """Where to go after signing in: a page of this console and nothing else."""
    inside = wanted and wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if wanted and inside and "\\" not in wanted else HOME


@open_router.get("/")
async def home(request: Request) -> Response:
    """A person's work, or the page to sign in."""
    return RedirectResponse(HOME if await signed_in(request) else "/sign-in", 303)


@open_router.get("/sign-in")
async def sign_in_page(request: Request) -> Response:
    """The form."""
    return render(
        request, "sign_in.html", username="", wrong=False, sentence="", next=request.query_params.get("next", "")
    )


@open_router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Open a session for whoever knows the password."""
    count_try(request)
    form = await request.form()
    username, password = str(form.get("username", "")).strip().lower(), str(form.get("password", ""))
    following = str(form.get("next", ""))

    async def enter(tx: AsyncConnection) -> str | None:
        opened = await users.sign_in(tx, username[:64], password, datetime.now(UTC))
        if opened is not None and (before := request.cookies.get(COOKIE)):
            await users.sign_out(tx, before)  # what the browser showed until now opens nothing any more
        return opened

    token = await in_database(enter) if username.isprintable() and "\0" not in password else None
    if token is None:
        return render(request, "sign_in.html", 401, username=username[:64], wrong=True, sentence="", next=following)
    response = RedirectResponse(destination(following), 303)
    remember(request, response, token)
    return response


def remember(request: Request, response: Response, token: str) -> None:
    """Give the browser its session: out of reach of scripts, sent by our own pages, and over TLS where there is TLS."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(SESSION_LASTS.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=over_tls(request),
        path="/",
    )


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """End the session of this browser."""

    async def leave(tx: AsyncConnection) -> None:
        await users.sign_out(tx, request.cookies.get(COOKIE, ""))

    await in_database(leave)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(COOKIE, path="/")
    return response


@router.post("/language")
async def choose_language(request: Request) -> Response:
    """Speak to this person in another language from now on, and show the same page again."""
    given = texts(await request.form())
    person: Person = request.state.person
    chosen = known_language(given.get("language"))

    async def keep(tx: AsyncConnection) -> None:
        if chosen is not None:
            await accounts.set_language(tx, person.username, chosen)

    await in_database(keep)
    return RedirectResponse(destination(given.get("next")), 303)
