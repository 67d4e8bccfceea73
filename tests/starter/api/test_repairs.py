"""Repairs over HTTP: what is added to a pause, what is legal instead, and previews that foresee refusals."""

from __future__ import annotations

import pytest

from domain.actor import Role
from starter.api.keyed_route import KeyedRoute
from starter.api.roles import MAY
from tests import builders
from tests.activities.fingerprint import fingerprint
from tests.starter.api.conftest import api_app

COMMENT = {"comment": "fraud suspected"}
REPAIRS = sorted(
    route.name.removesuffix("_order")
    for route in api_app().router.routes
    if isinstance(route, KeyedRoute) and "preview" in {each.name for each in route.dependant.query_params}
    if route.name != "cancel_order"
)


@pytest.fixture
async def order(live) -> str:
    """A confirmed order of the small company."""
    await builders.a_company()
    return await builders.confirmed(await builders.an_order())


async def comments(live, order: str, event: str) -> list[str]:
    """What was said, by event."""
    items = (await live.get(f"/v1/orders/{order}/timeline")).json()["items"]
    return [item["summary"] for item in items if item["event"] == event]


def test_every_repair_can_be_foreseen():
    assert REPAIRS == ["pause", "reset", "resume", "retry"]


@pytest.mark.parametrize("repair", REPAIRS)
async def test_a_preview_refuses_what_would_be_refused_to_whoever_asks_and_changes_nothing(live, order, repair):
    ended = await builders.completed(await builders.an_order(customer_po="P2"))
    if repair == "resume":
        await live.post(f"/v1/orders/{order}/pause", COMMENT)
    before = await fingerprint()
    for role in Role:
        for number in ("SO-999999", ended, order):
            answer = await live.post(f"/v1/orders/{number}/{repair}?preview=true", COMMENT, role)
            allowed = role in MAY[f"{repair}_order"]
            expected = 403 if not allowed else {order: 200, ended: 409}.get(number, 404)
            assert answer.status_code == expected, (role, number, answer.text)
    assert await fingerprint() == before
    foreseen = await live.post(f"/v1/orders/{order}/{repair}?preview=true", COMMENT)
    asked = await live.post(f"/v1/orders/{order}/{repair}", COMMENT)
    assert (asked.status_code, asked.json()) == (202, foreseen.json())


async def test_a_preview_takes_no_key_away(live, order):
    path = f"/v1/orders/{order}/pause"
    assert (await live.post(f"{path}?preview=true", COMMENT, key="once")).status_code == 200
    asked = await live.post(path, COMMENT, key="once")
    assert (asked.status_code, "idempotent-replay" in asked.headers) == (202, False)
    assert len(await comments(live, order, "order_paused")) == 1


async def test_what_is_added_to_a_pause_is_written_down_once(live, order):
    path = f"/v1/orders/{order}/pause"
    for said in ("fraud suspected", "fraud suspected", "the bank was called", "fraud suspected", "the bank was called"):
        assert (await live.post(path, {"comment": said}, Role.MANAGER)).status_code == 202
    assert await comments(live, order, "order_paused") == ["Paused by manager clerk: fraud suspected"]
    assert await comments(live, order, "pause_remarked") == [
        "It is paused already; manager clerk adds: the bank was called"
    ]
    assert (await live.get(f"/v1/orders/{order}/why")).json()["sentence"] == "Paused by manager clerk: fraud suspected"


async def test_a_refused_repair_names_what_is_legal_instead(live, order):
    answer = await live.post(f"/v1/orders/{order}/resume", None)
    assert (answer.status_code, answer.json()["legal_moves"]) == (409, ["pause", "retry", "reset"])
    ended = await builders.completed(await builders.an_order(customer_po="P2"))
    for repair in REPAIRS:
        answer = await live.post(f"/v1/orders/{ended}/{repair}", COMMENT)
        assert (answer.status_code, answer.json()["legal_moves"]) == (409, []), repair


async def test_a_pause_that_ends_without_a_comment_leaves_no_loose_dash(live, order):
    await live.post(f"/v1/orders/{order}/pause", COMMENT)
    await live.post(f"/v1/orders/{order}/resume", None)
    await live.post(f"/v1/orders/{order}/retry", None)
    assert await comments(live, order, "order_resumed") == ["Resumed by admin clerk."]
    assert await comments(live, order, "retry_requested") == [
        "admin clerk asked for what fails to be tried again at once."
    ]
