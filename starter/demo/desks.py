"""The desks of the example company: each talks to the HTTP API with a key of its own, and may do what its role may."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from domain.actor import Role
from starter.cli.speech import _, spoken

Document = dict[str, Any]
ATTEMPTS = 5
WAIT_SECONDS = 20.0
BUSY = frozenset({429, 502, 503, 504})


class RefusedByApi(Exception):
    """The API refused with a problem that no repetition cures."""

    def __init__(self, answer: httpx2.Response) -> None:
        try:
            problem = answer.json()
        except ValueError:
            problem = {}
        wrong = "; ".join(f"{error.get('pointer')}: {error.get('detail')}" for error in problem.get("errors") or ())
        detail = problem.get("detail") or problem.get("title") or answer.text[:200]
        request = f"{answer.request.method} {answer.request.url.path}"
        super().__init__(f"{request}: {answer.status_code} {detail} {wrong}".strip())


@dataclass(frozen=True, slots=True)
class Desk:
    """One desk: its name stands on the timeline beside what it did."""

    http: httpx2.AsyncClient
    key: str
    name: str

    async def ask(
        self, method: str, path: str, body: object = None, *, once: str | None = None, **query: str
    ) -> httpx2.Response:
        """One request, whatever it answers; a busy server is asked again, which the Idempotency-Key makes harmless."""
        headers = {"Authorization": f"Bearer {self.key}", "Accept-Language": spoken()}
        if method == "POST":
            headers["Idempotency-Key"] = once or uuid.uuid4().hex
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = await self.http.request(method, path, json=body, headers=headers, params=query)
            except httpx2.TransportError:
                if attempt == ATTEMPTS:
                    raise
            else:
                if answer.status_code not in BUSY or attempt == ATTEMPTS:
                    return answer
            await asyncio.sleep(0.2 * attempt)
        raise AssertionError("the last attempt returns or raises")

    async def get(self, path: str, **query: str) -> Document:
        """The document at a path; RefusedByApi when there is none."""
        return _document(await self.ask("GET", path, None, once=None, **query))

    async def post(self, path: str, body: Mapping[str, object] | None = None, **query: str) -> Document:
        """The answer to a POST; RefusedByApi when it is refused."""
        return _document(await self.ask("POST", path, body, once=None, **query))

    async def put(self, path: str, body: Mapping[str, object]) -> Document:
        """The answer to a PUT; RefusedByApi when it is refused."""
        return _document(await self.ask("PUT", path, body))


def _document(answer: httpx2.Response) -> Document:
    if not answer.is_success:
        raise RefusedByApi(answer)
    document: Document = answer.json()
    return document


@dataclass(frozen=True, slots=True)
class Desks:
    """Everybody who works at the example company."""

    administrator: Desk
    sales: Desk
    credit: Desk
    manager: Desk
    purchasing: Desk
    production: Desk
    goods_in: Desk
    robot: Desk
    support: Desk


async def open_desks(http: httpx2.AsyncClient, key: str) -> Desks:
    """Give every desk its key; the administrator's makes them."""
    administrator = Desk(http, key, "local administrator")

    async def desk(name: str, role: Role) -> Desk:
        made = await administrator.post("/v1/keys", {"name": name, "role": role.value})
        return Desk(http, made["key"], name)

    staff = await asyncio.gather(
        desk(_("sales desk"), Role.SALES),
        desk(_("credit desk"), Role.CREDIT),
        desk(_("sales manager"), Role.MANAGER),
        desk(_("purchasing desk"), Role.PURCHASING),
        desk(_("shop floor"), Role.PRODUCTION),
        desk(_("goods-in"), Role.WAREHOUSE),
        desk(_("warehouse robot"), Role.WAREHOUSE),
        desk(_("support desk"), Role.SUPPORT),
    )
    return Desks(administrator, *staff)


def client(api: str) -> httpx2.AsyncClient:
    """The connections that all desks share."""
    return httpx2.AsyncClient(base_url=api, timeout=WAIT_SECONDS, trust_env=False)
