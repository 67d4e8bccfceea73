"""Everybody who works with the house during a run: the shop, and the desks that read their work from the API."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from domain.facts import PaymentFact
from gateways.payments.webhooks import seal
from starter.demo.cards import MAIN, NORTH
from tests.faults.client import Client, Document
from tests.faults.wishes import CUSTOMERS, OPENING, PRODUCTS, SUPPLIERS, Wish, index_of, parts

PAUSE = 0.7
AT_ONCE = 8
LATE_DAYS = 9.0
"""Days after the due date on which late payers pay: after the first reminder, before the second."""


async def put_in_order(client: Client) -> None:
    """Master data and opening stock, before anything goes wrong."""
    for code, card in SUPPLIERS.items():
        await client.put(f"/v1/suppliers/{code}", card)
    for code, card in CUSTOMERS.items():
        await client.put(f"/v1/customers/{code}", card)
    for sku, card in PRODUCTS.items():
        await client.put(f"/v1/products/{sku}", card)
    for sku, warehouse, pieces in OPENING:
        await move_stock(client, sku, warehouse, pieces, "opening", f"opening-{sku}-{warehouse}")


async def move_stock(client: Client, sku: str, warehouse: str, pieces: str, reason: str, reference: str) -> None:
    """Goods that came without an order."""
    body = {"sku": sku, "warehouse": warehouse, "quantity": pieces, "reason": reason, "reference": reference}
    await client.post("movement", "/v1/stock/movements", body, f"movement/{reference}")


class Robots:
    """Each desk looks a few times in a second for what waits for it, and does each piece of work under one key."""

    def __init__(self, client: Client, all_wishes: Sequence[Wish], day_seconds: float, secret: str) -> None:
        self.client = client
        self.wishes = all_wishes
        self.numbers: dict[int, str] = {}
        self._day = timedelta(seconds=day_seconds)
        self._secret = secret
        self._places = asyncio.Semaphore(AT_ONCE)
        self._begun: set[str] = set()

    async def shop(self) -> None:
        """Submit every order at its time, however the one before fares; ends when all are answered."""
        began = asyncio.get_running_loop().time()
        async with asyncio.TaskGroup() as errands:
            for wish in self.wishes:
                await asyncio.sleep(max(0.0, began + wish.at - asyncio.get_running_loop().time()))
                errands.create_task(self._submit(wish, f"order/{wish.po}"))
                if wish.sent_twice:
                    errands.create_task(self._submit(wish, f"order/{wish.po}/again"))
                if wish.lamps:
                    errands.create_task(self._bring_lamps(wish))

    async def desks(self) -> None:
        """Work until cancelled."""
        looks = (self._pick, self._receive, self._decide, self._pay)
        async with asyncio.TaskGroup() as group:
            for look in looks:
                group.create_task(self._again_and_again(look))

    async def _again_and_again(self, look: Callable[[], Awaitable[None]]) -> None:
        while True:
            await look()
            await asyncio.sleep(PAUSE)

    async def _submit(self, wish: Wish, key: str) -> None:
        order = await self.client.post("order", "/v1/orders", wish.body, key)
        if order is None or wish.index in self.numbers:
            return
        self.numbers[wish.index] = order["number"]
        if wish.cancelled_after is not None:
            await asyncio.sleep(wish.cancelled_after)
            path = f"/v1/orders/{order['number']}/cancel"
            await self.client.post("cancellation", path, {"reason": "changed their mind"}, f"cancel/{order['number']}")
        if wish.case:
            await self._complain(order["number"])

    async def _bring_lamps(self, wish: Wish) -> None:
        for warehouse in (MAIN, NORTH):
            await move_stock(self.client, "LAMP", warehouse, str(wish.lamps // 2), "receipt", f"{wish.po}-{warehouse}")

    async def _complain(self, number: str) -> None:
        body = {"order": number, "kind": "complaint", "subject": "a question about the order"}
        case = await self.client.post("case", "/v1/cases", body, f"case/{number}")
        for move in ("assign", "start", "resolve", "close"):
            if case is not None:
                said = {"comment": f"{move} it", **({"assignee": "support desk"} if move == "assign" else {})}
                name = case["number"]
                await self.client.post("case move", f"/v1/cases/{name}/{move}", said, f"case/{name}/{move}")

    async def _once(self, kind: str, path: str, body: Document, key: str) -> None:
        """One piece of work; what was refused is tried again when it is still there at the next look."""
        if key in self._begun:
            return
        self._begun.add(key)
        async with self._places:
            if await self.client.post(kind, path, body, key) is None:
                self._begun.discard(key)

    def _wish(self, document: Document) -> Wish:
        return self.wishes[index_of(document["customer_po"])]

    async def _pick(self) -> None:
        rows = await self.client.every("/v1/shipments", state="CREATED")
        await asyncio.gather(*map(self._pick_one, rows))

    async def _pick_one(self, row: Document) -> None:
        key = f"pick/{row['number']}"
        if key in self._begun:
            return
        lines: list[Document] = []
        if self._wish(row).short:
            asked = (await self.client.get(f"/v1/shipments/{row['number']}"))["lines"][0]
            if int(asked["quantity"]) > 1:  # and not again for the piece that was missing
                lines = [{"line": asked["line"], "quantity": str(int(asked["quantity"]) - 1)}]
        await self._once("pick", f"/v1/shipments/{row['number']}/pick", {"lines": lines, "packages": 1}, key)

    async def _receive(self) -> None:
        for state in ("ORDERED", "PARTIALLY_RECEIVED"):
            rows = await self.client.every("/v1/supply-orders", state=state)
            await asyncio.gather(*map(self._receive_one, rows))

    async def _receive_one(self, row: Document) -> None:
        key = f"receipt/{row['number']}/{row['received']}"
        remaining = int(row["remaining"])
        pieces = math.ceil(remaining / 2) if row["state"] == "ORDERED" else remaining
        lines = [{"sku": row["sku"], "quantity": str(pieces)}]
        body = {"lines": lines, "warehouse": MAIN, "reference": key}
        await self._once("receipt", f"/v1/supply-orders/{row['number']}/receipts", body, key)

    async def _decide(self) -> None:
        rows = await self.client.every("/v1/holds", status="open")
        await asyncio.gather(*map(self._decide_one, rows))

    async def _decide_one(self, row: Document) -> None:
        key, number = f"hold/{row['id']}", row["order"]
        if key in self._begun:
            return
        order = await self.client.get(f"/v1/orders/{number}")
        wish = self._wish(order)
        path = f"/v1/orders/{number}/holds/{row['id']}"
        if wish.rejected:
            await self._once("rejection", f"{path}/reject", {"comment": "not this time"}, key)
        elif row["reason"] == "PREPAYMENT":
            await self._settle(wish, f"before/{number}", Decimal(order["total"]), order["currency"], reference=number)
        else:
            await self._once("release", f"{path}/release", {"comment": "a good customer"}, key)

    async def _pay(self) -> None:
        for state in ("POSTED", "PARTIALLY_PAID"):
            rows = await self.client.every("/v1/invoices", state=state)
            await asyncio.gather(*map(self._pay_one, rows))

    async def _pay_one(self, row: Document) -> None:
        wish = self._wish(row)
        pieces = parts(wish, Decimal(row["total"]))
        if not pieces or (Decimal(row["paid"]) and row["customer"] == "PREPAID"):
            return
        if wish.pays == "late" and not await self._is_late(row):
            return
        for number, amount in enumerate(pieces):
            await self._settle(wish, f"{row['number']}/{number}", amount, row["currency"], invoice=row["number"])

    async def _is_late(self, row: Document) -> bool:
        key = f"late/{row['number']}"
        if key in self._begun:
            return True
        invoice = await self.client.get(f"/v1/invoices/{row['number']}")
        due = max(datetime.fromisoformat(each["due_at"]) for each in invoice["instalments"])
        if datetime.now(UTC) < due + LATE_DAYS * self._day:
            return False
        self._begun.add(key)
        return True

    async def _settle(self, wish: Wish, name: str, amount: Decimal, currency: str, **about: str) -> None:
        key = f"payment/{name}"
        if key in self._begun:
            return
        fact = PaymentFact(
            amount=amount, currency=currency, provider="bank", provider_payment_id=name,
            received_at=datetime.now(UTC), **about,
        )  # fmt: skip
        body = fact.model_dump(mode="json", exclude_none=True)
        if not wish.by_webhook:
            await self._once("payment", "/v1/payments", body, key)
            return
        self._begun.add(key)
        async with self._places:
            path = "/v1/webhooks/payments/bank"
            await self.client.report("payment", path, key, body, lambda: seal(fact, datetime.now(UTC), self._secret))
