"""Whatever can be done over HTTP can be done at the terminal: the examples of the help, typed as they stand."""

from __future__ import annotations

import re
import shlex

import pytest
from fastapi.routing import APIRoute

from starter.api.keyed_route import KeyedRoute
from tests.starter.api.conftest import api_app
from tests.starter.cli.test_help import examples_of, leaves

OF_SERVERS = {"demo", "up", "doctor", "deploy", "import", "forecast"}
"""Commands that start, repair or read servers and files, and ask in their own way."""
NOT_AT_THE_TERMINAL = {
    "put_tax_code": "a rate is set up once, with the API or by a product that carries it",
    "decode_payloads": "the command `temporal` and its Web UI ask for it",
    "encode_payloads": "the command `temporal` and its Web UI ask for it",
}
ROUTES = [route for route in api_app().router.routes if isinstance(route, KeyedRoute)]
WRITES = {route.name for route in ROUTES if route.methods != {"GET"}}


def route_of(method: str, path: str) -> str | None:
    """The name of the route that a request reaches."""
    for route in ROUTES:
        assert isinstance(route, APIRoute)
        if method in (route.methods or ()) and route.path_regex.match(path.partition("?")[0]):
            return route.name
    return None


@pytest.fixture
def asked_by_examples(api, orderkeep, tmp_path, monkeypatch) -> set[str | None]:
    """The routes that the examples of the help reach."""
    monkeypatch.chdir(tmp_path)
    examples = [line for path, command in leaves() if path[0] not in OF_SERVERS for line in examples_of(command)]
    assert len(examples) > 90
    for report in ("bookings", "ageing.csv", "otif/orders"):  # to ask for one that there is not is wrong usage
        api.answer("GET", f"/v1/reports/{report}", {"items": [], "drawn": "net"})
    for line in examples:
        words = shlex.split(line.rpartition("| ")[2])[1:]
        for file in re.findall(r"\S+\.json", line):
            (tmp_path / file).write_text("{}")
        if words[0] not in OF_SERVERS and words[:2] not in (["key", "first"], ["key", "payload"]):
            typed = [word if word != "-" else "order.json" for word in words]
            ended = orderkeep(*typed, "--api", api.url, "--key", "ok_secret")
            assert ended.code != 2, (line, ended.err)
    return {route_of(each.method, each.path) for each in api.asked}


def test_every_change_over_http_has_a_command_or_says_why_not(asked_by_examples):
    assert len(WRITES) > 35
    assert None not in asked_by_examples, "a command asks for what the API does not have"
    assert WRITES - asked_by_examples == NOT_AT_THE_TERMINAL.keys()
