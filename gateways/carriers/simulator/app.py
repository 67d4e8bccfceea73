"""The simulator's HTTP surface: the carrier's own, and the switches for what shall go wrong."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import structlog
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from gateways.carriers.simulator.depot import Depot, KeyVoided, OnItsWay, Parcel
from gateways.carriers.simulator.facts import Wanted
from gateways.carriers.simulator.faults import Mischief
from gateways.carriers.simulator.journal import Journal
from gateways.carriers.simulator.journeys import Journeys
from gateways.carriers.simulator.postman import Postman
from gateways.carriers.simulator.settings import SimulatorSettings

log = structlog.get_logger(__name__)

SILENCE_SECONDS = 60.0
Answer = Callable[[Request], Awaitable[Response]]


class Counter:
    """What answers the requests: it owns the depot, the faults, the journeys and the postman."""

    def __init__(self, settings: SimulatorSettings) -> None:
        self._key = settings.carrier_key
        self.depot = Depot(Journal(settings.simulator_state))
        self.mischief = Mischief()
        self.postman = Postman(settings, self.depot, self.mischief)
        self.journeys = Journeys(self.depot, self.postman, settings.simulator_step_seconds)

    def routes(self) -> list[Route]:
        """All paths. Faults strike the carrier's own paths only, so that they can always be lifted."""
        return [
            Route("/bookings", self._guarded(self.book), methods=["POST"]),
            Route("/bookings", self.list_bookings, methods=["GET"]),
            Route("/bookings/{key:path}", self._guarded(self.find), methods=["GET"]),
            Route("/bookings/{key:path}", self._guarded(self.void), methods=["DELETE"]),
            Route("/tracking/{number}", self._guarded(self.track), methods=["GET"]),
            Route("/labels/{number}", self.label, methods=["GET"]),
            Route("/faults", self.faults, methods=["GET", "POST", "DELETE"]),
            Route("/healthz", self.healthz, methods=["GET"]),
        ]

    async def book(self, request: Request) -> Response:
        """Idempotent by the header Idempotency-Key: same key, same booking, whatever the body says the second time."""
        key = request.headers.get("idempotency-key", "").strip()
        if not key:
            return _problem(400, "key_missing", "The header Idempotency-Key is missing.")
        try:
            wanted = Wanted.model_validate_json(await request.body())
        except ValidationError as error:
            return _problem(422, "invalid", f"The booking cannot be taken: {_first(error)}")
        outcome = self.mischief.outcome(wanted.shipment, wanted.ship_to.postal_code)
        if outcome == "refused" and key not in self.depot.parcels:
            return _problem(422, "not_served", f"We do not deliver to {wanted.ship_to.postal_code or 'this address'}.")
        try:
            parcel, new = self.depot.book(key, wanted, outcome, datetime.now(UTC))
        except KeyVoided:
            return _problem(409, "voided", "This booking was voided; it cannot be booked again.")
        if new:
            log.info("parcel.booked", key=key, tracking_number=parcel.booked.tracking_number)
            self.journeys.depart(parcel)
            if self.mischief.take_timeout():
                return await _silence(request)
        return JSONResponse(_view(parcel, request), status_code=201 if new else 200)

    async def list_bookings(self, request: Request) -> Response:
        """Everything that was ever booked, and the keys that are dead: for reconciliation."""
        items = [_view(parcel, request) for parcel in self.depot.parcels.values()]
        live = sum(not parcel.voided for parcel in self.depot.parcels.values())
        dead = sorted(self.depot.dead_keys)
        return JSONResponse({"items": items, "count": len(items), "live": live, "voided_keys": dead})

    async def find(self, request: Request) -> Response:
        """One booking; 404 never booked, 410 voided."""
        key = request.path_params["key"]
        if key in self.depot.dead_keys:
            return _problem(410, "voided", "This booking was voided.")
        parcel = self.depot.parcels.get(key)
        if parcel is None:
            return _problem(404, "unknown", "Nothing is booked under this key.")
        return JSONResponse(_view(parcel, request))

    async def void(self, request: Request) -> Response:
        """Kill the key for ever, also one that was never booked: a booking that comes late is then refused."""
        key = request.path_params["key"]
        try:
            self.depot.void(key)
        except OnItsWay:
            return _problem(409, "on_its_way", "The parcel is on its way; it can only be returned.")
        return JSONResponse({"key": key, "voided": True})

    async def track(self, request: Request) -> Response:
        """All scans so far."""
        parcel = self.depot.by_number(request.path_params["number"])
        if parcel is None:
            return _problem(404, "unknown", "No parcel has this tracking number.")
        items = [scan.model_dump(mode="json", exclude_none=True) for scan in parcel.scans]
        return JSONResponse({"items": items})

    async def label(self, request: Request) -> Response:
        """The label as text."""
        parcel = self.depot.by_number(request.path_params["number"])
        if parcel is None:
            return _problem(404, "unknown", "No parcel has this tracking number.")
        to = parcel.booked.wanted.ship_to
        lines = ("PARCELWAY", parcel.booked.tracking_number, to.name, to.street, f"{to.postal_code} {to.city}")
        return PlainTextResponse("\n".join((*lines, to.country, "")))

    async def faults(self, request: Request) -> Response:
        """GET what is in force, POST the switches to change, DELETE to make all well."""
        if request.method == "DELETE":
            self.mischief.clear()
        elif request.method == "POST":
            try:
                self.mischief.change(await request.json())
            except (ValueError, TypeError) as error:
                detail = _first(error) if isinstance(error, ValidationError) else "a JSON object is expected"
                return _problem(422, "invalid", f"These faults are not known: {detail}")
        return JSONResponse(self.mischief.faults.model_dump(mode="json"))

    async def healthz(self, request: Request) -> Response:
        """The process lives; says nothing about faults."""
        return JSONResponse({"status": "ok"})

    def _guarded(self, answer: Answer) -> Answer:
        async def guarded(request: Request) -> Response:
            faults = self.mischief.faults
            if faults.delay:
                await asyncio.sleep(faults.delay)
            if faults.mode == "down":
                return _problem(503, "down", "Parcelway is down for maintenance.", {"Retry-After": "1"})
            if not self._knows(request.headers.get("authorization", "")):
                return _problem(401, "wrong_key", "The API key is missing or wrong.")
            if not self.mischief.strikes():
                return await answer(request)
            if not self.mischief.before_the_effect():
                await answer(request)
            return _problem(500, "internal", "Something went wrong inside Parcelway.")

        return guarded

    def _knows(self, authorization: str) -> bool:
        return not self._key or hmac.compare_digest(authorization.encode(), f"Bearer {self._key}".encode())


def build(settings: SimulatorSettings) -> Starlette:
    """The application; parcels of an earlier life travel on as soon as it starts."""

    counter = Counter(settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        counter.journeys.resume()
        yield
        await counter.journeys.aclose()
        await counter.postman.aclose()
        counter.depot.close()

    return Starlette(routes=counter.routes(), lifespan=lifespan)


async def _silence(request: Request) -> Response:
    """The booking is done and the answer never comes; ends when the caller has given up."""
    with suppress(TimeoutError):
        async with asyncio.timeout(SILENCE_SECONDS):
            while (await request.receive())["type"] != "http.disconnect":
                pass
    return _problem(504, "timeout", "The answer got lost.")


def _view(parcel: Parcel, request: Request) -> dict[str, Any]:
    booked = parcel.booked
    return {
        "key": booked.key,
        "shipment": booked.wanted.shipment,
        "tracking_number": booked.tracking_number,
        "label_url": str(request.url.replace(path=f"/labels/{booked.tracking_number}", query="")),
        "cost": str(booked.cost),
        "currency": booked.currency,
        "packages": booked.wanted.packages,
        "weight_kg": str(booked.wanted.weight_kg),
        "booked_at": booked.at.isoformat(),
        "status": "voided" if parcel.voided else (parcel.scans[-1].status if parcel.scans else "booked"),
        "voided": parcel.voided,
    }


def _problem(status: int, code: str, detail: str, headers: dict[str, str] | None = None) -> Response:
    content = {"status": status, "code": code, "detail": detail}
    return JSONResponse(content, status, headers, media_type="application/problem+json")


def _first(error: ValidationError) -> str:
    wrong = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, wrong['loc'])) or 'body'}: {wrong['msg']}"
