"""The company whose program is upgraded: its people and partners act over HTTP, as long as an API answers.

Nothing moves by itself: days pass for an order when somebody says so, parcels when the carrier tells of them. So every
order rests for as long as the deploy takes, on a fast machine and on a slow one.
"""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from gateways.signatures import sign
from tests import builders
from tests.upgrades.scenes import CARRIER_DOWN, LISTED, SCENES, Picture, Scene, natural, possible

PATIENCE = 120.0
"""How long nothing at all may happen to those who are not there yet."""
AT_ONCE = 6
EVERYBODY = (*SCENES, *CARRIER_DOWN, LISTED)
BOUGHT = {
    "name": "A part", "prices": [{"currency": "EUR", "amount": "10.00"}], "cost": {"currency": "EUR", "amount": "1.00"},
    "supply": {"route": "buy", "supplier": "STEELWORKS", "minimum_quantity": "10", "multiple_of": "5"},
}  # fmt: skip
BUYER = {"name": "A buyer", "currency": "EUR", "shipping_address": builders.ADDRESS}
_PICTURE = """
SELECT o.number, o.customer_po, o.state AS order_state, s.number AS shipment, s.state AS shipment_state,
  s.tracking_number, s.last_sequence, h.id AS hold, h.status AS hold_state, i.number AS invoice,
  i.state AS invoice_state, round(i.outstanding, 2) AS outstanding, p.state AS payment_state, c.number AS case,
  c.state AS case_state, d.id AS dispute, d.status AS dispute_state,
  b.number AS supply_order, b.state AS supply_order_state,
  trim_scale(b.quantity - b.received) AS to_come,
  (SELECT max(level)::text FROM reminder r WHERE r.invoice = i.number) AS reminder_state
FROM sales_order o
LEFT JOIN LATERAL (SELECT * FROM shipment WHERE order_number = o.number ORDER BY number DESC LIMIT 1) s ON true
LEFT JOIN LATERAL (SELECT * FROM hold WHERE order_number = o.number ORDER BY id DESC LIMIT 1) h ON true
LEFT JOIN LATERAL (SELECT * FROM invoice WHERE order_number = o.number ORDER BY number DESC LIMIT 1) i ON true
LEFT JOIN LATERAL (SELECT * FROM dispute WHERE invoice = i.number ORDER BY id DESC LIMIT 1) d ON true
LEFT JOIN LATERAL (SELECT * FROM payment WHERE reference = o.number ORDER BY number DESC LIMIT 1) p ON true
LEFT JOIN LATERAL (SELECT * FROM support_case WHERE order_number = o.number ORDER BY number DESC LIMIT 1) c ON true
LEFT JOIN LATERAL (SELECT u.* FROM supply_peg g JOIN supply_order u ON u.number = g.supply_order
  WHERE g.order_number = o.number ORDER BY u.number DESC LIMIT 1) b ON true
ORDER BY o.number"""
_OF_STATES = ("order", "shipment", "hold", "invoice", "payment", "case", "supply_order", "reminder", "dispute")


@dataclass
class Company:
    """Everybody who is not the program."""

    engine: WorkflowEnvironment
    key: str
    secret: str
    mailbox: str
    http: httpx2.AsyncClient
    api: str = ""

    async def founded(self, orders: int) -> None:
        """Customers, one per scene, and bolts for all of them."""
        await builders.a_company()
        await builders.some_stock("BOLT", 100 * orders)
        for scene in EVERYBODY:
            await builders.a_customer(scene.code, credit_limit=scene.limit)

    async def ask(self, method: str, path: str, body: Any = None, headers: Any = None) -> Any:
        """A request to the API of the moment; what it refuses is a fault of the test."""
        headers = headers or {"Authorization": f"Bearer {self.key}"}
        content = None if body is None else json.dumps(body).encode()
        answer = await self.http.request(
            method, f"{self.api}{path}", content=content, headers={"Content-Type": "application/json", **headers}
        )
        assert answer.status_code < 400, f"{method} {path} {body}: {answer.status_code} {answer.text}"
        return answer.json()

    async def order(self, scene: Scene, group: int, nth: int) -> str:
        """A customer orders bolts, or a part to be bought; the purchase number names scene and group."""
        line = {"sku": "BOLT", "quantity": "3"}
        if scene.shortage:
            line = {"sku": f"PART-{nth}", "quantity": "8"}
            await self.ask("PUT", f"/v1/products/{line['sku']}", BOUGHT)
        customer = f"{scene.code}-{nth}" if scene.alone else scene.code
        if scene.alone:
            await self.ask("PUT", f"/v1/customers/{customer}", {**BUYER, "email": f"{customer}@buyer.example".lower()})
        whole = {"customer": customer, "customer_po": f"{scene.code}/{group}/{nth}", "currency": "EUR"}
        policy = {"shipping_policy": "ship_complete" if scene.shortage else "ship_partial"}
        return str((await self.ask("POST", "/v1/orders", {**whole, **policy, "lines": [line]}))["number"])

    async def look(self) -> list[Picture]:
        """Every order as it stands."""
        known = {scene.code: scene for scene in EVERYBODY}
        found = []
        for row in await builders.rows(_PICTURE):
            code, group, _ = row.customer_po.split("/")
            columns = row._asdict()
            states = {name: columns[f"{name}_state"] for name in _OF_STATES if columns[f"{name}_state"] is not None}
            found.append(Picture(row.number, known[code], int(group), states, columns))
        return found

    async def bring_to_rest(self, scenes: Iterable[Scene]) -> None:
        """Every order of these scenes goes its way until it rests where the scene wants it."""
        wanted, taken = set(scenes), dict[str, int]()

        def following(seen: Picture) -> str | None:
            step = taken.get(seen.number, 0)
            if step == len(seen.scene.way) or not possible(seen, seen.scene.way[step]):
                return None
            taken[seen.number] = step + 1
            return seen.scene.way[step]

        await self._drive(
            lambda seen: seen.scene in wanted,
            following,
            lambda seen: taken.get(seen.number, 0) == len(seen.scene.way) and seen.rests(),
        )

    async def bring_to_end(self, *groups: int) -> None:
        """Every order of these groups takes its natural course to its end."""
        await self._drive(lambda seen: seen.group in groups, natural, lambda seen: seen.ended)

    async def _drive(self, concerned: Any, following: Any, there: Any) -> None:
        gate, before = asyncio.Semaphore(AT_ONCE), None
        while True:
            pictures = [seen for seen in await self.look() if concerned(seen)]
            left = [seen for seen in pictures if not there(seen)]
            if not left:
                assert pictures, "nobody was concerned"
                return
            if before != [seen.states for seen in pictures]:
                before, deadline = [seen.states for seen in pictures], asyncio.get_running_loop().time() + PATIENCE
            if asyncio.get_running_loop().time() > deadline:
                pytest.fail(f"{len(left)} of {len(pictures)} are left, {await self._told(left[:5])}")
            moves = [(seen, move) for seen in left if (move := following(seen))]
            await asyncio.gather(*(self._move(seen, move, gate) for seen, move in moves))
            await asyncio.sleep(0.0 if moves else 0.3)

    async def _told(self, left: Sequence[Picture]) -> str:
        whys = [(await self.ask("GET", f"/v1/orders/{seen.number}/why")) for seen in left]
        return "\n".join(
            f"{seen.number} {seen.scene.code} {seen.states}: {why}" for seen, why in zip(left, whys, strict=True)
        )

    async def _move(self, seen: Picture, move: str, gate: asyncio.Semaphore) -> None:
        async with gate:
            await self.move(seen, move)

    async def move(self, seen: Picture, move: str) -> None:
        """Somebody does something, or time passes."""
        order, known = f"/v1/orders/{seen.number}", seen.documents
        match move.split():
            case [days, "days"]:
                solved = seen.states.get("case") == "RESOLVED"
                await self.pass_days(f"case/{known['case']}" if solved else f"order/{seen.number}", float(days))
            case ["release" | "reject"]:
                await self.ask("POST", f"{order}/holds/{known['hold']}/{move}", {"comment": "decided by a person"})
            case ["cancel"]:
                await self.ask("POST", f"{order}/cancel", {"reason": "ordered by mistake"})
            case ["receive", quantity]:
                lines = [{"sku": await self._short_of(seen.number), "quantity": quantity}]
                path = f"/v1/supply-orders/{known['supply_order']}/receipts"
                await self.ask("POST", path, {"lines": lines, "warehouse": "MAIN"})
            case ["pick"]:
                await self.ask("POST", f"/v1/shipments/{known['shipment']}/pick", {"lines": []})
            case ["pay", amount]:
                fact = {
                    "amount": amount,
                    "currency": "EUR",
                    "provider": "bank",
                    "provider_payment_id": uuid.uuid4().hex,
                }
                fact |= {"reference": seen.number, "received_at": datetime.now(UTC).isoformat()}
                await self.ask("POST", "/v1/payments", fact)
            case ["dispute", amount]:
                body = {"amount": amount, "reason": "bolts are bent"}
                await self.ask("POST", f"/v1/invoices/{known['invoice']}/disputes", body)
            case ["decide", outcome]:
                path = f"/v1/invoices/{known['invoice']}/disputes/{known['dispute']}/resolve"
                await self.ask("POST", path, {"outcome": outcome, "comment": "looked at"})
            case ["open", "case"]:
                await self.ask("POST", "/v1/cases", {"order": seen.number, "subject": "One bolt is bent"})
            case ["case", said]:
                body = {"assignee": "clerk"} if said == "assign" else {}
                await self.ask("POST", f"/v1/cases/{known['case']}/{said}", body)
            case _:
                await self._scanned(known["tracking_number"], move, known["last_sequence"] + 1)

    async def _scanned(self, tracking_number: str, status: str, sequence: int) -> None:
        """The carrier tells of a parcel, with its signature."""
        at = datetime.now(UTC)
        scan = {"tracking_number": tracking_number, "status": status, "at": at.isoformat(), "sequence": sequence}
        body = {"type": "tracking.updated", "data": scan}
        signed = sign(f"msg_{uuid.uuid4().hex}", at, json.dumps(body), self.secret)
        await self.ask("POST", f"/v1/webhooks/carriers/{builders.CARRIER}", body, signed)

    async def _short_of(self, order: str) -> str:
        found = await builders.rows("SELECT sku FROM order_line WHERE order_number = :order", order=order)
        return str(found[0].sku)

    async def pass_days(self, workflow: str, days: float) -> None:
        """Time passes for one workflow; one that ends meanwhile has no more need of it."""
        try:
            async with asyncio.timeout(60):
                await self.engine.fast_forward(self.engine.client.get_workflow_handle(workflow), timedelta(days=days))
        except RPCError as ended:
            assert "completed" in str(ended) or "not found" in str(ended), ended

    async def counted(self, sql: str, **values: Any) -> int:
        """A number from the database."""
        return int((await builders.rows(sql, **values))[0][0])


def spread(orders: int, groups: int) -> Sequence[tuple[Scene, int, int]]:
    """So many orders over the scenes, and each scene's over the groups: (scene, group, number within all)."""
    scenes = (*SCENES, *CARRIER_DOWN)
    found = []
    for nth in range(orders):
        turn, place = divmod(nth, len(scenes))
        scene = scenes[place]
        # What can only rest while the carrier is down must still be there when it goes down: in the middle.
        found.append((scene, (turn + place) % groups if scene in SCENES else groups // 2, nth))
    return found
