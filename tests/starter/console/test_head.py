"""HEAD: every page, file and answer says what GET would say of itself, and sends no body."""

from __future__ import annotations

import httpx2
from fastapi.routing import APIRoute

from domain.actor import Role
from starter.api.keyed_route import KeyedRoute
from tests.patience import in_time
from tests.starter.api.conftest import api_app
from tests.starter.console.desk import Desk, Office
from tests.starter.console.test_permissions import path_of

READS = [
    route for route in api_app().router.routes if isinstance(route, APIRoute) and (route.methods or set()) == {"GET"}
]
CHANGES = [route for route in api_app().router.routes if isinstance(route, APIRoute) and route not in READS]
ITSELF = ("content-type", "content-length", "content-security-policy", "content-language", "location", "cache-control")
WITH_THE_TIME = ("/metrics", "/v1/keys", ".svg")
"""How what is longer or shorter with the time ends."""


async def head(desk: Desk, path: str, **headers: str) -> httpx2.Response:
    """Ask about a page."""
    return await desk.client.head(path, headers=headers)


async def test_every_page_and_every_answer_is_told_of_as_get_would_tell(office: Office) -> None:
    assert len(READS) > 90
    key = office.live.headers()
    for route in READS:
        if route.path == "/events":
            continue
        path = path_of(route)
        headers = key if isinstance(route, KeyedRoute) else {}
        desk = office[Role.ADMIN]
        asked, got = await head(desk, path, **headers), await desk.get(path, **headers)
        assert asked.status_code == got.status_code != 405, path
        assert asked.content == b"", path
        for name in ITSELF:
            if name != "content-length" or not path.endswith(WITH_THE_TIME):
                assert asked.headers.get(name) == got.headers.get(name), (path, name)


async def test_a_page_that_is_there_is_told_with_its_length(office: Office) -> None:
    asked, got = [await way(office[Role.SALES], "/customers/HARBOUR") for way in (head, Desk.get)]
    assert (asked.status_code, asked.content) == (200, b"")
    assert int(asked.headers["content-length"]) == len(got.content) > 1000


async def test_a_stream_ends_where_it_would_begin(office: Office) -> None:
    asked = await in_time(head(office[Role.SALES], "/events"), 60)
    assert (asked.status_code, asked.content) == (200, b"")
    assert asked.headers["content-type"].startswith("text/event-stream")


async def test_who_may_not_read_may_not_ask_either(office: Office) -> None:
    assert (await head(office[Role.SALES], "/users")).status_code == 403
    await office[Role.SALES].post("/sign-out")
    assert (await head(office[Role.SALES], "/orders")).headers["location"] == "/sign-in?next=/orders"
    assert (await office.live.client.head("/v1/orders")).status_code == 401


async def test_what_only_changes_something_is_not_asked_for_by_head(live) -> None:
    assert len(CHANGES) > 60
    for route in CHANGES:
        path = path_of(route)
        assert (await live.client.head(path)).status_code == (await live.client.get(path)).status_code, path
