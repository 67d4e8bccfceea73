"""The application factory: the layers around the routes, and the routes stage by stage."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException

from db import engine
from starter.api import (
    docs_page,
    routes_after_sales,
    routes_codec,
    routes_delegations,
    routes_disputes,
    routes_masters,
    routes_money,
    routes_operations,
    routes_orders,
    routes_queues,
    routes_repair,
    routes_replenishment,
    routes_reports,
    routes_shipping,
    routes_stock,
    routes_users,
    routes_webhooks,
)
from starter.api.auth import KnownKeys
from starter.api.bodies import BodyLimit
from starter.api.codec_origin import CodecOrigin
from starter.api.figures import Business
from starter.api.head import HeadAsGet
from starter.api.limits import Limits
from starter.api.metrics import Metrics
from starter.api.observe import QUIET, Observe
from starter.api.openapi import document_of
from starter.api.problems import HANDLERS
from starter.console import site
from starter.console.events import Bell
from starter.console.provider import Provider
from starter.console.refusals import no_such_page
from starter.console.signing_in import SignInLimit
from starter.console.taking.workers import Workers
from starter.settings import Settings

ROUTERS: tuple[APIRouter, ...] = (
    routes_orders.router,
    routes_orders.holds,
    routes_queues.router,
    routes_repair.router,
    routes_webhooks.router,
    routes_masters.router,
    routes_stock.router,
    routes_replenishment.router,
    routes_shipping.router,
    routes_money.router,
    routes_disputes.router,
    routes_money.ledger,
    routes_after_sales.router,
    routes_reports.router,
    routes_operations.router,
    routes_users.router,
    routes_delegations.router,
    routes_codec.router,
    routes_operations.probes,
    docs_page.router,
    *site.ROUTERS,
)


_TELEMETRY: TelemetryConfig = {
    # FastAPI records requests of its own accord as soon as the process records traces; all else of it is done here.
    "auto_configure": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "exclude": lambda scope: scope["path"] in QUIET,
}


@asynccontextmanager
async def _pool(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    if settings.database_url:
        engine.configure(settings.database_url, settings.pool_size, plan_once=True)
    yield
    await app.state.bell.close()
    await app.state.uploads.close()
    await engine.close()


def create_app(settings: Settings) -> FastAPI:
    """The HTTP API and the console as one ASGI application; it starts whether or not the database answers yet."""
    metrics = Metrics()
    app = bare_app(settings, metrics)
    for router in ROUTERS:
        # Extended, not included: an included router is matched through one more layer at every request.
        app.router.routes.extend(router.routes)
    return app


def bare_app(settings: Settings, metrics: Metrics) -> FastAPI:
    """The layers without the routes: logging and measuring, the body's limit, problems."""
    app = FastAPI(
        title="Orderkeep",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=_pool,
        exception_handlers={**HANDLERS, HTTPException: no_such_page},
        telemetry=_TELEMETRY,
    )
    app.state.settings = settings
    app.state.metrics = metrics
    app.state.business = Business()
    app.state.known_keys = KnownKeys()
    app.state.limits = Limits(settings.requests_per_second)
    app.state.sign_in_limit = SignInLimit()
    app.state.provider = Provider(settings)
    app.state.bell = Bell(settings.database_url)
    app.state.uploads = Workers(settings.database_url)
    app.add_middleware(HeadAsGet)
    app.add_middleware(BodyLimit)
    if settings.codec_origin:
        app.add_middleware(CodecOrigin, origin=settings.codec_origin)
    app.add_middleware(Observe, metrics=metrics)
    app.openapi = partial(document_of, app)  # type: ignore[method-assign]
    return app
