"""Ways in for the clients of a history: the intake in this process, and the HTTP API of a server process."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol, TypeVar

import httpx2
from sqlalchemy.ext.asyncio import AsyncConnection

from db.engine import settled, transaction
from db.queries import views_documents, views_masters, views_order
from domain.actor import Actor, Role
from domain.errors import IllegalMove, Invalid
from domain.facts import Cancellation, HoldRelease, OrderRequest, PaymentFact, PickReport, StockMovement, TrackingFact
from intake import cancellation, collection, receipt, review, shipping, stock
from tests.builders import CARRIER
from tests.concurrency.history import Lost

Answer = TypeVar("Answer")
_WHOLE_PAGE = 500


class Door(Protocol):
    """What a client may ask; each answers a JSON-like document as the HTTP contract has it."""

    async def post(self, path: str, body: Any, key: str | None = None) -> dict[str, Any]:
        """Ask for a change; refusals raise OrderkeepError, a lost answer Lost."""

    async def get(self, path: str) -> dict[str, Any]:
        """Read."""

    async def scan(self, fact: dict[str, Any]) -> dict[str, Any]:
        """The carrier reports a scan."""


_CLERK = Actor("clerk", Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Direct:
    """The intake itself: each request a transaction of its own on the pool of this process, at its own instant."""

    clock: Callable[[], datetime]

    async def post(self, path: str, body: Any, key: str | None = None) -> dict[str, Any]:
        now = self.clock()
        match path.split("/"):
            case ["orders"]:
                asked = OrderRequest.model_validate(body)
                taken = await settled(lambda tx: receipt.submit_order(tx, _CLERK, asked, now))
                return {"number": taken.number}
            case ["orders", number, "cancel"]:
                wish = Cancellation.model_validate(body)
                return await settled(lambda tx: cancellation.cancel_order(tx, _CLERK, number, wish, now))
            case ["orders", number, "holds", hold, "release"]:
                release = HoldRelease.model_validate(body)
                await settled(lambda tx: review.release_hold(tx, _CLERK, number, int(hold), release, now))
            case ["stock", "movements"]:
                moved = StockMovement.model_validate(body)
                return await settled(lambda tx: stock.move_stock(tx, _CLERK, moved, now))
            case ["shipments", number, "pick"]:
                picked = PickReport.model_validate(body)
                await settled(lambda tx: shipping.confirm_pick(tx, _CLERK, number, picked, now))
            case ["payments"]:
                told = PaymentFact.model_validate(body)

                async def record(tx: AsyncConnection) -> dict[str, Any]:
                    recorded = await collection.record_payment(tx, _CLERK, told, now)
                    return _there(await views_documents.payment_view(tx, recorded.number))

                return await settled(record)
            case _:
                raise ValueError(path)
        return {}

    async def get(self, path: str) -> dict[str, Any]:
        async with transaction() as tx:
            match path.split("/"):
                case ["stock", sku]:
                    items, _ = await views_masters.stock_list(tx, sku=sku, limit=_WHOLE_PAGE, after=None)
                    return {"items": items}
                case ["orders", number, "timeline"]:
                    return _there(await views_order.timeline(tx, number))
                case ["orders", number]:
                    return _there(await views_order.order_view(tx, number))
                case ["customers", code]:
                    return _there(await views_masters.customer_view(tx, code))
                case ["invoices", number]:
                    return _there(await views_documents.invoice_view(tx, number))
                case ["invoices"]:
                    found, _ = await views_documents.invoice_list(tx, limit=_WHOLE_PAGE, after=None, filters={})
                    return {"items": found}
        raise ValueError(path)

    async def scan(self, fact: dict[str, Any]) -> dict[str, Any]:
        told, now = TrackingFact.model_validate(fact), self.clock()
        return await settled(lambda tx: shipping.record_tracking(tx, _CLERK, CARRIER, told, now))


def _there(found: dict[str, Any] | None) -> dict[str, Any]:
    assert found is not None
    return found


@dataclass(frozen=True, slots=True)
class OverHttp:
    """The API of a server process; an answer of 5xx or none at all leaves the outcome unknown."""

    client: httpx2.AsyncClient
    sign: Callable[[bytes], dict[str, str]]

    async def post(self, path: str, body: Any, key: str | None = None) -> dict[str, Any]:
        headers = {} if key is None else {"Idempotency-Key": key}
        return await self._told(lambda: self.client.post(f"/v1/{path}", json=body, headers=headers))

    async def get(self, path: str) -> dict[str, Any]:
        where = f"/v1/{path}"
        match path.split("/"):
            case ["stock", sku]:
                where = f"/v1/stock?sku={sku}&limit={_WHOLE_PAGE}"
            case ["invoices"]:
                where = f"/v1/invoices?limit={_WHOLE_PAGE}"
        return await self._told(lambda: self.client.get(where))

    async def scan(self, fact: dict[str, Any]) -> dict[str, Any]:
        body = httpx2.Request("POST", "http://x", json={"type": "tracking.updated", "data": fact}).content
        where = f"/v1/webhooks/carriers/{CARRIER}"
        return await self._told(lambda: self.client.post(where, content=body, headers=self.sign(body)))

    async def _told(self, ask: Callable[[], Awaitable[httpx2.Response]]) -> dict[str, Any]:
        try:
            answer = await ask()
        except httpx2.HTTPError as error:
            raise Lost(str(error)) from error
        if answer.status_code >= 500:
            raise Lost(answer.text)
        if answer.status_code == 409:
            raise IllegalMove(answer.text, legal_moves=answer.json()["legal_moves"])
        if answer.status_code == 422:
            raise Invalid(answer.text)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found


def whole(value: Any) -> int:
    """Pieces, which are whole here, however they are written."""
    exact = Decimal(str(value))
    assert exact == exact.to_integral_value()
    return int(exact)


moments = itertools.count(1)
"""Each operation that has an age gets one of its own."""
