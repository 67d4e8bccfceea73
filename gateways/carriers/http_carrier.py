"""Parcelway, a generic parcel carrier over HTTP: books, finds, voids and tracks parcels.

A booking is idempotent by its key, at the carrier. When the answer to a booking is lost, the carrier is asked what
became of the key before anybody tries again.
"""

from __future__ import annotations

from decimal import Decimal
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote

import httpx2
import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from domain.facts import TrackingFact
from gateways.carriers.port import AnswerLost, Booking, BookingRequest, CarrierRefused, CarrierUnavailable
from gateways.carriers.watch import called

log = structlog.get_logger(__name__)

RETRYABLE = frozenset({408, 425, 429})
WRONG_KEY = frozenset({401, 403})
NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


class _BookingAnswer(BaseModel):
    model_config = ConfigDict(extra="ignore")

    key: str
    tracking_number: str
    label_url: str | None = None
    cost: Decimal | None = None
    currency: str | None = None


class _TrackingAnswer(BaseModel):
    model_config = ConfigDict(extra="ignore")

    items: list[TrackingFact]


class HttpCarrier:
    """The carrier behind `url`; `key` is sent as a bearer token with each request."""

    def __init__(self, name: str, url: str, key: str = "", timeout_seconds: float = 10.0) -> None:
        self.name = name
        self._client = httpx2.AsyncClient(
            base_url=url.rstrip("/"),
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx2.Timeout(timeout_seconds, connect=min(timeout_seconds, 3.0)),
            verify=url.startswith("https:"),  # loading certificates takes longer than a test
            trust_env=not _on_loopback(url),  # a proxy of the environment cannot reach our own machine
        )

    async def book(self, request: BookingRequest) -> Booking:
        """Book the parcel; a lost answer is resolved by asking for the key."""
        try:
            answer = await self._ask("POST", "/bookings", _body(request), {"Idempotency-Key": request.key})
        except AnswerLost:
            log.warning("carrier.answer_lost", carrier=self.name, key=request.key, shipment=request.shipment)
            found = await self.find_booking(request.key)
            if found is None:
                raise
            return found
        return self._booking(self._accepted(answer))

    async def find_booking(self, key: str) -> Booking | None:
        """The booking under the key; None when there is none or when it was voided."""
        answer = await self._ask("GET", _path("bookings", key))
        if answer.status_code in (404, 410):
            return None
        return self._booking(self._accepted(answer))

    async def void_booking(self, key: str) -> bool:
        """Void the key for ever; False when the parcel is on its way already."""
        answer = await self._ask("DELETE", _path("bookings", key))
        if answer.status_code == 409:
            return False
        self._accepted(answer)
        return True

    async def track(self, tracking_number: str) -> list[TrackingFact]:
        """All scans so far, by sequence."""
        answer = self._accepted(await self._ask("GET", _path("tracking", tracking_number)))
        try:
            scans = _TrackingAnswer.model_validate_json(answer.content).items
        except ValidationError as error:
            raise CarrierUnavailable(f"{self.name} sent tracking that cannot be read: {error}") from error
        return sorted(scans, key=lambda scan: scan.sequence)

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def _ask(
        self, method: str, path: str, body: dict[str, Any] | None = None, headers: dict[str, str] | None = None
    ) -> httpx2.Response:
        with called(self.name, f"{method} /{path.split('/')[1]}") as more:
            return await self._answer(method, path, body, {**(headers or {}), **more})

    async def _answer(
        self, method: str, path: str, body: dict[str, Any] | None, headers: dict[str, str]
    ) -> httpx2.Response:
        try:
            answer = await self._client.request(method, path, json=body, headers=headers)
        except NOT_SENT as error:
            raise CarrierUnavailable(f"{self.name} cannot be reached: {_words(error)}") from error
        except httpx2.HTTPError as error:
            raise AnswerLost(f"{self.name} did not answer {method} {path}: {_words(error)}") from error
        if answer.status_code >= 500 or answer.status_code in RETRYABLE:
            raise CarrierUnavailable(f"{self.name} answers {answer.status_code}: {_reason(answer)}")
        if answer.status_code in WRONG_KEY:
            # Not the customer's fault and healed by whoever sets the key, so the step waits instead of failing.
            raise CarrierUnavailable(f"{self.name} does not accept our key ({answer.status_code}): {_reason(answer)}")
        return answer

    def _accepted(self, answer: httpx2.Response) -> httpx2.Response:
        if answer.is_success:
            return answer
        raise CarrierRefused(_reason(answer), _code(answer))

    def _booking(self, answer: httpx2.Response) -> Booking:
        try:
            taken = _BookingAnswer.model_validate_json(answer.content)
        except ValidationError as error:
            raise CarrierUnavailable(f"{self.name} sent a booking that cannot be read: {error}") from error
        return Booking(taken.key, self.name, taken.tracking_number, taken.label_url, taken.cost, taken.currency)


def _body(request: BookingRequest) -> dict[str, Any]:
    return {
        "shipment": request.shipment,
        "ship_to": request.ship_to.model_dump(mode="json"),
        "weight_kg": str(request.weight_kg),
        "packages": request.packages,
        "lines": [{"sku": line.sku, "quantity": str(line.quantity)} for line in request.lines],
    }


def _path(kind: str, name: str) -> str:
    return f"/{kind}/{quote(name, safe='')}"


def _on_loopback(url: str) -> bool:
    host = httpx2.URL(url).host
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__


def _answer_field(answer: httpx2.Response, field: str) -> str | None:
    try:
        content = answer.json()
    except ValueError:
        return None
    value = content.get(field) if isinstance(content, dict) else None
    return value if isinstance(value, str) else None


def _reason(answer: httpx2.Response) -> str:
    return _answer_field(answer, "detail") or answer.text[:200] or answer.reason_phrase


def _code(answer: httpx2.Response) -> str:
    return _answer_field(answer, "code") or "refused"
