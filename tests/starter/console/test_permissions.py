"""Every page and button, every role: what a role may not do is refused, and changes nothing."""

from __future__ import annotations

import re

from fastapi.routing import APIRoute

from domain.actor import Role
from starter.console.door import OpenPage, Page
from starter.console.roles import ONLY_HERE
from tests.activities.fingerprint import fingerprint
from tests.starter.api import permissions
from tests.starter.api.conftest import api_app
from tests.starter.console.desk import PEOPLE, Office

ROUTES = [route for route in api_app().router.routes if isinstance(route, APIRoute)]
PAGES = [route for route in ROUTES if isinstance(route, Page)]
CONSOLE = [route for route in ROUTES if route.endpoint.__module__.startswith("starter.console.")]
OPEN = {"home", "sign_in_page", "sign_in", "static_file", "provider_sign_in", "provider_callback"}
"""Open to everybody: they tell nothing of an order."""
OWN = {"sign_out", "choose_language", "change_password", "sign_out_elsewhere", "hand_over", "take_back"}
"""One's own session."""
OF_ADMIN = {"people", "account"}
FOR_THOSE_WHO = dict.fromkeys(
    (
        "new_order",
        "find_customer",
        "find_product",
        "preview_order",
        "discard_draft",
        "list_uploads",
        "read_upload",
        "read_problems",
        "upload_orders",
        "map_upload",
        "take_upload",
    ),
    "submit_order",
)
"""Pages and buttons around an operation of the API, for those who may do it."""


def expected(route: APIRoute) -> frozenset[Role]:
    """The roles that may, as the company wrote it down for the API."""
    if route.name in OF_ADMIN:
        return frozenset({Role.ADMIN})
    if route.name in OWN or (route.methods == {"GET"} and route.name not in FOR_THOSE_WHO):
        return frozenset(PEOPLE)
    return permissions.allowed(FOR_THOSE_WHO.get(route.name, route.name)) & frozenset(PEOPLE)


def path_of(route: APIRoute) -> str:
    """The route's path; it leads to nothing that exists."""
    return re.sub(r"\{(\w+)(:\w+)?\}", "99999999", route.path)


def test_every_page_is_behind_the_door() -> None:
    assert len(PAGES) >= 5
    assert {route.name for route in CONSOLE if not isinstance(route, Page)} == OPEN
    assert {route.name for route in CONSOLE if isinstance(route, OpenPage)} == OPEN - {"static_file"}
    assert all(len(route.methods or ()) == 1 for route in PAGES)
    assert {*ONLY_HERE} <= {route.name for route in PAGES}


async def test_a_role_may_open_exactly_what_is_written_down(office: Office) -> None:
    before = await fingerprint()
    for role in PEOPLE:
        for route in PAGES:
            if route.name in OWN or route.path == "/events":
                continue
            desk = office[role]
            way = desk.get if route.methods == {"GET"} else desk.post
            answer = await way(path_of(route))
            assert answer.status_code < 500, (route.path, answer.text)
            assert (answer.status_code == 403) is (role not in expected(route)), (role, route.path, answer.status_code)
    assert await fingerprint() == before


async def test_nobody_opens_a_page_without_signing_in(office: Office) -> None:
    desk = office[Role.SALES]
    await desk.post("/sign-out")
    before = await fingerprint()
    for route in PAGES:
        way = desk.get if route.methods == {"GET"} else desk.post
        answer = await way(path_of(route))
        assert answer.status_code == 303, route.path
        assert answer.headers["location"].startswith("/sign-in"), route.path
    assert await fingerprint() == before
