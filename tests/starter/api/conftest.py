"""A small application with the real layers and a few routes of its own, for what holds on every route."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import exc
from starlette.requests import Request
from starlette.responses import Response

from domain.actor import Actor, Role
from domain.errors import IllegalMove, NotFound
from domain.facts import OrderRequest, StockMovement
from starter.api.answers import json_response
from starter.api.app import bare_app, create_app
from starter.api.contract import Code, Number, stage_router
from starter.api.metrics import Metrics
from starter.api.paging import Filter, PageQuery
from starter.settings import Settings
from tests.starter.api.live import Live, live_api, put_masters

ACTORS = {f"key-of-{role}": Actor(f"{role} clerk", role) for role in Role}


class KeysInMemory:
    """Knows one key per role."""

    def remembers(self, key: str) -> bool:
        """Whether the key was good before."""
        return key in ACTORS

    async def actor(self, key: str) -> Actor | None:
        """Whose key this is."""
        return ACTORS.get(key)


def signed(role: Role = Role.ADMIN) -> dict[str, str]:
    """The headers of a signed-in request."""
    return {"Authorization": f"Bearer key-of-{role}"}


def small_app() -> FastAPI:
    """Two writes, three reads and a route that fails in the way that its name says."""
    router = stage_router("small")

    @router.post("/orders", status_code=201)
    async def submit_order(request: Request, body: OrderRequest) -> Response:
        return json_response({"lines": len(body.lines)}, 201)

    @router.post("/stock/movements", status_code=201)
    async def move_stock(request: Request, body: StockMovement) -> Response:
        return json_response({"quantity": body.quantity}, 201)

    @router.get("/orders")
    async def list_orders(page: PageQuery, state: Filter = None) -> Response:
        return json_response({"limit": page.limit, "after": page.after, "state": state})

    @router.get("/orders/{number}")
    async def read_order(number: Number) -> Response:
        if number == "SO-9":
            raise NotFound("There is no order SO-9.")
        return json_response({"number": number})

    @router.get("/products/{sku:path}")
    async def read_product(sku: Code) -> Response:
        return json_response({"sku": sku})

    @router.get("/failures/{kind}")
    async def read_failure(kind: str) -> Response:
        raise FAILURES[kind]()

    app = bare_app(Settings(_env_file=None), Metrics())
    app.state.known_keys = KeysInMemory()
    app.router.routes.extend(router.routes)
    return app


class _Driver(Exception):
    """What the driver raises, with PostgreSQL's code."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__("connection to server at 10.0.0.1 failed")
        self.sqlstate = sqlstate


FAILURES: dict[str, Callable[[], Exception]] = {
    "illegal": lambda: IllegalMove("The order is CANCELLED.", legal_moves=["IN_REVIEW"]),
    "down": lambda: exc.OperationalError("SELECT secret", {}, _Driver("08006")),
    "pool": lambda: exc.TimeoutError("QueuePool limit reached"),
    "slow": TimeoutError,
    "race": lambda: exc.IntegrityError("INSERT", {}, _Driver("23505")),
    "check": lambda: exc.IntegrityError("INSERT secret", {}, _Driver("23514")),
    "data": lambda: exc.DataError("INSERT", {}, _Driver("22003")),
    "bug": lambda: ZeroDivisionError("secret of the house"),
}


@pytest.fixture
async def small() -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the small application."""
    transport = httpx2.ASGITransport(app=small_app(), raise_app_exceptions=True)
    async with httpx2.AsyncClient(transport=transport, base_url="http://api") as client:
        yield client


def api_app() -> FastAPI:
    """The whole application, without a database."""
    return create_app(Settings(_env_file=None))


@pytest.fixture
async def api() -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the whole application, without a database."""
    transport = httpx2.ASGITransport(app=api_app())
    async with httpx2.AsyncClient(transport=transport, base_url="http://api") as client:
        yield client


@pytest.fixture
async def live(database: str) -> AsyncIterator[Live]:
    """The whole application on a fresh database."""
    async with live_api(database) as speaking:
        yield speaking


@pytest.fixture
async def shop(live: Live) -> Live:
    """The same with master data."""
    await put_masters(live)
    return live
