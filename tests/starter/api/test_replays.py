"""A webhook that comes again, late, early, altered or under another's id: one effect, or none."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from gateways.signatures import new_secret, sign
from tests.activities.fingerprint import fingerprint
from tests.starter.api.live import SECRET, Live, live_api
from tests.starter.api.test_webhooks import PAYMENT, PAYMENTS, raw

BODY = raw(PAYMENT)


async def told(
    live: Live,
    body: bytes = BODY,
    *,
    id: str = "msg_1",
    ago: float = 0,
    secret: str = SECRET,
    headers: dict[str, str] | None = None,
) -> Any:
    """A message signed by `secret` some seconds ago."""
    signed = sign(id, datetime.now(UTC) - timedelta(seconds=ago), body, secret)
    return await live.client.post(PAYMENTS, content=body, headers={**signed, **(headers or {})})


async def payments(live: Live) -> int:
    """How many payments there are."""
    return len((await live.get("/v1/payments")).json()["items"])


@pytest.mark.parametrize(("ago", "status"), [(295, 200), (-295, 200), (310, 401), (-310, 401), (10**9, 401)])
async def test_the_window_is_five_minutes_on_both_sides(shop: Live, ago: float, status: int) -> None:
    before = await fingerprint()
    answer = await told(shop, ago=ago)
    assert answer.status_code == status, answer.text
    assert (await fingerprint() == before) is (status == 401)


async def test_a_message_that_comes_again_has_one_effect_also_after_the_window(shop: Live) -> None:
    first = await told(shop)
    before = await fingerprint()
    for ago in (0, 200, -200):
        again = await told(shop, ago=ago)
        assert (again.status_code, again.json()) == (200, first.json())
    assert (await told(shop, ago=900)).status_code == 401
    assert await fingerprint() == before
    assert await payments(shop) == 1


async def test_fields_in_another_order_are_the_same_message(shop: Live) -> None:
    first = await told(shop)
    data = dict(reversed(list(PAYMENT["data"].items())))
    again = await told(shop, json.dumps({"data": data, "type": PAYMENT["type"]}, indent=1).encode())
    assert (again.status_code, again.json()) == (200, first.json())


async def test_another_message_under_a_seen_id_has_no_effect(shop: Live) -> None:
    await told(shop)
    before = await fingerprint()
    other = {**PAYMENT, "data": {**PAYMENT["data"], "provider_payment_id": "another", "amount": "1.00"}}
    refused = await told(shop, raw(other))
    assert refused.status_code == 422
    assert "webhook-id" in refused.json()["detail"]
    assert await fingerprint() == before
    assert (await told(shop, raw(other), id="msg_2")).status_code == 200
    assert await payments(shop) == 2


async def test_a_secret_is_changed_without_losing_a_message(database: str) -> None:
    old, new = new_secret(), new_secret()
    both = SecretStr(f"{new} {old}")
    async with live_api(database, webhook_secret_payments=both) as live:
        answers = [await told(live, id=f"msg_{n}", secret=secret) for n, secret in enumerate((old, new))]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert (await told(live, id="msg_3", secret=new_secret())).status_code == 401
    async with live_api(database, webhook_secret_payments=SecretStr(new)) as live:
        assert (await told(live, id="msg_4", secret=old)).status_code == 401


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
async def test_a_header_that_is_missing_is_named(shop: Live, missing: str) -> None:
    before = await fingerprint()
    answer = await told(shop, headers={missing: ""})
    assert answer.status_code == 401
    assert missing in answer.json()["detail"]
    assert await fingerprint() == before


async def test_a_huge_message_is_refused_before_its_signature_is_looked_at(shop: Live) -> None:
    answer = await told(shop, b'{"data": "' + b"x" * 1_100_000 + b'"}', headers={"webhook-signature": "v1,none"})
    assert answer.status_code == 413
    assert "1 MB" in answer.json()["detail"]
