"""Every GET of the contract on an empty database: lists are empty pages, documents are not found, probes answer."""

from __future__ import annotations

import re

from domain.actor import Role
from starter.api.examples import EXAMPLES
from starter.api.keyed_route import KeyedRoute
from tests.starter.api.conftest import api_app

VERDICTS = ("read_checks", "read_trial_balance", "list_queues", "list_reports")
WHOLE = ("list_keys", "list_users", "list_delegations")
"""Short lists, which come whole."""
READS = sorted(
    route.path_format
    for route in api_app().router.routes
    if isinstance(route, KeyedRoute) and route.methods == {"GET"} and route.name not in (*VERDICTS, *WHOLE)
)


DAY = "2026-03-02"
LISTS = [path for path in READS if "{" not in path]
DOCUMENTS = [path for path in READS if "{" in path]


async def test_a_list_of_nothing_is_an_empty_page(live):
    for path in LISTS:
        answer = await live.get(f"{path}?limit=500", Role.SUPPORT)
        assert (answer.status_code, answer.json()) == (200, {"items": [], "next": None}), path


async def test_a_document_that_is_not_there_is_not_found(live):
    for path in DOCUMENTS:
        answer = await live.get(re.sub(r"\{\w+\}", "NO-1", path))
        assert answer.status_code == 404, path
        assert "'NO-1'" in answer.json()["detail"]


async def test_every_documented_filter_works(live):
    paths = api_app().openapi()["paths"]
    for path in LISTS:
        for parameter in paths[path]["get"]["parameters"]:
            if parameter["name"] not in ("limit", "after"):
                value = parameter["schema"].get("enum", [DAY if parameter["name"] == "day" else "x"])[0]
                answer = await live.get(f"{path}?{parameter['name']}={value}")
                assert (answer.status_code, answer.json()["items"]) == (200, []), parameter


async def test_a_cursor_that_we_did_not_make_is_malformed(live):
    for path in LISTS:
        for cursor in ("nonsense", "..", "%F0%9F%98%80", "AAAA", "-1", "W10", "WzEsMiwzXQ"):
            answer = await live.get(f"{path}?after={cursor}")
            assert answer.status_code == 400, f"{path} {cursor}"
            assert "pass the 'next' of the page before" in answer.json()["detail"]


async def test_the_queues_of_nothing_are_none(live):
    assert (await live.get("/v1/queues")).json() == {"items": [], "next": None}


async def test_the_ledger_of_nothing_balances(live):
    assert (await live.get("/v1/trial-balance")).json() == {"currencies": []}


async def test_the_reconciler_names_every_invariant(shop):
    answer = (await shop.get("/v1/checks")).json()
    assert answer["clean"] is True
    assert all(check["name"] and check["invariant"] and check["breaches"] == [] for check in answer["checks"])
    assert (answer["next"], answer["total"]) == (None, len(answer["checks"]))


async def test_the_reconciler_answers_in_parts(shop):
    whole = (await shop.get("/v1/checks")).json()["checks"]
    first = (await shop.get("/v1/checks?limit=20")).json()
    rest = (await shop.get(f"/v1/checks?after={first['next']}")).json()
    assert (first["checks"] + rest["checks"], first["clean"], rest["next"]) == (whole, True, None)
    assert (await shop.get("/v1/checks?after=nonsense")).status_code == 400


async def test_ready_says_what_answers(live):
    answer = await live.client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["database"] is True
    assert answer.json()["warnings"] == []
    assert answer.json()["temporal"] in (True, False)


async def test_metrics_count_the_business(shop):
    await shop.post("/v1/orders", EXAMPLES["submit_order"])
    text = (await shop.client.get("/metrics")).text
    assert "orderkeep_database_up 1.0" in text
    assert 'orderkeep_orders{state="SUBMITTED"} 1.0' in text
    assert "orderkeep_outbox_backlog" in text
