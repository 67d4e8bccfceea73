"""Every request that changes something meets a process that dies; its client asks again, and has asked once.

The routes come from the application: a new one fails here until there is a request for it. The console's buttons call
the same functions, each in one transaction.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from starter.console.door import OpenPage, Page
from tests.faults.crash.arranged import arranged
from tests.faults.crash.points import BEGINS, COMMITS, COMMITTED, DONE
from tests.faults.crash.processes import Nursery
from tests.faults.crash.requests import a_company_that_waits, request
from tests.faults.crash.stage import Stage, killed_everywhere
from tests.starter.api.conftest import api_app

ROUTES = [
    route for route in api_app().router.routes if isinstance(route, APIRoute) and not isinstance(route, Page | OpenPage)
]
WRITES = [(route.name, method) for route in ROUTES for method in sorted(route.methods or ()) if method != "GET"]

CHANGE_NOTHING = {"decode_payloads", "encode_payloads"}
"""Questions that are too long for an address; of transactions they need only the one that knows the key."""


@pytest.fixture(scope="module")
async def company(
    database_server: str, nursery: Nursery, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Stage, dict[str, str]]]:
    """A company in which everything waits, arranged once for all requests."""
    folder: Path = tmp_path_factory.mktemp("requests")
    async with arranged(a_company_that_waits, database_server, nursery, folder) as (stage, there):
        yield stage, there


@pytest.mark.parametrize(("route", "method"), WRITES)
async def test_a_request_whose_answer_was_lost_is_sent_again_and_has_one_effect(
    company: tuple[Stage, dict[str, str]], route: str, method: str
) -> None:
    stage, there = company
    found = await killed_everywhere(stage, request(route, method, there), asked_again=True)
    assert found.wrong == {}, found.told()
    must_be_met = {BEGINS, COMMITTED, DONE} | (set() if route in CHANGE_NOTHING else {COMMITS})
    assert must_be_met - {point.rpartition(" ")[0] for point in found.points} == set()


def test_there_are_requests_to_lose() -> None:
    assert len(WRITES) > 15
    assert {"POST", "PUT"} <= {method for _, method in WRITES}
