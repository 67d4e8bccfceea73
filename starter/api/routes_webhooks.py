"""Facts that other companies' systems report: proven by a signature over the raw body, before it is parsed.

A repeated webhook is answered like the first: the facts are idempotent by their own keys.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, get_args

from pydantic import BaseModel, SecretStr
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from db.queries import idempotency
from domain.actor import Actor, Role
from domain.errors import FieldError, Invalid, NotFound, told
from domain.facts import PaymentWebhook, TrackingWebhook
from gateways.carriers import registry as carriers
from gateways.signatures import verify
from intake import collection, shipping
from starter.api.answers import in_database, json_response
from starter.api.bodies import parse, valid
from starter.api.contract import Provider, answers, schema, stage_router
from starter.api.keyed_route import OpenRoute
from starter.api.schemas.webhooks import NotUsed, PaymentReceived, ScanReceived

router = stage_router("webhooks", OpenRoute)
_TAKEN = "Received; a repetition gets the same answer"


def _signed_body(name: str) -> dict[str, Any]:
    content = {"application/json": {"schema": schema(name)}}
    headers = ("webhook-id", "webhook-timestamp", "webhook-signature")
    return {
        "requestBody": {"required": True, "content": content},
        "parameters": [
            {"name": each, "in": "header", "required": True, "schema": {"type": "string"}} for each in headers
        ],
    }


@dataclass(frozen=True, slots=True)
class _Message:
    """A message whose sender is proven."""

    route: str
    id: str
    body: dict[str, Any]

    async def remember(self, tx: AsyncConnection, sender: Actor, now: datetime) -> None:
        """Its id, so that no other message can come under it; the order of fields makes no other message."""
        canonical = json.dumps(self.body, sort_keys=True, separators=(",", ":")).encode()
        await idempotency.seen(tx, sender.name, self.id, self.route, hashlib.sha256(canonical).hexdigest(), now)


async def _proven(request: Request, secret: SecretStr | None) -> _Message:
    raw = await request.body()
    verify(request.headers, raw, secret.get_secret_value() if secret else "")
    body = parse(raw)
    if not isinstance(body, dict):
        raise Invalid("The body must be a JSON object with 'type' and 'data'.", errors=[FieldError("", "an object")])
    return _Message(f"POST {request.url.path}", request.headers["webhook-id"][:255], body)


def _not_for_us(body: dict[str, Any], model: type[BaseModel]) -> Response | None:
    # A provider sends many kinds of events; refusing the others would make it send them again for days.
    (used,) = get_args(model.model_fields["type"].annotation)
    kind = body.get("type")
    if not isinstance(kind, str) or kind == used:
        return None
    return json_response({"received": True, "used": False, "detail": f"Only events of type {used!r} are used here."})


@contextmanager
def _of_data() -> Iterator[None]:
    """What a stage says of the fact stands in the body below `data`."""
    try:
        yield
    except Invalid as wrong:
        wrong.errors = tuple(replace(each, pointer=f"/data{each.pointer}") for each in wrong.errors)
        raise


def _sender(kind: str, provider: str) -> Actor:
    return Actor(f"{kind}:{provider}", Role.INTEGRATION)


@router.post(
    "/webhooks/payments/{provider}",
    responses=answers(PaymentReceived | NotUsed, ok=_TAKEN),
    openapi_extra=_signed_body("PaymentWebhook"),
)
async def payment_reported(request: Request, provider: Provider) -> Response:
    """A payment provider reports money that arrived."""
    message = await _proven(request, request.app.state.settings.webhook_secret_payments)
    body = message.body
    if (answer := _not_for_us(body, PaymentWebhook)) is not None:
        return answer
    data = body.get("data")
    if isinstance(data, dict) and data.setdefault("provider", provider) != provider:
        raise Invalid(
            told(
                "The payment names another provider than this address, {provider}. Send it to its own address.",
                provider=repr(provider),
            ),
            errors=[FieldError("/data/provider", told("must be {provider} here, or absent", provider=repr(provider)))],
        )
    fact = valid(PaymentWebhook, body).data

    async def record(tx: AsyncConnection) -> Response:
        now, sender = datetime.now(UTC), _sender("payments", provider)
        with _of_data():
            recorded = await collection.record_payment(tx, sender, fact, now)
        await message.remember(tx, sender, now)
        return json_response({"received": True, "payment": recorded.number})

    return await in_database(record)


@router.post(
    "/webhooks/carriers/{provider}",
    responses=answers(ScanReceived | NotUsed, ok=_TAKEN),
    openapi_extra=_signed_body("TrackingWebhook"),
)
async def tracking_reported(request: Request, provider: Provider) -> Response:
    """A carrier reports where a shipment is."""
    message = await _proven(request, request.app.state.settings.webhook_secret_carriers)
    if provider not in carriers.names():  # nothing was ever booked there, so its scans would wait for ever
        known = ", ".join(carriers.names())
        raise NotFound(told("There is no carrier {provider} here, only {known}.", provider=repr(provider), known=known))
    body = message.body
    if (answer := _not_for_us(body, TrackingWebhook)) is not None:
        return answer
    fact = valid(TrackingWebhook, body).data

    async def record(tx: AsyncConnection) -> Response:
        now, sender = datetime.now(UTC), _sender("carrier", provider)
        with _of_data():
            told = await shipping.record_tracking(tx, sender, provider, fact, now)
        await message.remember(tx, sender, now)
        return json_response({**told, "received": True})

    return await in_database(record)
