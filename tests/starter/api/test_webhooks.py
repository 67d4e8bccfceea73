"""Webhooks: the signature is checked over the raw body first; a repetition is answered like the first."""

from __future__ import annotations

import json
from typing import Any

from starter.api.examples import EXAMPLES
from tests.starter.api.live import live_api

PAYMENT: dict[str, Any] = {"type": "payment.received", "data": {**EXAMPLES["record_payment"], "provider": "payfast"}}
SCAN: dict[str, Any] = {
    "type": "tracking.updated",
    "data": {
        "tracking_number": "TRK-1",
        "status": "in_transit",
        "raw_status": "IT",
        "at": "2026-03-01T09:30:00Z",
        "sequence": 1,
    },
}
PAYMENTS, CARRIERS = "/v1/webhooks/payments/payfast", "/v1/webhooks/carriers/parcelway"


def raw(body) -> bytes:
    """The body as sent."""
    return json.dumps(body).encode()


async def test_a_payment_is_recorded_once_however_often_it_is_told(shop):
    first = await shop.hook(PAYMENTS, raw(PAYMENT))
    again = await shop.hook(PAYMENTS, raw(PAYMENT))
    assert (first.status_code, again.status_code) == (200, 200), first.text
    assert first.json() == again.json()
    assert first.json()["received"] is True
    (payment,) = (await shop.get("/v1/payments")).json()["items"]
    assert payment["number"] == first.json()["payment"]
    assert payment["amount"] == "142.56"


async def test_the_provider_may_be_left_to_the_address(shop):
    data = {name: value for name, value in PAYMENT["data"].items() if name != "provider"}
    assert (await shop.hook(PAYMENTS, raw({**PAYMENT, "data": data}))).status_code == 200
    other = {**PAYMENT, "data": {**data, "provider": "other"}}
    answer = await shop.hook(PAYMENTS, raw(other))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/data/provider"


async def test_scans_of_a_carrier_that_is_not_known_are_not_taken_as_if_they_could_be_used(shop):
    answer = await shop.hook("/v1/webhooks/carriers/parcelwy", raw(SCAN))
    assert (answer.status_code, answer.json()["detail"]) == (
        404,
        "There is no carrier 'parcelwy' here, only parcelway.",
    )
    assert (await shop.hook(CARRIERS, raw(SCAN))).status_code == 200


BROKEN = [
    {"webhook-signature": "v1,bm90IHRoZSBzaWduYXR1cmU="},
    {"webhook-signature": "nonsense"},
    {"webhook-id": "another"},
    {"webhook-timestamp": "1000"},
    {"webhook-timestamp": "soon"},
]


async def test_a_wrong_signature_is_refused_before_anything_is_read(live):
    for path in (PAYMENTS, CARRIERS):
        for headers in BROKEN:
            answer = await live.hook(path, b"{not even json", **headers)
            assert answer.status_code == 401, headers
            assert "webhook" in answer.json()["detail"]
            assert "www-authenticate" not in answer.headers


async def test_an_unsigned_webhook_is_refused_even_with_a_key(shop):
    assert (await shop.post(PAYMENTS, PAYMENT)).status_code == 401


BAD_BODIES = [
    (b"{broken", 400),
    (b"[]", 422),
    (b'"text"', 422),
    (raw({"type": "payment.received"}), 422),
    (raw({"type": 3, "data": {}}), 422),
    (raw({**PAYMENT, "data": {**PAYMENT["data"], "amount": "0"}}), 422),
    (raw({**PAYMENT, "data": {**PAYMENT["data"], "amount": 1.5}}), 422),
    (raw({**PAYMENT, "data": {**PAYMENT["data"], "surprise": 1}}), 422),
]


async def test_a_signed_webhook_with_a_bad_body_is_refused(live):
    for body, status in BAD_BODIES:
        answer = await live.hook(PAYMENTS, body)
        assert answer.status_code == status, body
    assert (await live.get("/v1/payments")).json()["items"] == []


async def test_other_events_are_received_and_not_used(shop):
    answer = await shop.hook(PAYMENTS, raw({"type": "payout.created", "data": {}}))
    assert answer.status_code == 200
    assert answer.json()["used"] is False


async def test_a_scan_of_an_unknown_parcel_does_not_break_anything(shop):
    answer = await shop.hook(CARRIERS, raw(SCAN))
    assert answer.status_code in (200, 404), answer.text


async def test_without_a_secret_no_webhook_is_accepted(database):
    async with live_api(database, webhook_secret_payments=None) as live:
        answer = await live.hook(PAYMENTS, raw(PAYMENT))
    assert answer.status_code == 401
    assert "secret" in answer.json()["detail"]


async def test_what_a_stage_refuses_of_a_fact_is_pointed_at_in_the_message(shop):
    for field, value in (("amount", "0"), ("currency", "XXX")):
        body = {**PAYMENT, "data": {**PAYMENT["data"], field: value}}
        answer = await shop.hook(PAYMENTS, raw(body))
        assert answer.status_code == 422, answer.text
        assert [error["pointer"] for error in answer.json()["errors"]] == [f"/data/{field}"]
    await shop.hook(PAYMENTS, raw(PAYMENT))
    other = {**PAYMENT, "data": {**PAYMENT["data"], "amount": "7.00"}}
    answer = await shop.hook(PAYMENTS, raw(other))
    assert answer.json()["errors"][0]["pointer"] == "/data/provider_payment_id"
