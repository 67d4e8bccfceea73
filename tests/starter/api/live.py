"""The whole application on a real database, with one key per role and a little master data."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx2
from fastapi import FastAPI
from pydantic import SecretStr

from db.engine import transaction
from db.queries import policies
from domain.actor import SYSTEM, Role
from domain.policy import Policy
from gateways.signatures import new_secret, sign
from intake import keys
from starter.api.app import create_app
from starter.api.examples import EXAMPLES
from starter.settings import Settings
from tests import builders
from tests.starter.api.conform import Conform

SECRET = new_secret()


class Live:
    """A client that speaks as any role."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        of_role: dict[Role, str],
        app: FastAPI | None = None,
        conform: Conform | None = None,
    ) -> None:
        self.client = client
        self.app = app
        self.conform = conform or Conform()
        self._keys = of_role

    def headers(self, role: Role = Role.ADMIN) -> dict[str, str]:
        """The headers of a request in this role."""
        return {"Authorization": f"Bearer {self._keys[role]}"}

    async def get(self, path: str, role: Role = Role.ADMIN, **headers: str) -> httpx2.Response:
        """GET in a role."""
        return await self.client.get(path, headers={**self.headers(role), **headers})

    async def put(self, path: str, body: Any, role: Role = Role.ADMIN) -> httpx2.Response:
        """PUT in a role."""
        return await self.client.put(path, json=body, headers=self.headers(role))

    async def post(self, path: str, body: Any, role: Role = Role.ADMIN, *, key: str | None = None) -> httpx2.Response:
        """POST in a role, with an Idempotency-Key when one is given."""
        more = {} if key is None else {"Idempotency-Key": key}
        return await self.client.post(path, json=body, headers={**self.headers(role), **more})

    async def hook(self, path: str, body: bytes, **wrong: str) -> httpx2.Response:
        """A signed webhook; `wrong` replaces headers."""
        signed = sign(f"msg_{uuid.uuid4().hex}", datetime.now(UTC), body, SECRET)
        return await self.client.post(path, content=body, headers={**signed, **wrong})


@asynccontextmanager
async def live_api(database: str, **settings: Any) -> AsyncIterator[Live]:
    """The application on this database; every answer to its client is held against the published contract."""
    secrets = {"webhook_secret_payments": SecretStr(SECRET), "webhook_secret_carriers": SecretStr(SECRET)}
    app = create_app(Settings(_env_file=None, database_url=database, **{**secrets, **settings}))
    now = datetime.now(UTC)
    async with transaction() as tx:
        await policies.put_in_force(tx, Policy(seller=builders.SELLER), now)
        of_role = {role: await keys.create_key(tx, SYSTEM, f"{role} clerk", role, now) for role in Role}
    transport = httpx2.ASGITransport(app=app)
    conform = Conform()
    hooks: dict[str, list[Callable[..., Any]]] = {"response": [conform]}
    async with httpx2.AsyncClient(transport=transport, base_url="http://api", event_hooks=hooks) as client:
        yield Live(client, of_role, app, conform)


async def put_masters(live: Live) -> None:
    """A customer, a supplier, two products and some stock, as the contract's examples have them."""
    pen = {**EXAMPLES["put_product"], "name": "Pen", "supply": {"route": "none"}}
    for path, body in [
        ("/v1/tax-codes/standard", EXAMPLES["put_tax_code"]),
        ("/v1/suppliers/PAPERMILL", EXAMPLES["put_supplier"]),
        ("/v1/customers/HARBOUR", EXAMPLES["put_customer"]),
        ("/v1/products/NB-A5", EXAMPLES["put_product"]),
        ("/v1/products/PEN-01", pen),
    ]:
        answer = await live.put(path, body)
        assert answer.status_code in (200, 201), answer.text
    answer = await live.post("/v1/stock/movements", EXAMPLES["move_stock"])
    assert answer.status_code == 201, answer.text
