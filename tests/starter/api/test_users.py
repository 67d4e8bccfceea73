"""Accounts over HTTP: a password that was made is shown once and kept nowhere, and opens the console."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx2

from db.engine import settled
from domain.actor import Role
from intake import users
from tests import builders
from tests.starter.api.live import Live


async def signs_in(username: str, password: str) -> bool:
    """Whether the console lets them in."""
    return await settled(lambda tx: users.sign_in(tx, username, password, datetime.now(UTC))) is not None


async def test_a_made_password_is_shown_once_and_opens_the_console(live: Live) -> None:
    body = {"username": "ann", "name": "Ann", "role": "credit"}
    made = await live.post("/v1/users", body, key="u-1")
    assert made.status_code == 201
    password = made.json()["password"]
    assert len(password) >= 16
    assert await signs_in("ann", password)
    again = await live.post("/v1/users", body, key="u-1")
    assert (again.json()["password"], again.headers["idempotent-replay"]) == (None, "true")
    (kept,) = await builders.rows("SELECT response FROM idempotency_key WHERE key = 'u-1'")
    assert password not in kept.response
    assert (await live.post("/v1/users", body)).status_code == 409


async def test_a_given_password_is_not_repeated_and_a_closed_account_is_opened_by_a_reset(live: Live) -> None:
    body = {"username": "bob", "role": "sales", "password": "correct horse battery"}
    assert (await live.post("/v1/users", body)).json()["password"] is None
    closed = (await live.post("/v1/users/bob/disable", {})).json()
    assert closed["active"] is False
    assert not await signs_in("bob", "correct horse battery")
    opened = (await live.post("/v1/users/bob/reset", {})).json()
    assert opened["active"] is True
    assert await signs_in("bob", opened["password"])
    listed = (await live.get("/v1/users")).json()["items"]
    assert [(each["username"], each["role"]) for each in listed] == [("bob", "sales")]


async def test_what_is_no_account_is_refused_at_its_field(live: Live) -> None:
    for body, pointer in (
        ({"username": "Ann Lee", "role": "sales"}, "/username"),
        ({"username": "ann", "role": "integration"}, "/role"),
        ({"username": "ann", "role": "sales", "password": "short"}, "/password"),
        ({"username": "ann", "role": "king"}, "/role"),
    ):
        refused = await live.post("/v1/users", body)
        assert refused.status_code == 422
        assert [each["pointer"] for each in refused.json()["errors"]] == [pointer]
    assert (await live.post("/v1/users/nobody/reset", {})).status_code == 404
    assert (await live.post("/v1/users", {"username": "x", "role": "sales"}, Role.MANAGER)).status_code == 403


async def test_whoever_signs_in_at_the_provider_has_no_password(live: Live) -> None:
    known = {"username": "ann", "role": "sales", "subject": "248289761001", "language": "zh-CN"}
    for body in (known, {"username": "bob", "role": "sales", "provider": True}):
        made = (await live.post("/v1/users", body)).json()
        assert (made["password"], made["has_password"]) == (None, False)
        assert made["language"] == body.get("language")
    entered = await settled(lambda tx: users.sign_in_by_provider(tx, "248289761001", "", datetime.now(UTC)))
    assert entered is not None
    refused = await live.post("/v1/users", {**known, "username": "carl"})
    assert refused.status_code == 422
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/subject"]


async def changed(live: Live, username: str, body: object, role: Role = Role.ADMIN) -> httpx2.Response:
    """PATCH of an account."""
    return await live.client.patch(f"/v1/users/{username}", json=body, headers=live.headers(role))


async def test_an_account_is_changed_by_what_is_named_and_shown_with_who_did(live: Live) -> None:
    await live.post("/v1/users", {"username": "ann", "role": "sales", "email": "ann@acme.example"})
    answer = await changed(live, "ann", {"role": "credit", "language": "zh-CN"})
    assert answer.status_code == 200
    ann = answer.json()
    assert (ann["role"], ann["email"], ann["language"]) == ("credit", "ann@acme.example", "zh-CN")
    first = {"before": {"role": "sales", "language": None}, "after": {"role": "credit", "language": "zh-CN"}}
    assert {**ann["changes"][0], "at": None} == {"at": None, "actor": "admin clerk", "event": "changed", **first}
    assert (await live.get("/v1/users/ann")).json() == ann
    cleared = await changed(live, "ann", {"email": None})
    assert cleared.json()["email"] is None


async def test_a_change_that_is_none_is_refused_where_it_is_wrong(live: Live) -> None:
    await live.post("/v1/users", {"username": "ann", "role": "sales"})
    for body, pointers in (
        ({"role": "king"}, ["/role"]),
        ({"role": None}, ["/role"]),
        ({"name": ""}, ["/name"]),
        ({"email": "ann"}, ["/email"]),
        ({"language": "fr"}, ["/language"]),
        ({"username": "eve"}, ["/username"]),
        ({}, []),
    ):
        refused = await changed(live, "ann", body)
        assert refused.status_code == 422, body
        assert [each["pointer"] for each in refused.json().get("errors", [])] == pointers
    assert (await changed(live, "nobody", {"name": "N"})).status_code == 404
    assert (await changed(live, "ann", {"name": "N"}, Role.MANAGER)).status_code == 403
    assert len((await live.get("/v1/users/ann")).json()["changes"]) == 1
