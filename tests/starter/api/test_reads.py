"""Every GET of the contract on an empty database: lists are empty pages, documents are not found, probes answer."""

from __future__ import annotations

import pytest

from domain.actor import Role
from starter.api.examples import EXAMPLES
from starter.api.keyed_route import KeyedRoute
from tests.starter.api.conftest import api_app

VERDICTS = ("read_checks", "read_trial_balance")
READS = sorted(
    route.path_format
    for route in api_app().router.routes
    if isinstance(route, KeyedRoute)
    and route.methods == {"GET"}
    and route.name not in ("read_checks", "read_trial_balance")
)


@pytest.mark.parametrize("path", [path for path in READS if "{" not in path])
async def test_a_list_of_nothing_is_an_empty_page(live, path):
    answer = await live.get(f"{path}?limit=500", Role.SUPPORT)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"items": [], "next": None}


@pytest.mark.parametrize("path", [path for path in READS if "{" in path])
async def test_a_document_that_is_not_there_is_not_found(live, path):
    answer = await live.get(path.replace("{number}", "NO-1").replace("{code}", "NO-1").replace("{sku}", "NO-1"))
    assert answer.status_code == 404, answer.text
    assert "'NO-1'" in answer.json()["detail"]


@pytest.mark.parametrize("path", [path for path in READS if "{" not in path])
async def test_every_filter_of_a_list_works(live, path):
    operation = api_app().openapi()["paths"][path]["get"]
    names = [each["name"] for each in operation["parameters"] if each["name"] not in ("limit", "after")]
    for name in names:
        answer = await live.get(f"{path}?{name}=x")
        assert answer.status_code in (200, 422), answer.text


async def test_the_ledger_of_nothing_balances(live):
    assert (await live.get("/v1/trial-balance")).json() == {"currencies": []}


async def test_the_reconciler_names_every_invariant(shop):
    answer = (await shop.get("/v1/checks")).json()
    assert answer["clean"] is True
    assert all(check["name"] and check["invariant"] and check["breaches"] == [] for check in answer["checks"])


async def test_ready_says_what_answers(live):
    answer = await live.client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["database"] is True
    assert answer.json()["temporal"] in (True, False)


async def test_metrics_count_the_business(shop):
    await shop.post("/v1/orders", EXAMPLES["submit_order"])
    text = (await shop.client.get("/metrics")).text
    assert "orderkeep_database_up 1.0" in text
    assert 'orderkeep_orders{state="SUBMITTED"} 1.0' in text
    assert "orderkeep_outbox_backlog" in text
