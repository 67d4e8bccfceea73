"""`/docs` and `/problems`: the contract for reading, made from the OpenAPI document, with nothing from outside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from starter.api.answers import json_response
from starter.api.plain_page import page
from starter.api.problems import ADVICE, KINDS

router = APIRouter(include_in_schema=False)


@router.get("/openapi.json")
async def openapi_document(request: Request) -> Response:
    """The OpenAPI document."""
    return json_response(request.app.openapi())


@router.get("/docs")
async def docs(request: Request) -> Response:
    """Every route with its parameters, an example body and its answers."""
    made: dict[str, Any] = request.app.openapi()
    intro = escape(made["info"]["description"]).replace("\n\n", "</p><p>")
    sections = "".join(_sections(made))
    more = 'As data: <a href="/openapi.json">/openapi.json</a>. Errors: <a href="/problems">/problems</a>.'
    return page("Orderkeep API", f"<h1>Orderkeep API</h1><p>{intro}</p><p>{more}</p>{sections}")


@router.get("/problems")
@router.get("/problems/{kind}")
async def problems(kind: str = "") -> Response:
    """What each type of problem means and what to do about it."""
    rows = "".join(
        f'<tr id="{name}"><td><code>{name}</code></td><td>{status}</td><td>{escape(title)}</td>'
        f"<td>{escape(ADVICE[name])}</td></tr>"
        for name, (status, title) in KINDS.items()
        if kind in ("", name) or kind not in KINDS
    )
    head = "<tr><th>type</th><th>status</th><th>title</th><th>what to do</th></tr>"
    return page("Problems", f'<h1>Problems</h1><table>{head}{rows}</table><p><a href="/docs">/docs</a></p>')


def _sections(made: dict[str, Any]) -> Iterator[str]:
    by_tag: dict[str, list[str]] = {}
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            tag = (operation.get("tags") or ["other"])[0]
            by_tag.setdefault(tag, []).append(_operation(path, method.upper(), operation))
    for tag, parts in by_tag.items():
        yield f"<h2>{escape(tag.capitalize())}</h2>{''.join(parts)}"


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    parts = [f"<p>{escape(operation.get('description', ''))}</p>"]
    if operation.get("x-roles"):
        parts.append(f'<p class="quiet">Roles: {escape(", ".join(operation["x-roles"]))}</p>')
    parts.extend(_parameters(operation.get("parameters", [])))
    if "example" in body:
        parts.append(f"<pre>{escape(json.dumps(body['example'], indent=2, ensure_ascii=False))}</pre>")
    if schema := body.get("schema", {}).get("$ref"):
        parts.append(f'<p class="quiet">Schema: {escape(schema.rpartition("/")[2])} in /openapi.json</p>')
    parts.append(_answers(operation["responses"]))
    summary = f'<span class="m">{method}</span> <code>{escape(path)}</code>'
    return f"<details><summary>{summary}</summary>{''.join(parts)}</details>"


def _parameters(parameters: list[dict[str, Any]]) -> Iterator[str]:
    if parameters:
        rows = "".join(
            f"<tr><td><code>{escape(each['name'])}</code></td><td>{each['in']}</td>"
            f"<td>{escape(each.get('description', ''))}</td></tr>"
            for each in parameters
        )
        yield f"<table>{rows}</table>"


def _answers(responses: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{status}</td><td>{escape(answer.get('description', ''))}</td><td>{escape(_shape(answer))}</td></tr>"
        for status, answer in sorted(responses.items())
    )
    return f"<table>{rows}</table>"


def _shape(answer: dict[str, Any]) -> str:
    """The names that the answer's schemas have in /openapi.json."""
    schemas = [content.get("schema", {}) for content in answer.get("content", {}).values()]
    named = [each for schema in schemas for each in schema.get("anyOf", [schema])]
    return " or ".join(each["$ref"].rpartition("/")[2] for each in named if "$ref" in each)
