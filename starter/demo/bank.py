"""The example company's bank: it reports money by signed webhook, as a payment provider does."""

from __future__ import annotations

import itertools
import secrets
from datetime import UTC, datetime
from decimal import Decimal

import httpx2

from domain.facts import PaymentFact
from gateways.payments.webhooks import seal
from starter.demo.desks import RefusedByApi

PROVIDER = "example-bank"


class Bank:
    """Signs with the secret that both sides know."""

    def __init__(self, http: httpx2.AsyncClient, secret: str) -> None:
        self._http = http
        self._secret = secret
        self._run = secrets.token_hex(3)
        self._numbers = itertools.count(1)

    def transfer(self, amount: Decimal, currency: str, reference: str) -> PaymentFact:
        """Money on its way: what the webhook will say."""
        return PaymentFact(
            amount=amount,
            currency=currency,
            reference=reference,
            provider=PROVIDER,
            provider_payment_id=f"{self._run}-{next(self._numbers):03d}",
            received_at=datetime.now(UTC),
        )

    async def report(self, fact: PaymentFact) -> str:
        """Send the webhook; the number of the payment as it was recorded."""
        headers, body = seal(fact, datetime.now(UTC), self._secret)
        answer = await self._http.post(f"/v1/webhooks/payments/{PROVIDER}", content=body, headers=headers)
        if not answer.is_success:
            raise RefusedByApi(answer)
        return str(answer.json()["payment"])
