"""Temporal's remote codec protocol: its Web UI and its command line ask here to read what is sealed in the engine.

Whoever may ask holds an administrator's key; the keys of payloads never leave this process.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Header
from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response
from temporalio.api.common.v1 import Payload
from temporalio.envconfig import ClientConfig

from domain.errors import FieldError, Invalid, told
from starter.api.answers import json_response
from starter.api.contract import answers, stage_router
from starter.api.idempotency import key_of
from starter.api.schemas import operations as shapes
from starter.sealing import PayloadDamaged, PayloadKeyMissing, SealingCodec

router = stage_router("codec")
MOST_PAYLOADS = 10_000


def _decoded(value: object) -> bytes:
    try:
        return base64.b64decode(value if isinstance(value, str) else "?", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("bytes in base64 are expected") from None


_Bytes = Annotated[bytes, BeforeValidator(_decoded), WithJsonSchema({"type": "string", "contentEncoding": "base64"})]


class OnePayload(BaseModel):
    """A payload as Temporal writes it in JSON: bytes in base64. Fields that are not known here are passed over."""

    metadata: dict[str, _Bytes] = {}
    data: _Bytes = b""


class Payloads(BaseModel):
    """The payloads of one question."""

    payloads: Annotated[list[OnePayload], Field(max_length=MOST_PAYLOADS)]


Namespace = Annotated[str | None, Header(max_length=255, description="the namespace that the payloads are of")]


@router.post("/codec/decode", responses=answers(shapes.CodedPayloads, ok="The payloads, opened"))
async def decode_payloads(request: Request, body: Payloads, x_namespace: Namespace = None) -> Response:
    """Open payloads; those that are not sealed come back as they are."""
    codec = _codec(request, x_namespace)
    try:
        return _written(await codec.decode(_read(body)))
    except (PayloadKeyMissing, PayloadDamaged) as closed:
        raise Invalid(closed.args[0], errors=[FieldError("/payloads", closed.args[0])]) from None


@router.post("/codec/encode", responses=answers(shapes.CodedPayloads, ok="The payloads, sealed"))
async def encode_payloads(request: Request, body: Payloads, x_namespace: Namespace = None) -> Response:
    """Seal payloads, for a signal that a person sends by hand; without keys they come back as they are."""
    return _written(await _codec(request, x_namespace).encode(_read(body)))


def _codec(request: Request, namespace: str | None) -> SealingCodec:
    key_of(request)  # nothing is kept here, so a repetition needs no record; a malformed key is refused all the same
    ours = ClientConfig.load_client_connect_config().get("namespace") or "default"
    if namespace not in (None, "", ours):
        raise Invalid(
            told(
                "This codec serves the namespace {ours} only. Ask the codec of that other namespace.", ours=repr(ours)
            ),
            errors=[FieldError("", told("the header X-Namespace must be {ours}, or absent", ours=repr(ours)))],
        )
    return SealingCodec(request.app.state.settings.keyring)


def _read(body: Payloads) -> list[Payload]:
    return [Payload(metadata=each.metadata, data=each.data) for each in body.payloads]


def _written(payloads: Sequence[Payload]) -> Response:
    def text(value: bytes) -> str:
        return base64.b64encode(value).decode()

    def one(payload: Payload) -> dict[str, Any]:
        return {"metadata": {name: text(value) for name, value in payload.metadata.items()}, "data": text(payload.data)}

    return json_response({"payloads": [one(payload) for payload in payloads]})
