"""What all routes have in common in the published contract: parameters, answers and refusals."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path
from fastapi.routing import APIRoute
from pydantic import AfterValidator, StringConstraints, create_model
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.responses import Response

from starter.api.keyed_route import KeyedRoute
from starter.api.paging import clean
from starter.api.problems import KINDS, PROBLEM
from starter.api.schemas.common import Page, Shown

_PLAIN = (StringConstraints(strip_whitespace=True, min_length=1, max_length=64), AfterValidator(clean))
Number = Annotated[str, *_PLAIN, Path(description="the document's number")]
Code = Annotated[str, *_PLAIN, Path(description="a code of the company's own; slashes are allowed")]
REORDER_POINT = "/reorder-point"
"""What belongs to a product has a path of its own, and is no product whose code ends so."""


class _Product(StringConvertor):
    regex = f".*(?<!{REORDER_POINT})"


register_url_convertor("product", _Product())
Provider = Annotated[str, *_PLAIN, Path(description="the provider's code")]


def schema(name: str) -> dict[str, str]:
    """A reference to a schema among the components."""
    return {"$ref": f"#/components/schemas/{name}"}


def _refusal(kind: str) -> dict[str, Any]:
    return {"description": KINDS[kind][1], "content": {PROBLEM: {"schema": schema("Problem")}}}


_REFUSED = ("malformed", "unauthenticated", "forbidden", "not-found", "illegal-move")
_REFUSED_TOO = ("too-slow", "too-large", "unsupported-media-type", "invalid", "too-many-requests", "unavailable")
REFUSALS: dict[int | str, dict[str, Any]] = {KINDS[kind][0]: _refusal(kind) for kind in (*_REFUSED, *_REFUSED_TOO)}


def answers(shape: Any, **described: str) -> dict[int | str, dict[str, Any]]:
    """The successful answers of a route, `answers(Order, ok="The order")`, for its OpenAPI entry.

    The shape (starter/api/schemas) describes what the handler answers; it neither checks nor writes it.
    """
    statuses = {"ok": 200, "created": 201, "accepted": 202}
    return {statuses[name]: {"description": text, "model": shape} for name, text in described.items()}


def page_of(item: type[Shown], what: str) -> dict[int | str, dict[str, Any]]:
    """The answer of a list of such items, for its OpenAPI entry."""
    return answers(_page(item), ok=f"A page of {what}")


@cache
def _page(item: type[Shown]) -> Any:
    """One shape per kind of item, however many lists show it."""
    return create_model(f"{item.__name__}Page", __base__=Page[item])  # type: ignore[valid-type]


PDF: dict[int | str, dict[str, Any]] = {
    200: {"description": "The document to print", "content": {"application/pdf": {}}}
}


def pdf_response(pdf: bytes, number: str) -> Response:
    """A PDF that a browser shows, and saves under the document's number."""
    headers = {"Content-Disposition": f"inline; filename*=UTF-8''{quote(number, safe='')}.pdf"}
    return Response(pdf, headers=headers, media_type="application/pdf")


def stage_router(tag: str, route_class: type[APIRoute] = KeyedRoute) -> APIRouter:
    """The router of one stage: `/v1`, a key on every route, the common refusals documented."""
    return APIRouter(
        prefix="/v1", tags=[tag], route_class=route_class, responses=REFUSALS, default_response_class=Response
    )


def location(collection: str, number: str) -> str:
    """The path of a document; codes may hold any character, headers may not."""
    return f"/v1/{collection}/{quote(number, safe='')}"
