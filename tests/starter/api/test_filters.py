"""Filters that know their values: no list passes over one that does not exist, and the contract names them all."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import db.queries
from db.queries.keyset import Listing, OneOf
from starter.api.examples import EXAMPLES
from starter.api.keyed_route import KeyedRoute, OpenRoute
from tests.starter.api.conftest import api_app
from tests.starter.api.test_reads import LISTS

FREE = {
    "after", "customer", "customer_po", "day", "document", "invoice", "limit", "name", "order", "q", "sku", "source",
    "supplier", "warehouse",
}  # fmt: skip
"""Parameters whose values nobody can list."""
CONTRACT = api_app().openapi()
CLOSED = [
    (path, each["name"], each["schema"].get("enum"))
    for path in LISTS
    for each in CONTRACT["paths"][path]["get"]["parameters"]
    if each["name"] not in FREE
]
LISTINGS = {
    id(value): value
    for module in pkgutil.iter_modules(db.queries.__path__)
    for value in vars(importlib.import_module(f"db.queries.{module.name}")).values()
    if isinstance(value, Listing)
}.values()


def test_every_filter_of_every_list_is_free_or_names_its_values_in_the_contract():
    assert len(LISTS) > 10
    assert [(path, name) for path, name, values in CLOSED if not values] == []
    of_lists = sorted(
        sorted(each.values) for known in LISTINGS for each in known.conditions.values() if isinstance(each, OneOf)
    )
    assert sorted(sorted(values) for _, name, values in CLOSED if name != "lang") == of_lists
    assert len(of_lists) > 10


@pytest.mark.parametrize("nonsense", ["FOO", "nonsense", "0", "open,closed"])
async def test_a_value_that_a_filter_does_not_know_is_refused_with_those_that_it_knows(live, nonsense):
    for path, name, values in CLOSED:
        answer = await live.get(f"{path}?{name}={nonsense}")
        assert answer.status_code == 422, (path, name)
        detail = f"one of these is expected: {', '.join(values)}"
        assert answer.json()["errors"] == [{"pointer": "", "parameter": name, "detail": detail}]
        assert answer.json()["detail"] == f"{name}: {detail}. Correct this and send the request again."


async def test_every_value_that_a_filter_knows_is_taken_in_capitals_and_small_letters(live):
    for path, name, values in CLOSED:
        for value in values:
            for written in (value, value.lower(), value.upper()):
                answer = await live.get(f"{path}?{name}={written}")
                assert (answer.status_code, answer.json()["items"]) == (200, []), (path, name, written)


def _any_number(path: str) -> str:
    return path.replace("{hold}", "1").replace("{move}", "start").replace("{", "").replace("}", "")


async def test_every_route_takes_a_language_and_refuses_one_that_it_does_not_speak(live):
    routes = [route for route in api_app().router.routes if isinstance(route, KeyedRoute | OpenRoute)]
    assert len(routes) > 40
    for route in routes:
        method = min(route.methods or ())
        described = CONTRACT["paths"][route.path_format][method.lower()]["parameters"]
        assert [each["schema"]["enum"] for each in described if each["name"] == "lang"] == [["en", "zh-CN"]]
        path = _any_number(route.path_format)
        refused = await live.client.request(method, f"{path}?lang=xx", headers=live.headers())
        assert refused.status_code == 422, path
        detail = "one of these is expected: en, zh-CN"
        assert refused.json()["errors"] == [{"pointer": "", "parameter": "lang", "detail": detail}]
        spoken = await live.client.request(method, f"{path}?lang=zh-CN", headers=live.headers())
        assert '"lang"' not in spoken.text


async def test_the_language_makes_no_other_request_of_a_repetition(shop):
    body = EXAMPLES["submit_order"]
    first = await shop.post("/v1/orders?lang=en", body, key="once")
    again = await shop.post("/v1/orders?lang=zh-CN", body, key="once")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.headers["idempotent-replay"] == "true"
    assert again.json() == first.json()


@pytest.mark.parametrize("nonsense", ["0", "1700000000", "20260301", "2026-03-01T09:00:00", "tomorrow"])
async def test_a_day_in_a_query_is_a_day_as_the_contract_writes_it(live, nonsense):
    days = [
        (path.replace("{name}", "bookings"), each["name"])
        for path, operations in CONTRACT["paths"].items()
        for each in operations.get("get", {}).get("parameters", ())
        if "date" in [kind.get("format") for kind in each["schema"].get("anyOf", [each["schema"]])]
    ]
    assert {("/v1/journal", "day"), ("/v1/reports/bookings", "from"), ("/v1/reports/bookings.csv", "to")} <= set(days)
    for path, name in days:
        answer = await live.get(f"{path}?{name}={nonsense}")
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, name), path
        assert (await live.get(f"{path}?{name}=2026-03-01")).status_code == 200
