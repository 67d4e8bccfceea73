"""Signing in at the company's provider: real HTTP to a real one; whatever is not as it must be opens nothing."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc.jwk import RSAKey
from pydantic import SecretStr, ValidationError

from db.engine import settled
from domain.actor import SYSTEM, Role
from intake import users
from starter.console.door import COOKIE
from starter.console.provider_pages import FLOW
from starter.settings import Settings
from tests import builders
from tests.identity_provider import CLIENT, SECRET, Provider, provider_on_loopback
from tests.starter.api.live import live_api
from tests.starter.console.desk import PASSWORD, hire, token_of

SUBJECT = "248289761001"
NOT_SHOWN = "The sign-in of your company did not say who you are."
NO_ACCOUNT = "You have no account here."
SILENT = "The sign-in of your company does not answer just now."


@pytest.fixture
def provider() -> Iterator[Provider]:
    """One that answers."""
    with provider_on_loopback() as answering:
        yield answering


@asynccontextmanager
async def console(
    database: str, provider: Provider, base: str = "http://console", **more: Any
) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser before the application that knows this provider."""
    named = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SecretStr(SECRET)}
    async with live_api(database, **{**named, **more}) as live:
        assert live.app is not None
        transport = httpx2.ASGITransport(app=live.app)
        async with httpx2.AsyncClient(transport=transport, base_url=base) as client:
            yield client


@pytest.fixture
async def browser(database: str, provider: Provider) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser, and an account that the provider's subject belongs to."""
    async with console(database, provider) as client:
        await open_account("ann", subject=SUBJECT)
        yield client


async def open_account(username: str, *, subject: str | None = None, password: str | None = None) -> None:
    """For sales."""
    now = datetime.now(UTC)
    await settled(
        lambda tx: users.create_user(tx, SYSTEM, username, username, Role.SALES, password, now, subject=subject)
    )


async def there(browser: httpx2.AsyncClient, following: str = "") -> str:
    """Press the button, and be let in by the provider: the address to come back to."""
    sent = await browser.get("/sign-in/provider", params={"next": following} if following else {})
    assert sent.status_code == 303, sent.text
    async with httpx2.AsyncClient(trust_env=False) as outside:
        back = (await outside.get(sent.headers["location"])).headers["location"]
    assert back.startswith("http://console/sign-in/provider/callback?")
    return back


async def sessions() -> list[str]:
    """Who is signed in."""
    return [row.username for row in await builders.rows("SELECT username FROM user_session")]


async def test_whom_the_provider_knows_is_signed_in_and_comes_to_the_page_that_was_wanted(browser):
    form = await browser.get("/sign-in?next=/orders")
    assert 'href="/sign-in/provider?next=/orders"' in form.text
    assert "Sign in with your company's account" in form.text
    entered = await browser.get(await there(browser, "/orders"))
    assert (entered.status_code, entered.headers["location"]) == (303, "/orders")
    assert await sessions() == ["ann"]
    page = await browser.get("/orders")
    assert page.status_code == 200
    assert FLOW not in browser.cookies
    again = await browser.get(await there(browser))
    assert again.headers["location"] == "/queue"
    assert await sessions() == ["ann"]


@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": None},
        {"aud": [CLIENT, "another client"]},
        {"azp": "another client"},
        {"iss": "https://evil.example"},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"iat": int(time.time()) + 3600},
        {"sub": None},
    ],
    ids=[
        "another nonce", "no nonce", "another audience", "no audience", "a second audience", "another party",
        "another issuer", "over", "without end", "from the future", "nobody",
    ],
)  # fmt: skip
async def test_a_token_that_is_not_for_this_sign_in_opens_nothing(browser, provider, lies):
    provider.lies = lies
    refused = await browser.get(await there(browser))
    assert (refused.status_code, NOT_SHOWN in refused.text) == (401, True)
    assert COOKIE not in browser.cookies
    assert await sessions() == []


async def test_a_token_signed_by_somebody_else_opens_nothing(browser, provider):
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    assert (await browser.get(await there(browser))).status_code == 401
    provider.sign_with_the_secret()
    assert (await browser.get(await there(browser))).status_code == 401
    assert await sessions() == []


async def test_a_code_is_good_once_and_so_is_the_attempt(browser, provider):
    back = await there(browser)
    kept = {cookie.name: cookie.value for cookie in browser.cookies.jar}
    assert (await browser.get(back)).status_code == 303
    assert (await browser.get(back)).status_code == 401
    assert provider.refused == []
    browser.cookies.update(kept)
    assert (await browser.get(back)).status_code == 401
    assert provider.refused == ["invalid_grant"]
    assert await sessions() == ["ann"]


async def test_what_another_browser_began_does_not_sign_this_one_in(browser, database, provider):
    foreign = await there(browser)
    browser.cookies.clear()
    assert (await browser.get(foreign)).status_code == 401
    await there(browser)
    refused = await browser.get(foreign)
    assert (refused.status_code, NOT_SHOWN in refused.text) == (401, True)
    assert len(provider.codes) == 2
    assert await sessions() == []


async def test_a_cookie_that_we_did_not_seal_is_none_of_ours(browser):
    back = await there(browser)
    head, body, _ = browser.cookies[FLOW].split(".")
    browser.cookies.clear()
    for forged in (f"{head}.{body}.AAAA", f"eyJhbGciOiJub25lIn0.{body}.", "nonsense", ""):
        answer = await browser.get(back, headers={"cookie": f"{FLOW}={forged}"})
        assert answer.status_code == 401, forged
    assert await sessions() == []


async def test_what_the_provider_refuses_is_told(browser):
    await there(browser)
    state = "whatever"
    refused = await browser.get(f"/sign-in/provider/callback?error=access_denied&state={state}")
    assert (refused.status_code, NOT_SHOWN in refused.text) == (401, True)


async def test_without_an_account_there_is_a_clear_page(browser, provider):
    provider.claims = {"sub": "somebody else", "preferred_username": "ann"}
    refused = await browser.get(await there(browser))
    assert (refused.status_code, NO_ACCOUNT in refused.text) == (403, True)
    await settled(lambda tx: users.disable_user(tx, SYSTEM, "ann", datetime.now(UTC)))
    provider.claims = {"sub": SUBJECT}
    assert (await browser.get(await there(browser))).status_code == 403
    assert await sessions() == []


async def test_the_claim_finds_an_account_without_password_once_and_no_other(database, provider):
    async with console(database, provider, oidc_claim="preferred_username", oidc_name="Harbour account") as browser:
        assert "Harbour account" in (await browser.get("/sign-in")).text
        await hire(Role.ADMIN)
        browser.cookies.set(COOKIE, await token_of("admin"))
        form = {"username": "ann", "role": "sales", "provider": "yes"}
        assert (await browser.post("/users", data=form, headers={"sec-fetch-site": "same-origin"})).status_code == 303
        browser.cookies.clear()
        await settled(lambda tx: users.sign_out_elsewhere(tx, "admin", ""))
        await open_account("carl", subject="carl's own")
        await hire(Role.SALES, "bob")
        for name, status in (("bob", 403), ("carl", 403), ("nobody", 403), ("", 403), ("Ann", 303)):
            provider.claims = {"sub": SUBJECT, "preferred_username": name}
            assert (await browser.get(await there(browser))).status_code == status, name
        provider.claims = {"sub": "a newcomer", "preferred_username": "ann"}
        assert (await browser.get(await there(browser))).status_code == 403
        await open_account("dora")
        provider.claims = {"sub": SUBJECT, "preferred_username": "dora"}
        assert (await browser.get(await there(browser))).status_code == 303
        assert set(await sessions()) == {"ann"}
        bound = await builders.rows("SELECT username, subject FROM app_user WHERE role = 'sales' ORDER BY username")
        assert [tuple(row) for row in bound] == [
            ("ann", SUBJECT), ("bob", None), ("carl", "carl's own"), ("dora", None),
        ]  # fmt: skip


@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://provider.example/token"},
        {"jwks_uri": None},
    ],
    ids=str,
)
async def test_a_provider_that_is_not_the_one_of_the_settings_is_not_asked(browser, provider, discovery):
    provider.discovery = discovery
    refused = await browser.get("/sign-in/provider")
    assert (refused.status_code, SILENT in refused.text) == (503, True)


async def test_a_provider_that_is_gone_leaves_the_passwords(database):
    with provider_on_loopback() as gone:
        pass
    async with console(database, gone) as browser:
        await open_account("ann", password=PASSWORD)
        refused = await browser.get("/sign-in/provider")
        assert (refused.status_code, SILENT in refused.text) == (503, True)
        fields = {"username": "ann", "password": PASSWORD}
        entered = await browser.post("/sign-in", data=fields, headers={"sec-fetch-site": "same-origin"})
        assert entered.status_code == 303


async def test_behind_tls_both_cookies_are_for_tls_alone(database, provider):
    async with console(database, provider, public_url="https://orders.example") as browser:
        sent = await browser.get("/sign-in/provider")
        (address,) = parse_qs(urlsplit(sent.headers["location"]).query)["redirect_uri"]
        assert address == "https://orders.example/sign-in/provider/callback"
        kept = sent.headers["set-cookie"]
        assert kept.startswith(f"__Host-{FLOW}=")
        assert "Secure" in kept
        await open_account("ann", password=PASSWORD)
        fields = {"username": "ann", "password": PASSWORD}
        entered = await browser.post("/sign-in", data=fields, headers={"sec-fetch-site": "same-origin"})
        assert "Secure" in entered.headers["set-cookie"]


async def test_without_settings_there_is_no_button_and_no_page(database):
    async with live_api(database) as live:
        assert live.app is not None
        transport = httpx2.ASGITransport(app=live.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://console") as browser:
            assert "/sign-in/provider" not in (await browser.get("/sign-in")).text
            for path in ("/sign-in/provider", "/sign-in/provider/callback"):
                assert (await browser.get(path)).status_code == 404


@pytest.mark.parametrize(
    "named",
    [
        {"oidc_issuer": "https://id.example"},
        {"oidc_issuer": "http://id.example", "oidc_client_id": "a", "oidc_client_secret": "b"},
        {"oidc_client_secret": "b"},
    ],
    ids=str,
)
def test_half_a_provider_and_one_without_tls_are_refused_at_the_start(named):
    with pytest.raises(ValidationError):
        Settings(_env_file=None, **named)
