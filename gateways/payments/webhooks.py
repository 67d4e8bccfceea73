"""Payment providers' webhooks: how one is checked when it comes in, and how one is made for the demo and for tests."""

from __future__ import annotations

from datetime import datetime

from domain.facts import PaymentFact, PaymentWebhook
from gateways.signatures import sign, verify

__all__ = ["seal", "sign", "verify"]


def seal(fact: PaymentFact, now: datetime, secret: str) -> tuple[dict[str, str], bytes]:
    """Headers and body as a payment provider sends them; the message's id is stable per payment."""
    body = PaymentWebhook(type="payment.received", data=fact).model_dump_json(exclude_none=True).encode()
    headers = sign(f"{fact.provider}.{fact.provider_payment_id}", now, body, secret)
    return {"content-type": "application/json", **headers}, body
