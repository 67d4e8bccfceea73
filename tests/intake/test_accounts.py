"""Accounts: what an administrator changes is kept with who did; a company always has an administrator."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from db.engine import settled
from db.queries import accounts
from domain.actor import SYSTEM, Actor, Role, standing_in
from domain.errors import Forbidden, IllegalMove, Invalid, NotFound
from domain.requests import AccountChange
from intake import users
from intake.accounts import change_user
from tests.builders import NOW, rows
from tests.db.reading import seen

BOSS = Actor("boss", Role.ADMIN)
LAST = "is the last administrator who may sign in. Give another account that role first."


@pytest.fixture
async def people(database: str) -> None:
    """An administrator and a seller."""
    for name, role in (("boss", Role.ADMIN), ("ann", Role.SALES)):
        await hired(name, role)


async def hired(name: str, role: Role) -> None:
    """An account of somebody who signs in at the provider."""
    await settled(lambda tx: users.create_user(tx, SYSTEM, name, name.title(), role, None, NOW))


async def changed(username: str, actor: Actor = BOSS, **wish: Any) -> None:
    """An administrator changes an account."""
    asked = AccountChange.model_validate(wish)
    await settled(lambda tx: change_user(tx, actor, username, asked, NOW))


async def role_of(username: str) -> str:
    """The role of an account."""
    [row] = await rows("SELECT role FROM app_user WHERE username = :n", n=username)
    return str(row.role)


async def test_what_is_named_changes_the_rest_stays_and_who_did_is_kept(people):
    await changed("ann", role="credit", email="ann@acme.example")
    await changed("ann", name="Ann Lee", language="zh-CN", email=None)
    ann = await seen(accounts.account_view, "ann")
    assert {field: ann[field] for field in ("name", "role", "email", "language")} == {
        "name": "Ann Lee", "role": "credit", "email": None, "language": "zh-CN",
    }  # fmt: skip
    assert [(each["actor"], each["event"], each["before"], each["after"]) for each in ann["changes"]] == [
        (
            "boss", "changed", {"name": "Ann", "email": "ann@acme.example", "language": None},
            {"name": "Ann Lee", "email": None, "language": "zh-CN"},
        ),
        ("boss", "changed", {"role": "sales", "email": None}, {"role": "credit", "email": "ann@acme.example"}),
        ("system", "opened", {}, {"name": "Ann", "role": "sales", "email": None, "language": None}),
    ]  # fmt: skip


async def test_what_is_so_already_is_not_noted(people):
    await changed("ann", role="sales", name="Ann")
    assert [each["event"] for each in (await seen(accounts.account_view, "ann"))["changes"]] == ["opened"]


async def test_an_open_session_has_the_new_role_at_its_next_request(people):
    token = await settled(lambda tx: users.open_session(tx, "ann", NOW))
    await changed("ann", role="manager", name="Ann Lee")
    person = await settled(lambda tx: users.who_is(tx, token, NOW))
    assert person is not None
    assert (person.role, person.name) == (Role.MANAGER, "Ann Lee")


async def test_the_last_administrator_keeps_the_role_and_the_account(people):
    program = Actor("setup key", Role.ADMIN)
    with pytest.raises(IllegalMove, match=f"boss {LAST}"):
        await changed("boss", role="manager")
    with pytest.raises(IllegalMove, match=f"boss {LAST}"):
        await settled(lambda tx: users.disable_user(tx, program, "boss", NOW))
    await changed("boss", name="The Boss")
    await changed("ann", role="admin")
    await changed("boss", role="manager")
    assert (await role_of("boss"), await role_of("ann")) == ("manager", "admin")
    with pytest.raises(IllegalMove, match=f"ann {LAST}"):
        await settled(lambda tx: users.disable_user(tx, program, "ann", NOW))


async def test_an_administrator_whose_account_is_closed_counts_for_nothing(people):
    await changed("ann", role="admin")
    await settled(lambda tx: users.disable_user(tx, BOSS, "ann", NOW))
    with pytest.raises(IllegalMove, match=f"boss {LAST}"):
        await changed("boss", role="sales")


async def test_two_administrators_who_take_the_role_from_one_another_leave_one(people):
    await changed("ann", role="admin")
    ann = Actor("ann", Role.ADMIN)
    ended = await asyncio.gather(
        changed("ann", BOSS, role="sales"), changed("boss", ann, role="sales"), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in ended) == ["IllegalMove", "NoneType"]
    assert sorted([await role_of("ann"), await role_of("boss")]) == ["admin", "sales"]


async def test_what_is_no_change_of_an_account_is_refused(people):
    with pytest.raises(Invalid, match="Name what is to be changed"):
        await changed("ann")
    with pytest.raises(Invalid) as programs:
        await changed("ann", role="integration")
    assert [each.pointer for each in programs.value.errors] == ["/role"]
    with pytest.raises(NotFound, match="There is no user nobody"):
        await changed("nobody", name="Nobody")
    with pytest.raises(Forbidden, match="by nobody who stands in for one"):
        await changed("ann", standing_in("ann", "boss", Role.ADMIN), role="admin")
    assert await role_of("ann") == "sales"


async def test_closing_and_resetting_are_noted_and_no_password_is(people):
    await settled(lambda tx: users.disable_user(tx, BOSS, "ann", NOW))
    await settled(lambda tx: users.reset_user(tx, BOSS, "ann", "correct horse battery", NOW))
    ann = await seen(accounts.account_view, "ann")
    assert [(each["actor"], each["event"]) for each in ann["changes"]] == [
        ("boss", "reset"), ("boss", "closed"), ("system", "opened"),
    ]  # fmt: skip
    assert "correct horse" not in str(await rows("SELECT * FROM account_change"))
