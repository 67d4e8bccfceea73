"""Signing in: the right password opens, wrong ones lock, other sites' requests are refused, sessions end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

import httpx2
import pytest
from argon2 import PasswordHasher

from db.engine import settled
from domain.actor import SYSTEM, Role
from intake import users
from starter.console.door import COOKIE, POLICY
from tests import builders
from tests.starter.api.live import Live
from tests.starter.console.desk import OURS, PASSWORD, Office, hire, token_of


@pytest.fixture
async def visitor(live: Live):
    """A browser that is not signed in."""
    assert live.app is not None
    transport = httpx2.ASGITransport(app=live.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://console") as client:
        yield client


async def sign_in(visitor: httpx2.AsyncClient, username: str, password: str = PASSWORD, **more: str) -> httpx2.Response:
    """Fill in the form and send it."""
    fields = {"username": username, "password": password, **more}
    return await visitor.post("/sign-in", data=fields, headers=OURS)


async def test_the_right_password_opens_the_page_that_was_wanted(visitor):
    await hire(Role.SALES)
    first = await visitor.get("/orders?state=IN_REVIEW")
    assert (first.status_code, first.headers["location"]) == (303, "/sign-in?next=/orders%3Fstate%3DIN_REVIEW")
    entered = await sign_in(visitor, " Sales ", next="/orders?state=IN_REVIEW")
    assert (entered.status_code, entered.headers["location"]) == (303, "/orders?state=IN_REVIEW")
    cookie = entered.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    page = await visitor.get("/orders?state=IN_REVIEW")
    assert page.status_code == 200
    assert page.headers["content-security-policy"] == POLICY
    assert page.headers["cache-control"] == "no-store"
    assert "Sales" in page.text


ELSEWHERE = ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1", "/a\n/b"]
WRONG = [("sales", "wrong password"), ("nobody", PASSWORD), ("", ""), ("a\0b", "x")]


@pytest.mark.parametrize("wanted", ELSEWHERE)
async def test_signing_in_leads_to_no_other_site(visitor, wanted):
    await hire(Role.SALES)
    assert (await sign_in(visitor, "sales", next=wanted)).headers["location"] == "/queue"


@pytest.mark.parametrize(("username", "password"), WRONG)
async def test_a_wrong_pair_opens_nothing_and_tells_nothing(visitor, username, password):
    await hire(Role.SALES)
    answer = await sign_in(visitor, username, password)
    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert "Name and password do not belong together" in answer.text


async def test_after_five_wrong_passwords_the_right_one_waits_a_quarter_of_an_hour(live):
    await hire(Role.SALES)
    now = datetime.now(UTC)
    for _ in range(users.TRIES):
        assert await settled(lambda tx: users.sign_in(tx, "sales", "wrong password", now)) is None
    assert await settled(lambda tx: users.sign_in(tx, "sales", PASSWORD, now + timedelta(minutes=14))) is None
    assert await settled(lambda tx: users.sign_in(tx, "sales", PASSWORD, now + timedelta(minutes=16))) is not None


async def test_an_address_that_tries_and_tries_has_to_wait(visitor, live):
    for _ in range(30):
        live.app.state.sign_in_limit.count("127.0.0.1")
    answer = await sign_in(visitor, "sales")
    assert answer.status_code == 429
    assert "Wait a minute" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {},
    ],
    ids=str,
)
async def test_what_another_site_sends_is_refused(office: Office, headers):
    desk = office[Role.SALES]
    answer = await desk.client.post("/sign-out", headers=headers)
    assert answer.status_code == 403
    assert (await desk.get("/queue")).status_code == 200


async def test_a_browser_without_fetch_metadata_shows_its_origin(office: Office):
    desk = office[Role.SALES]
    assert (await desk.client.post("/sign-out", headers={"origin": "http://console"})).status_code == 303
    assert (await desk.get("/queue")).headers["location"] == "/sign-in?next=/queue"


async def test_a_session_ends_by_idleness_age_reset_and_disabling(live):
    now = datetime.now(UTC)

    async def who(token: str, at: datetime) -> str | None:
        person = await settled(lambda tx: users.who_is(tx, token, at))
        return person.username if person else None

    await hire(Role.SALES)
    token = await token_of("sales")
    assert await who(token, now + timedelta(hours=11)) == "sales"
    assert await who(token, now + timedelta(hours=22)) == "sales"
    assert await who(token, now + timedelta(hours=35)) is None
    busy = await token_of("sales")
    for hour in range(10, 7 * 24, 10):
        assert await who(busy, now + timedelta(hours=hour)) == "sales"
    assert await who(busy, now + timedelta(days=7, hours=1)) is None
    token = await token_of("sales")
    await settled(lambda tx: users.reset_user(tx, SYSTEM, "sales", "another password", now))
    assert await who(token, now) is None
    token = await token_of("sales")
    await settled(lambda tx: users.disable_user(tx, SYSTEM, "sales", now))
    assert await who(token, now) is None
    assert await settled(lambda tx: users.sign_in(tx, "sales", "another password", now)) is None


async def test_what_is_kept_of_a_session_opens_none(live):
    await hire(Role.SALES)
    token = await token_of("sales")
    (kept,) = await builders.rows("SELECT token_hash, username FROM user_session")
    (account,) = await builders.rows("SELECT password_hash FROM app_user")
    assert token not in str(kept)
    assert PASSWORD not in account.password_hash
    assert account.password_hash.startswith("$argon2id$")
    assert await settled(lambda tx: users.who_is(tx, kept.token_hash, datetime.now(UTC))) is None


async def test_a_person_s_language_stays(office: Office):
    desk = office[Role.SALES]
    assert 'lang="en"' in (await desk.get("/queue")).text
    answer = await desk.post("/language", {"language": "zh-CN", "next": "/orders"})
    assert answer.headers["location"] == "/orders"
    assert '<html lang="zh-CN">' in (await desk.get("/orders")).text
    assert '<html lang="en">' in (await desk.get("/orders?lang=en")).text
    assert COOKIE in desk.client.cookies


async def test_an_address_without_a_page_is_said_to_people_as_a_page_and_to_programs_as_a_problem(visitor):
    page = await visitor.get("/nowhere", headers={"accept": "text/html,*/*;q=0.8", "accept-language": "zh-CN"})
    assert page.status_code == 404
    assert "没有这个页面" in page.text
    for path, accept in (("/nowhere", "*/*"), ("/v1/nowhere", "text/html")):
        problem = await visitor.get(path, headers={"accept": accept})
        assert (problem.status_code, problem.headers["content-type"]) == (404, "application/problem+json")


class Counted(PasswordHasher):
    """Argon2 as it is, which keeps the cost of each hash that a password was compared with."""

    def __init__(self) -> None:
        super().__init__()
        self.compared: list[str] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.compared.append(cost_of(str(hash)))
        return super().verify(hash, password)


def cost_of(hash: str) -> str:
    """The part of a hash that says how long it takes: memory, rounds, lanes."""
    return hash.split("$")[3]


async def test_an_unknown_name_costs_as_much_as_a_wrong_password(visitor, monkeypatch):
    for name in ("sales", "locked", "closed", "provided"):
        await hire(Role.SALES, name)
    await builders.run("UPDATE app_user SET locked_until = now() + interval '1 hour' WHERE username = 'locked'")
    await builders.run("UPDATE app_user SET active = false WHERE username = 'closed'")
    await builders.run("UPDATE app_user SET password_hash = NULL WHERE username = 'provided'")
    [kept] = await builders.rows("SELECT password_hash FROM app_user WHERE username = 'sales'")
    counted = Counted()
    monkeypatch.setattr(users, "_hasher", counted)
    for name in ("sales", "locked", "closed", "provided", "nobody", "not a name!", "x" * 500):
        assert (await sign_in(visitor, name, "a wrong password")).status_code == 401
        assert counted.compared == [cost_of(kept.password_hash)], name
        counted.compared.clear()
