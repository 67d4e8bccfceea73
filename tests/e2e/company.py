"""A small company on real servers, driven over HTTP: what its people, its customers and its carrier do."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import httpx2

from gateways.signatures import sign
from starter.embedded.stack import Stack

ADDRESS = {"name": "Goods in", "street": "Dock 4", "city": "Hamburg", "postal_code": "20457", "country": "DE"}
AT_ONCE = 8


class Company:
    """Everybody outside, speaking with an administrator's key."""

    def __init__(self, stack: Stack) -> None:
        headers = {"Authorization": f"Bearer {stack.endpoints.key}"}
        self.http = httpx2.AsyncClient(base_url=stack.endpoints.api, headers=headers, timeout=60, trust_env=False)
        self.simulator = httpx2.AsyncClient(base_url=stack.endpoints.simulator, timeout=60, trust_env=False)
        self._secret = stack.servers.dir.webhook_secret("webhook_secret_carriers")
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def close(self) -> None:
        """Nobody speaks any more."""
        await self.http.aclose()
        await self.simulator.aclose()

    async def put(self, path: str, body: Any) -> None:
        """Master data."""
        (await self.http.put(f"/v1/{path}", json=body)).raise_for_status()

    async def post(self, path: str, body: Any, *, or_else: int | None = None) -> Any:
        """A request or a fact, sent once; what was answered. A refusal of the status `or_else` is no fault."""
        async with self._gate:
            answer = await self.http.post(f"/v1/{path}", json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
        assert answer.is_success or answer.status_code == or_else, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def all(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Every page of a list."""
        rows: list[dict[str, Any]] = []
        after = None
        while True:
            asked = {**query, "limit": 500} | ({"after": after} if after else {})
            page = (await self.http.get(f"/v1/{path}", params=asked)).raise_for_status().json()
            rows += page["items"]
            after = page["next"]
            if after is None:
                return rows

    async def submit(self, customer: str, sku: str, quantity: int = 2, **more: Any) -> str:
        """An order; its number."""
        lines = [{"sku": sku, "quantity": str(quantity)}]
        return str(
            (await self.post("orders", {"customer": customer, "currency": "EUR", "lines": lines, **more}))["number"]
        )

    async def scan(self, shipment: dict[str, Any], status: str = "delivered") -> None:
        """The carrier reports a parcel, signed."""
        data = {"tracking_number": shipment["tracking_number"], "status": status, "raw_status": status}
        data |= {"at": datetime.now(UTC).isoformat(), "location": "Hamburg", "sequence": 9}
        body = json.dumps({"type": "tracking.updated", "data": data}).encode()
        async with self._gate:
            headers = sign(f"msg_{uuid.uuid4().hex}", datetime.now(UTC), body, self._secret)
            answer = await self.http.post(f"/v1/webhooks/carriers/{shipment['carrier']}", content=body, headers=headers)
        assert answer.is_success, answer.text

    async def pay(self, invoice: dict[str, Any]) -> None:
        """The customer pays all that is outstanding."""
        body = {"amount": invoice["outstanding"], "currency": "EUR", "invoice": invoice["number"], "provider": "bank"}
        body |= {"provider_payment_id": f"B-{invoice['number']}", "received_at": datetime.now(UTC).isoformat()}
        await self.post("payments", body)

    async def carrier_faults(self, **switches: Any) -> None:
        """What shall go wrong at the carrier; nothing: all is well again."""
        if switches:
            (await self.simulator.post("/faults", json=switches)).raise_for_status()
        else:
            (await self.simulator.delete("/faults")).raise_for_status()

    async def until(self, seen: Callable[[], Awaitable[bool]], what: str, patience: float = 120) -> None:
        """Wait until it is so."""
        deadline = asyncio.get_running_loop().time() + patience
        while not await seen():
            assert asyncio.get_running_loop().time() < deadline, f"not so within {patience} s: {what}"
            await asyncio.sleep(0.25)


async def founded(company: Company) -> None:
    """Master data: ACME without a limit, POOR with next to none; BOLT is there, NUT is bought, KIT is made of GEAR."""
    card = {"email": "buyer@customer.example", "currency": "EUR", "payment_terms": "net1", "shipping_address": ADDRESS}
    await company.put("customers/ACME", {"name": "Acme Ltd", **card})
    await company.put("customers/POOR", {"name": "Poor Ltd", "credit_limit": "1.00", **card})
    await company.put("suppliers/STEEL", {"name": "Steel Ltd", "email": "sales@steel.example", "lead_time_days": 3650})
    price = {"prices": [{"currency": "EUR", "amount": "10.00"}], "cost": {"currency": "EUR", "amount": "4.00"}}
    buy = {"route": "buy", "supplier": "STEEL", "minimum_quantity": "10", "multiple_of": "5"}
    make = {"route": "make", "lead_time_days": 3650, "components": [{"sku": "GEAR", "quantity": "2"}]}
    await company.put("products/BOLT", {"name": "Bolt", **price})
    await company.put("products/NUT", {"name": "Nut", "supply": buy, **price})
    await company.put("products/GEAR", {"name": "Gear", "supply": buy, **price})
    await company.put("products/KIT", {"name": "Kit", "supply": make, **price})
    opening = {"sku": "BOLT", "warehouse": "MAIN", "quantity": "5000", "reason": "opening"}
    await company.post("stock/movements", opening)
