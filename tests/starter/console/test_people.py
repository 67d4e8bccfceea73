"""The page of accounts: an administrator opens, closes and resets them; a password is shown once."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from db.engine import settled
from domain.actor import Role
from intake import users
from tests import builders
from tests.starter.console.desk import Office, buttons, links
from tests.starter.console.test_documents import words


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


async def test_an_account_is_changed_and_says_by_whom(office: Office):
    desk = office[Role.ADMIN]
    assert "/users/sales" in links((await desk.get("/users")).text)
    form = (await desk.get("/users/sales")).text
    assert "/users/sales" in buttons(form)
    assert '<option value="sales" selected>' in form
    fields = {"name": "Sally", "role": "credit", "email": "sally@acme.example", "language": "zh-CN", "once": "a"}
    assert (await desk.post("/users/sales", fields)).headers["location"] == "/users"
    page = words((await desk.get("/users/sales")).text)
    assert (
        "admin account changed name: Sales → Sally role: sales → credit control e-mail: – → sally@acme.example" in page
    )
    assert "system account opened" in page
    assert "客户" in (await office[Role.SALES].get("/customers")).text
    assert (await office[Role.SALES].get("/orders/new")).status_code == 403
    cleared = {"name": "Sally", "role": "credit", "once": "b"}
    assert (await desk.post("/users/sales", cleared)).status_code == 303
    assert "e-mail: sally@acme.example → –" in words((await desk.get("/users/sales")).text)


async def test_a_change_that_is_refused_shows_the_form_again_with_what_is_wrong(office: Office):
    desk = office[Role.ADMIN]
    wrong = await desk.post("/users/sales", {"name": "Sally", "role": "credit", "email": "nowhere"})
    assert (wrong.status_code, 'aria-describedby="email-wrong"' in wrong.text) == (422, True)
    assert 'value="nowhere"' in wrong.text
    assert '<option value="credit" selected>' in wrong.text
    last = await desk.post("/users/admin", {"name": "Admin", "role": "sales"})
    assert (last.status_code, "the last administrator who may sign in" in last.text) == (409, True)
    assert (await desk.get("/users/nobody")).status_code == 404
    assert (await office[Role.MANAGER].post("/users/sales", {"name": "S", "role": "admin"})).status_code == 403
    [kept] = await builders.rows("SELECT name, role FROM app_user WHERE username = 'sales'")
    assert (kept.name, kept.role) == ("Sales", "sales")
