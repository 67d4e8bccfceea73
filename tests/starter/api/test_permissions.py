"""Every route, every role, and keys that are none: what is refused tells nothing and changes nothing."""

from __future__ import annotations

import itertools
import re
import uuid
from typing import Any

import httpx2
from fastapi.routing import APIRoute

from activities.review import review_order
from db.engine import settled, transaction
from domain.actor import SYSTEM, Role
from domain.steps import OrderStep
from intake import keys
from starter.api.examples import EXAMPLES
from starter.api.keyed_route import KeyedRoute
from tests import builders
from tests.activities.fingerprint import fingerprint
from tests.starter.api import permissions
from tests.starter.api.conftest import api_app
from tests.starter.api.live import Live

ROUTES = [
    route
    for route in api_app().router.routes
    if isinstance(route, APIRoute) and not route.endpoint.__module__.startswith("starter.console.")
]
KEYED = [route for route in ROUTES if isinstance(route, KeyedRoute)]
PROBLEM = {"type", "title", "status", "detail"}


def path_of(route: APIRoute, **values: object) -> str:
    """The route's path; what is not named leads to nothing that exists."""
    return re.sub(r"\{(\w+)(:\w+)?\}", lambda found: str(values.get(found[1], 99_999_999)), route.path)


async def ask(live: Live, route: APIRoute, key: str | None, body: Any = None, **values: object) -> httpx2.Response:
    """Ask under a key; a body that no document has, where one is taken."""
    (method,) = route.methods or {"GET"}
    headers = {} if key is None else {b"Authorization": key.encode()}
    given: Any = None if method == "GET" else {"no such field": 1} if body is None else body
    return await live.client.request(method, path_of(route, **values), headers=headers, json=given)


def test_every_route_is_known_to_those_who_decide_who_may() -> None:
    assert len(KEYED) > 40
    keyed = {*permissions.READS, *permissions.BESIDES_ADMIN}
    assert {route.name for route in KEYED} == keyed
    assert len([route.name for route in KEYED]) == len(keyed)
    assert {route.name for route in ROUTES if route not in KEYED} == permissions.SIGNED | permissions.OPEN
    assert all(route.methods == {"GET"} for route in KEYED if route.name in permissions.READS)


def refusal(answer: httpx2.Response, status: int) -> bool:
    """Whether this is a refusal that says what to do, and nothing else."""
    return answer.status_code == status and set(answer.json()) == PROBLEM and "Traceback" not in answer.text


async def test_a_role_may_exactly_what_is_written_down(shop: Live) -> None:
    before = await fingerprint()
    for role, route in itertools.product(Role, KEYED):
        answer = await ask(shop, route, shop.headers(role)["Authorization"])
        if role in permissions.allowed(route.name):
            assert answer.status_code in (200, 404, 422), (route.name, answer.text)
            assert answer.status_code == 200 or route.methods != {"GET"} or "{" in route.path
        else:
            assert refusal(answer, 403), (route.name, answer.status_code)
            assert f"The role {role.value} may not" in answer.json()["detail"]
    assert await fingerprint() == before


async def no_keys(live: Live) -> dict[str, str | None]:
    """Headers that open nothing."""
    now = builders.NOW
    whole = live.headers(Role.ADMIN)["Authorization"].removeprefix("Bearer ")
    async with transaction() as tx:
        revoked = await keys.create_key(tx, SYSTEM, "once", Role.ADMIN, now)
        await keys.revoke_key(tx, SYSTEM, "once", now)
    scheme, prefix, secret = whole.split("_", 2)
    return {
        "none": None,
        "empty": "",
        "no scheme": whole,
        "another scheme": f"Basic {whole}",
        "revoked": f"Bearer {revoked}",
        "unknown": f"Bearer ok_{'0' * 12}_{secret}",
        "wrong secret": f"Bearer {scheme}_{prefix}_{secret[::-1]}",
        "cut": f"Bearer {whole[:-1]}",
        "longer": f"Bearer {whole}x",
        "the prefix alone": f"Bearer {prefix}",
        "another system's": "Bearer sk_live_" + uuid.uuid4().hex,
        "not ASCII": "Bearer 密钥",
        "very long": "Bearer " + "x" * 5000,
        "a statement": "Bearer ok_' OR 1=1 --_x",
    }


async def test_without_a_good_key_nothing_is_opened(shop: Live) -> None:
    strangers = await no_keys(shop)
    order = (await shop.post("/v1/orders", EXAMPLES["submit_order"])).json()["number"]
    before = await fingerprint()
    for kind, header in strangers.items():
        for route in KEYED if kind in ("none", "revoked") else KEYED[:8]:
            answer = await ask(shop, route, header, number=order)
            assert refusal(answer, 401), (kind, route.name, answer.status_code)
            assert answer.headers["www-authenticate"].startswith('Bearer realm="orderkeep"')
            assert order not in answer.text
    assert await fingerprint() == before


async def test_an_open_route_tells_nothing_of_an_order(shop: Live) -> None:
    await shop.post("/v1/orders", {**EXAMPLES["submit_order"], "customer_po": "ZIRKONIA-1", "note": "Zirkonia"})
    for route in ROUTES:
        if route.name in permissions.OPEN:
            answer = await ask(shop, route, None)
            assert "zirkonia" not in answer.text.lower(), route.name


NESTED = {"release_hold": "hold", "reject_hold": "hold", "resolve_dispute": "dispute"}
"""Routes to something inside a document, and what it is; a move of a case is no object."""


def test_every_route_to_something_inside_a_document_is_tried_under_another_one() -> None:
    inside = {route.name for route in KEYED if route.path.count("{") > 1} - {"move_case"}
    assert inside == NESTED.keys()


async def held_order(po: str) -> tuple[str, int]:
    """An order that review has held, and its hold."""
    order = await builders.an_order({"BOLT": 10_000}, customer_po=po)
    await review_order(OrderStep(number=order, now=builders.NOW))
    (hold,) = await builders.rows("SELECT id FROM hold WHERE order_number = :n AND reason = 'CREDIT'", n=order)
    return order, hold.id


async def disputed_invoice(live: Live, po: str) -> tuple[str, int]:
    """An invoice of which a part is disputed, and the dispute."""
    (invoice,) = await builders.invoiced(await builders.an_order({"BOLT": 2}, customer_po=po))
    opened = await live.post(f"/v1/invoices/{invoice}/disputes", EXAMPLES["open_dispute"])
    return invoice, opened.json()["id"]


async def test_what_is_inside_one_document_is_not_found_under_another(live: Live) -> None:
    await builders.a_company()
    invoices = [await disputed_invoice(live, "C"), await disputed_invoice(live, "D")]
    there = {"hold": [await held_order("A"), await held_order("B")], "dispute": invoices}
    before = await fingerprint()
    for route in KEYED:
        if route.name in NESTED:
            inside = NESTED[route.name]
            (mine, my_own), (yours, your_own) = there[inside]
            body = EXAMPLES["resolve_dispute"] if inside == "dispute" else {"comment": "known for years"}
            for number, found in ((mine, your_own), (yours, my_own), ("SO-999999", my_own)):
                key = live.headers(Role.ADMIN)["Authorization"]
                answer = await ask(live, route, key, body, **{"number": number, inside: found})
                assert answer.status_code == 404, (route.name, answer.text)
    assert await fingerprint() == before


async def test_a_number_of_another_kind_of_document_is_not_found(shop: Live) -> None:
    order = (await shop.post("/v1/orders", EXAMPLES["submit_order"])).json()["number"]
    asked = 0
    for route in KEYED:
        if "{number}" in route.path and not route.path.startswith("/v1/orders/"):
            body = EXAMPLES.get(route.name)
            key = shop.headers(Role.ADMIN)["Authorization"]
            answer = await ask(shop, route, key, body, number=order, move="assign")
            assert answer.status_code == 404, (route.name, answer.text)
            asked += 1
    assert asked >= 8


async def test_a_hold_is_decided_by_its_owner_and_never_by_whoever_sent_the_order(live: Live) -> None:
    await builders.a_company()
    body = {"customer": "ACME", "currency": "EUR", "lines": [{"sku": "BOLT", "quantity": 10_000}]}
    order = (await live.post("/v1/orders", body, Role.MANAGER)).json()["number"]
    await review_order(OrderStep(number=order, now=builders.NOW))
    (hold,) = await builders.rows("SELECT id FROM hold WHERE order_number = :n AND reason = 'CREDIT'", n=order)
    before = await fingerprint()
    path = f"/v1/orders/{order}/holds/{hold.id}/release"
    others = [role for role in Role if role not in (Role.ADMIN, Role.CREDIT, Role.FINANCE)]
    for role in others:
        answer = await live.post(path, {"comment": "fine"}, role)
        assert refusal(answer, 403), (role, answer.text)
    assert await fingerprint() == before
    assert (await live.post(path, {"comment": "fine"}, Role.CREDIT)).status_code == 200


async def test_nobody_meets_another_one_s_request_under_a_key_that_both_chose(shop: Live) -> None:
    async with transaction() as tx:
        twin = await keys.create_key(tx, SYSTEM, f"{Role.SALES} clerk", Role.SALES, builders.NOW)
    first = {**EXAMPLES["submit_order"], "customer_po": "PO-1"}
    second = {**EXAMPLES["submit_order"], "customer_po": "PO-2"}
    mine = await shop.post("/v1/orders", first, Role.SALES, key="same")
    headers = {"Authorization": f"Bearer {twin}", "Idempotency-Key": "same"}
    theirs = await shop.client.post("/v1/orders", json=second, headers=headers)
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json()["number"] != theirs.json()["number"]
    again = await shop.post("/v1/orders", first, Role.SALES, key="same")
    assert (again.json()["number"], again.headers["idempotent-replay"]) == (mine.json()["number"], "true")
    assert "idempotent-replay" not in theirs.headers


async def test_a_repetition_after_the_upgrade_gets_the_answer_from_before_it(shop: Live) -> None:
    first = await shop.post("/v1/stock/movements", EXAMPLES["move_stock"], Role.WAREHOUSE, key="old")
    await builders.run("UPDATE idempotency_key SET actor = 'warehouse clerk'")  # as release 0.1.0 kept it
    again = await shop.post("/v1/stock/movements", EXAMPLES["move_stock"], Role.WAREHOUSE, key="old")
    assert (again.text, again.headers["idempotent-replay"]) == (first.text, "true")
    other = await shop.post(
        "/v1/stock/movements", {**EXAMPLES["move_stock"], "quantity": "7"}, Role.WAREHOUSE, key="old"
    )
    assert other.status_code == 201


async def test_a_revoked_key_is_refused_at_once_and_says_so(shop: Live) -> None:
    made = (await shop.post("/v1/keys", {"name": "scanner", "role": "warehouse"})).json()["key"]
    headers = {"Authorization": f"Bearer {made}"}
    assert (await shop.client.get("/v1/stock", headers=headers)).status_code == 200
    listed = (await shop.get("/v1/keys")).json()["items"]
    assert made.split("_")[1] in {each["prefix"] for each in listed}
    assert made.split("_", 2)[2] not in str(listed)
    assert "hash" not in listed[0]
    revoked = await shop.post("/v1/keys/scanner/revoke", {})
    assert (revoked.status_code, revoked.json()["name"]) == (200, "scanner"), revoked.text
    assert (await shop.client.get("/v1/stock", headers=headers)).status_code == 401
    assert (await shop.post("/v1/keys/scanner/revoke", {})).json() == revoked.json()
    assert (await shop.post("/v1/keys/nobody/revoke", {})).status_code == 404
    assert (await shop.post(f"/v1/keys/{Role.ADMIN} clerk/revoke", {})).status_code == 409


async def test_a_name_of_several_keys_is_revoked_by_prefix(shop: Live) -> None:
    async with transaction() as tx:  # as release 0.1.0 made them
        made = [await keys.create_key(tx, SYSTEM, "twin", Role.SALES, builders.NOW) for _ in range(2)]
    refused = await shop.post("/v1/keys/twin/revoke", {})
    prefixes = [key.split("_")[1] for key in made]
    assert refused.status_code == 409
    assert all(prefix in refused.json()["detail"] for prefix in prefixes)
    assert (await shop.post(f"/v1/keys/{prefixes[0]}/revoke", {})).status_code == 200
    alive = await settled(lambda tx: keys.identify(tx, made[1]))
    assert alive is not None
