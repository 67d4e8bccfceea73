"""The published contract: OpenAPI 3.1 from the routes, with security, problems and examples added."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from domain.facts import PaymentWebhook, TrackingWebhook
from starter.api.examples import EXAMPLES
from starter.api.keyed_route import KeyedRoute, OpenRoute
from starter.api.roles import roles_that_may
from starter.languages import LANGUAGES

VERSION = "1.0.0"
DESCRIPTION = """Orderkeep keeps every order's life, from receipt to after-sales, durable.

Money and quantities are decimal strings. Times are RFC 3339 in UTC. Every POST understands `Idempotency-Key`: the
same key and body give the same answer, with `Idempotent-Replay: true`. Errors are RFC 9457 problems. Lists answer
`{"items": [...], "next": cursor}`; pass the cursor back as `?after=`.
"""
_TEXT = {"type": "string"}
_COMPONENTS: dict[str, Any] = {
    "Problem": {
        "type": "object",
        "description": "RFC 9457: what is wrong and what to do.",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {**_TEXT, "format": "uri-reference"},
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["pointer", "detail"],
                    "properties": {"pointer": _TEXT, "detail": _TEXT, "parameter": _TEXT},
                },
            },
            "legal_moves": {"type": "array", "items": _TEXT},
        },
    },
}
_LANGUAGE = {
    "name": "lang",
    "in": "query",
    "required": False,
    "description": "en or zh-CN; else Accept-Language decides",
    "schema": {**_TEXT, "enum": list(LANGUAGES)},
}
_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Makes a repetition safe; 1 to 255 visible ASCII characters.",
    "schema": {**_TEXT, "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}


def document_of(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, made once per application."""
    if app.openapi_schema is None:
        made = get_openapi(title="Orderkeep", version=VERSION, description=DESCRIPTION, routes=app.routes)
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        schemas.update(_COMPONENTS)
        for model in (PaymentWebhook, TrackingWebhook):
            whole = model.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(whole.pop("$defs", {}))
            schemas[model.__name__] = whole
        made["components"]["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        for route in app.routes:
            if isinstance(route, APIRoute) and route.include_in_schema:
                _describe(made["paths"][route.path_format], route)
        app.openapi_schema = made
    return app.openapi_schema


def _describe(path: dict[str, Any], route: APIRoute) -> None:
    for method in route.methods or ():
        operation = path[method.lower()]
        operation["operationId"] = route.name
        if isinstance(route, (KeyedRoute, OpenRoute)):
            operation.setdefault("parameters", []).append(_LANGUAGE)
        if not isinstance(route, KeyedRoute):
            continue
        operation["security"] = [{"key": []}]
        operation["x-roles"] = sorted(role.value for role in roles_that_may(route.name, reads=method == "GET"))
        if method == "POST":
            operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
        if route.name in EXAMPLES:
            operation["requestBody"]["content"]["application/json"]["example"] = EXAMPLES[route.name]
