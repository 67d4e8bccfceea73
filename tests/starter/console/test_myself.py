"""One's own page: another password, other browsers, and who stands in while one is away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from activities.review import review_order
from db.engine import settled
from domain.actor import SYSTEM, Actor, Role
from domain.errors import Forbidden
from domain.steps import OrderStep
from intake import delegations, users
from intake.users import Person
from starter.console.door import COOKIE
from tests import builders
from tests.starter.console.desk import PASSWORD, Desk, Office, buttons, hire, token_of

NEW = "another long password"
CHANGE = {"old": PASSWORD, "password": NEW, "again": NEW}
TODAY = datetime.now(UTC).date()
TOMORROW = (TODAY + timedelta(days=1)).isoformat()


async def opens(password: str) -> bool:
    """Whether sales signs in with it."""
    return await settled(lambda tx: users.sign_in(tx, "sales", password, datetime.now(UTC))) is not None


async def who(username: str) -> Person:
    """What a person may at this moment."""
    token = await token_of(username)
    found = await settled(lambda tx: users.who_is(tx, token, datetime.now(UTC)))
    assert found is not None
    return found


async def test_another_password_ends_the_other_sessions_and_keeps_this_one(office: Office):
    desk, elsewhere = office[Role.SALES], await token_of("sales")
    answer = await desk.post("/me/password", CHANGE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/me?done=password")
    assert "The password is changed; other browsers are signed out." in (await desk.get("/me?done=password")).text
    assert await settled(lambda tx: users.who_is(tx, elsewhere, datetime.now(UTC))) is None
    assert await opens(NEW)
    assert not await opens(PASSWORD)


@pytest.mark.parametrize(
    ("wrong", "status", "sentence"),
    [
        ({"old": "not the old one"}, 403, "The old password is not right"),
        ({"again": "something else"}, 422, "the two new passwords are not the same"),
        ({"password": "short", "again": "short"}, 422, "a password has 10 to 200 characters"),
    ],
    ids=["old", "again", "short"],
)
async def test_a_password_that_is_not_shown_or_not_good_changes_nothing(office: Office, wrong, status, sentence):
    answer = await office[Role.SALES].post("/me/password", {**CHANGE, **wrong})
    assert (answer.status_code, sentence in answer.text) == (status, True)
    assert await opens(PASSWORD)


async def test_an_open_browser_is_no_place_to_guess_the_password(office: Office):
    desk = office[Role.SALES]
    for _ in range(users.TRIES):
        assert (await desk.post("/me/password", {**CHANGE, "old": "a guess"})).status_code == 403
    assert (await desk.post("/me/password", CHANGE)).status_code == 403
    assert not await opens(PASSWORD)


async def test_other_browsers_are_signed_out_at_once(office: Office):
    desk, elsewhere = office[Role.SALES], await token_of("sales")
    page = (await desk.get("/me")).text
    assert page.count("this browser") == 1
    assert "/me/sessions/end" in buttons(page)
    assert (await desk.post("/me/sessions/end")).status_code == 303
    assert await settled(lambda tx: users.who_is(tx, elsewhere, datetime.now(UTC))) is None
    assert "/me/sessions/end" not in buttons((await desk.get("/me")).text)


async def test_signing_in_again_ends_what_the_browser_showed_before(office: Office):
    desk = office[Role.SALES]
    before = desk.client.cookies[COOKIE]
    await desk.post("/sign-in", {"username": "sales", "password": PASSWORD})
    (after,) = {cookie.value for cookie in desk.client.cookies.jar} - {before}
    assert await settled(lambda tx: users.who_is(tx, before, datetime.now(UTC))) is None
    assert await settled(lambda tx: users.who_is(tx, str(after), datetime.now(UTC))) is not None


async def a_held_order(actor: str) -> tuple[str, int]:
    """An order over its customer's limit that this person has submitted; its number, and its hold."""
    await builders.a_company()
    await builders.a_customer("SMALL", credit_limit="100")
    number = await builders.an_order({"BOLT": 10}, customer="SMALL", by=Actor(actor, Role.SALES))
    await review_order(OrderStep(number=number, now=builders.NOW))
    (hold,) = await builders.rows("SELECT id FROM hold WHERE order_number = :number", number=number)
    return number, hold.id


async def hand_over(desk: Desk, stand_in: str) -> httpx2.Response:
    """From now until the end of tomorrow."""
    return await desk.post("/me/delegations", {"stand_in": stand_in, "ends_on": TOMORROW, "once": stand_in})


async def test_who_stands_in_does_what_the_other_may_under_both_names_until_it_ends(office: Office):
    number, hold = await a_held_order("sales")
    warehouse, credit, address = office[Role.WAREHOUSE], office[Role.CREDIT], f"/orders/{number}"
    release = {"comment": "paid by wire"}
    assert (await warehouse.post(f"{address}/do/release_hold/{hold}", release)).status_code == 403
    assert (await hand_over(credit, "warehouse")).status_code == 303
    assert "I stand in for credit" in (await warehouse.get("/me")).text
    page = (await credit.get("/me")).text
    assert "warehouse stands in for me" in page
    (end,) = {each for each in buttons(page) if each.endswith("/end") and "delegations" in each}
    assert (await warehouse.post(end)).status_code == 404
    answer = await warehouse.post(f"{address}/do/release_hold/{hold}", release)
    assert answer.status_code == 303, answer.text
    (kept,) = await builders.rows("SELECT decided_by FROM hold WHERE id = :id", id=hold)
    assert kept.decided_by == "warehouse (for credit)"
    (told,) = await builders.rows("SELECT actor FROM timeline WHERE actor LIKE '%(for%'")
    assert told.actor == "warehouse (for credit)"
    assert (await credit.post(end)).status_code == 303
    assert (await who("warehouse")).roles == {Role.WAREHOUSE}
    assert "Nobody stands in for you." in (await credit.get("/me")).text


async def test_who_decides_holds_of_their_own_decides_those_of_the_other_in_the_queue_too(office: Office):
    number, hold = await a_held_order("somebody")
    sales, form = office[Role.SALES], {"one": str(hold), f"order-{hold}": number, "comment": "paid by wire"}
    refused = (await sales.click("/queue/holds/release", form)).text
    assert "alert-warning" in refused
    assert await builders.rows("SELECT status FROM hold WHERE id = :id", id=hold) == [("OPEN",)]
    assert (await hand_over(office[Role.CREDIT], "sales")).status_code == 303
    assert f'name="document" value="{hold}"' in (await sales.get("/queue/holds")).text
    page = (await sales.click("/queue/holds/release", form)).text
    assert "released" in page
    assert "alert-success" in page
    assert await builders.rows("SELECT status, decided_by FROM hold WHERE id = :id", id=hold) == [
        ("RELEASED", "sales (for credit)")
    ]


@pytest.mark.parametrize("away", [Role.CREDIT, Role.MANAGER, Role.ADMIN])
async def test_nobody_releases_their_own_order_for_somebody_else(office: Office, away: Role):
    number, hold = await a_held_order("sales")
    await hand_over(office[away], "sales")
    answer = await office[Role.SALES].post(f"/orders/{number}/do/release_hold/{hold}", {"comment": "my own"})
    assert answer.status_code == 403
    (kept,) = await builders.rows("SELECT status FROM hold WHERE id = :id", id=hold)
    assert kept.status == "OPEN"


async def test_what_was_handed_over_goes_no_further(office: Office):
    await hand_over(office[Role.ADMIN], "credit")
    await hand_over(office[Role.CREDIT], "warehouse")
    assert (await who("credit")).roles == {Role.CREDIT, Role.ADMIN}
    assert (await who("warehouse")).roles == {Role.WAREHOUSE, Role.CREDIT}
    actor = (await who("credit")).actor_for(frozenset({Role.ADMIN}))
    assert actor is not None
    now = datetime.now(UTC)
    for attempt in (
        lambda tx: delegations.delegate(tx, actor, "admin", "warehouse", None, now + timedelta(days=9), now),
        lambda tx: users.create_user(tx, actor, "mallory", "M", Role.ADMIN, PASSWORD, now),
        lambda tx: users.reset_user(tx, actor, "admin", PASSWORD, now),
        lambda tx: users.disable_user(tx, actor, "manager", now),
    ):
        with pytest.raises(Forbidden):
            await settled(attempt)
    answer = await office[Role.CREDIT].post("/users", {"username": "mallory", "role": "admin"})
    assert answer.status_code == 403
    assert await builders.rows("SELECT 1 FROM app_user WHERE username = 'mallory'") == []


async def test_who_is_shut_out_is_stood_in_for_no_longer(office: Office):
    await hand_over(office[Role.CREDIT], "sales")
    assert (await who("sales")).roles == {Role.SALES, Role.CREDIT}
    await settled(lambda tx: users.disable_user(tx, SYSTEM, "credit", datetime.now(UTC)))
    assert (await who("sales")).roles == {Role.SALES}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"stand_in": "sales", "ends_on": TOMORROW}, "nobody stands in for themselves"),
        ({"stand_in": "nobody", "ends_on": TOMORROW}, "there is no open account of this name"),
        ({"stand_in": "credit", "ends_on": "2020-01-01"}, "a delegation ends after it begins, and not in the past"),
        ({"stand_in": "credit", "ends_on": "2199-01-01"}, "a delegation lasts a year at most"),
        ({"stand_in": "credit", "ends_on": "soon"}, "a date is expected"),
        ({"stand_in": "credit", "ends_on": "9999-12-31"}, "a date is expected"),
    ],
    ids=str,
)
async def test_a_delegation_that_cannot_be_is_refused_at_its_field(office: Office, fields, sentence):
    answer = await office[Role.SALES].post("/me/delegations", fields)
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert await builders.rows("SELECT 1 FROM delegation") == []


async def test_the_same_stand_in_twice_is_refused_and_a_later_one_can_be_called_off(office: Office):
    desk = office[Role.SALES]
    await hire(Role.SALES, "deputy")
    later = {"stand_in": "deputy", "begins_on": TOMORROW, "ends_on": TOMORROW}
    assert (await desk.post("/me/delegations", later)).status_code == 303
    assert (await who("deputy")).stands_in_for == ()
    assert (await desk.post("/me/delegations", later)).status_code == 409
    (kept,) = await builders.rows("SELECT id FROM delegation")
    assert (await desk.post(f"/me/delegations/{kept.id}/end")).status_code == 303
    assert await builders.rows("SELECT 1 FROM delegation") == []
