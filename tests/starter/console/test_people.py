"""The page of accounts: an administrator opens, closes and resets them; a password is shown once."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from db.engine import settled
from domain.actor import Role
from intake import users
from tests import builders
from tests.starter.console.desk import Office, buttons, links


async def opens(username: str, password: str) -> bool:
    """Whether the console lets them in."""
    return await settled(lambda tx: users.sign_in(tx, username, password, datetime.now(UTC))) is not None


def password_on(page: str) -> str:
    """The password that a page shows."""
    (shown,) = re.findall(r"<dt>Password</dt><dd>([^<]+)</dd>", page)
    return shown


async def test_only_an_administrator_sees_the_page(office: Office):
    assert "/users" in links((await office[Role.ADMIN].get("/queue")).text)
    assert "/users" not in links((await office[Role.MANAGER].get("/queue")).text)
    assert (await office[Role.MANAGER].get("/users")).status_code == 403


async def test_an_account_is_opened_reset_and_closed(office: Office):
    desk = office[Role.ADMIN]
    new = {"username": "Ann", "name": "Ann Lee", "role": "credit", "once": "first"}
    made = await desk.post("/users", new)
    assert made.status_code == 200
    first = password_on(made.text)
    assert await opens("ann", first)
    again = await desk.post("/users", new)
    assert (again.status_code, again.headers["location"]) == (303, "/users")
    page = (await desk.get("/users")).text
    assert "Ann Lee" in page
    assert first not in page
    assert {"/users/ann/reset", "/users/ann/disable"} <= buttons(page)
    assert "/users/admin/disable" not in buttons(page)
    second = password_on((await desk.post("/users/ann/reset", {"once": "second"})).text)
    assert await opens("ann", second)
    assert not await opens("ann", first)
    assert (await desk.post("/users/ann/disable")).status_code == 303
    assert "account closed" in (await desk.get("/users")).text
    assert not await opens("ann", second)
    kept = str(await builders.rows("SELECT * FROM idempotency_key"))
    assert first not in kept
    assert second not in kept


async def test_what_is_no_account_is_refused(office: Office):
    desk = office[Role.ADMIN]
    for fields, status in (
        ({"username": "two words", "role": "sales"}, 422),
        ({"username": "ann"}, 422),
        ({"username": "ann", "role": "integration"}, 422),
        ({"username": "sales", "role": "sales"}, 409),
    ):
        assert (await desk.post("/users", fields)).status_code == status
    assert (await desk.post("/users/admin/disable")).status_code == 409
    assert (await desk.post("/users/nobody/reset")).status_code == 404
