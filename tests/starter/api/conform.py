"""Holds answers against the published contract: their status must be documented, their body fit its schema."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx2
import jsonschema_rs
from fastapi.routing import APIRoute
from starlette.routing import Match

from starter.api.app import create_app
from starter.api.problems import PROBLEM
from starter.settings import Settings

JSON = "application/json"


@cache
def contract() -> dict[str, Any]:
    """The OpenAPI document."""
    return create_app(Settings(_env_file=None)).openapi()


@cache
def routes() -> tuple[APIRoute, ...]:
    """The routes that it describes."""
    found = create_app(Settings(_env_file=None)).router.routes
    return tuple(route for route in found if isinstance(route, APIRoute) and route.include_in_schema)


def answers_of(route: APIRoute) -> dict[str, Any]:
    """The documented answers of a route by status."""
    method = min(route.methods or {"GET"}).lower()
    answers: dict[str, Any] = contract()["paths"][route.path_format][method]["responses"]
    return answers


def documented() -> Iterator[tuple[APIRoute, str, dict[str, Any]]]:
    """Every route with each status of success that answers JSON, and its schema."""
    for route in routes():
        for status, answer in answers_of(route).items():
            if status.startswith("2") and JSON in answer.get("content", {}):
                yield route, status, answer["content"][JSON]["schema"]


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema that a reference means."""
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = contract()["components"]["schemas"][name] if name else schema
    return found


@cache
def _validator(name: str, status: str, kind: str) -> jsonschema_rs.Validator:
    (route,) = [route for route in routes() if route.name == name]
    schema = answers_of(route)[status]["content"][kind]["schema"]
    return jsonschema_rs.validator_for({**schema, "components": contract()["components"]}, validate_formats=True)


class Conform:
    """What was seen of the contract: statuses per route, and the fields of each shape that had something in them."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, str]] = set()
        self.filled: dict[str, set[str]] = defaultdict(set)

    async def __call__(self, response: httpx2.Response) -> None:
        """A hook of the client: fails the test that got an answer other than documented."""
        scope = {"type": "http", "method": response.request.method, "path": response.request.url.path}
        route = next((route for route in routes() if route.matches(scope)[0] is Match.FULL), None)
        if route is None:
            return
        await response.aread()
        status, kind = str(response.status_code), response.headers.get("content-type", "").partition(";")[0]
        where = f"{response.request.method} {route.path_format} {status} {kind}: {response.text[:2000]}"
        answer = answers_of(route).get(status)
        assert answer is not None, f"not documented: {where}"
        assert kind in answer["content"], f"not documented: {where}"
        if kind in (JSON, PROBLEM):
            breaches = [str(error) for error in _validator(route.name, status, kind).iter_errors(response.json())]
            assert breaches == [], f"{where}\n{breaches}"
            self.seen.add((route.name, status))
            self._fill(answer["content"][kind]["schema"], response.json())

    def _fill(self, schema: dict[str, Any], value: Any) -> None:
        name, whole = schema.get("$ref", "").rpartition("/")[2], resolved(schema)
        for each in whole.get("anyOf", ()):
            self._fill(each, value)
        if isinstance(value, list):
            for each in value:
                self._fill(whole.get("items", {}), each)
        if isinstance(value, dict) and set(whole.get("required", ())) <= value.keys():
            for field in whole.get("properties", {}).keys() & value.keys():
                if value[field] is not None and value[field] != []:
                    self.filled[name].add(field)
                    self._fill(whole["properties"][field], value[field])
