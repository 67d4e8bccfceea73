"""The world that a workflow test lives in: an engine with virtual time, PostgreSQL, relay, worker and a carrier."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
from sqlalchemy import text
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus, WorkflowHandle
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from db import engine
from domain.actor import Actor
from domain.facts import Cancellation, CaseMove, HoldRejection, HoldRelease, PickReport
from intake import after_sales, cancellation, review, shipping
from starter.ending import ended
from starter.plugin import ACTIVITIES, WORKFLOWS
from starter.relay.bell import Doorbell
from starter.relay.engine import EngineRelay
from tests import builders

PATIENCE = 60.0


@dataclass
class World:
    """What a test does with the world, besides what tests/builders.py does with the database.

    Each workflow has a clock of its own, which `pass_days` moves; what happens to an order happens at its clock.
    """

    environment: WorkflowEnvironment
    dsn: str
    queue: str
    carrier_url: str
    ahead: dict[str, timedelta] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._worker: Worker | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def client(self) -> Client:
        """The engine's client."""
        return self.environment.client

    async def start(self) -> None:
        """The worker process comes up: worker and relay."""
        self._worker = Worker(self.client, task_queue=self.queue, workflows=WORKFLOWS, activities=ACTIVITIES)
        bell = Doorbell(self.dsn, "engine_outbox", "notice")
        parts = (self._worker.run(), bell.run(), EngineRelay(self.client, self.queue, bell).run())
        self._tasks = [asyncio.create_task(part) for part in parts]

    async def stop(self) -> None:
        """The worker process goes down."""
        if self._worker is not None:
            await self._worker.shutdown()
            await ended(*self._tasks[1:])
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._worker = None

    def order(self, number: str) -> WorkflowHandle[Any, Any]:
        """The workflow of an order."""
        return self.client.get_workflow_handle(f"order/{number}")

    def supply(self, number: str) -> WorkflowHandle[Any, Any]:
        """The workflow of a supply order."""
        return self.client.get_workflow_handle(f"supply/{number}")

    def case(self, number: str) -> WorkflowHandle[Any, Any]:
        """The workflow of a case."""
        return self.client.get_workflow_handle(f"case/{number}")

    async def end_of(self, number: str) -> Any:
        """How the workflow of an order, a supply order or a case ended."""
        async with asyncio.timeout(PATIENCE):
            return await self._workflow(number).result()

    def _workflow(self, number: str) -> WorkflowHandle[Any, Any]:
        kind = {"SO": self.order, "CA": self.case}.get(number[:2], self.supply)
        return kind(number)

    def now(self, number: str) -> datetime:
        """What the clock of a document's workflow shows."""
        return datetime.now(UTC) + self.ahead.get(number, timedelta(0))

    async def pass_days(self, number: str, days: float) -> None:
        """Let days pass for the workflow of an order, a supply order or a case."""
        await self.quiet()
        async with asyncio.timeout(PATIENCE):
            await self.environment.fast_forward(self._workflow(number), timedelta(days=days))
        self.ahead[number] = self.ahead.get(number, timedelta(0)) + timedelta(days=days)

    async def submit(self, lines: dict[str, object] | None = None, **request: Any) -> str:
        """A submitted order, now."""
        return await builders.an_order(lines or {"BOLT": 3}, now=datetime.now(UTC), **request)

    async def held(self, order: str, *reasons: str) -> None:
        """Wait until exactly these holds are open."""
        sql = "SELECT coalesce(string_agg(reason, ' ' ORDER BY reason), '') FROM hold"
        await self.until(f"{sql} WHERE order_number = :n AND status = 'OPEN'", " ".join(sorted(reasons)), n=order)

    async def release(self, order: str, reason: str, by: Actor = builders.MANAGER) -> None:
        """A person releases the open hold of that reason."""
        hold, told = await self._hold(order, reason), HoldRelease(comment="known for years")
        await engine.settled(lambda tx: review.release_hold(tx, by, order, hold, told, self.now(order)))

    async def reject(self, order: str, reason: str, by: Actor = builders.MANAGER) -> None:
        """A person rejects the order for that hold."""
        hold, told = await self._hold(order, reason), HoldRejection(comment="too much discount")
        await engine.settled(lambda tx: review.reject_hold(tx, by, order, hold, told, self.now(order)))

    async def _hold(self, order: str, reason: str) -> int:
        sql = "SELECT id FROM hold WHERE order_number = :n AND reason = :reason AND status = 'OPEN'"
        return int(str(await self.value(sql, n=order, reason=reason)))

    async def cancel(self, order: str) -> dict[str, Any]:
        """Somebody asks for the order to be cancelled; its undo plan."""
        asked = Cancellation(reason="ordered by mistake")
        return await engine.settled(
            lambda tx: cancellation.cancel_order(tx, builders.SALES, order, asked, self.now(order))
        )

    async def move_case(self, case: str, move: str, **told: str) -> None:
        """The support desk works on a case."""
        moved = CaseMove.model_validate(told)
        await engine.settled(lambda tx: after_sales.move_case(tx, builders.SUPPORT, case, move, moved, self.now(case)))

    async def supply_of(self, sku: str, nth: int = 0) -> str:
        """The nth supply order of a product, once it is ordered."""
        sql = "SELECT number FROM supply_order WHERE sku = :sku AND state <> 'PROPOSED'"
        return str(await self.found(f"{sql} ORDER BY number OFFSET :nth LIMIT 1", sku=sku, nth=nth))

    async def shipment_of(self, order: str, nth: int = 0) -> str:
        """The order's nth shipment, once it is there."""
        sql = "SELECT number FROM shipment WHERE order_number = :n ORDER BY number OFFSET :nth LIMIT 1"
        return str(await self.found(sql, n=order, nth=nth))

    async def invoice_of(self, order: str, nth: int = 0) -> str:
        """The order's nth invoice, once it is posted."""
        sql = "SELECT number FROM invoice WHERE order_number = :n ORDER BY number OFFSET :nth LIMIT 1"
        return str(await self.found(sql, n=order, nth=nth))

    async def shipment_is(self, number: str, state: str) -> None:
        """Wait until the shipment is in the state."""
        await self.until("SELECT state FROM shipment WHERE number = :n", state, n=number)

    async def order_is(self, number: str, state: str) -> None:
        """Wait until the order is in the state."""
        await self.until("SELECT state FROM sales_order WHERE number = :n", state, n=number)

    async def pick(self, shipment: str, *lines: dict[str, object]) -> None:
        """The warehouse confirms."""
        report = PickReport.model_validate({"lines": lines})
        at = self.now(await self._order_of(shipment))
        await engine.settled(lambda tx: shipping.confirm_pick(tx, builders.WAREHOUSE, shipment, report, at))

    async def scan(self, shipment: str, status: str, sequence: int) -> None:
        """The carrier scans the parcel."""
        await builders.scanned(shipment, status, sequence, self.now(await self._order_of(shipment)))

    async def deliver(self, shipment: str) -> None:
        """The carrier has taken the parcel and delivered it."""
        await self.shipment_is(shipment, "BOOKED")
        await self.scan(shipment, "in_transit", 1)
        await self.scan(shipment, "delivered", 2)

    async def ship(self, order: str, nth: int = 0) -> str:
        """The order's nth shipment is picked, booked and delivered."""
        shipment = await self.shipment_of(order, nth)
        await self.pick(shipment)
        await self.deliver(shipment)
        return shipment

    async def billed(self, order: str) -> str:
        """The order is shipped in one piece and its invoice posted; the invoice."""
        await self.ship(order)
        return await self.invoice_of(order)

    async def pay(self, amount: str, of: str = "", **fact: Any) -> str:
        """Money arrives, at the clock of an order when one is named."""
        return await builders.a_payment(amount, now=self.now(of), **fact)

    async def _order_of(self, shipment: str) -> str:
        return str(await self.value("SELECT order_number FROM shipment WHERE number = :n", n=shipment))

    async def faults(self, **switches: object) -> None:
        """Tell the carrier what shall go wrong; nothing: all is well again."""
        async with httpx2.AsyncClient(trust_env=False) as client:
            if switches:
                await client.post(f"{self.carrier_url}/faults", json=switches)
            else:
                await client.delete(f"{self.carrier_url}/faults")

    async def bookings(self, *shipments: str) -> list[str]:
        """What the carrier has under the shipments' keys: booked, voided or never."""
        async with httpx2.AsyncClient(trust_env=False) as client:
            answers = [await client.get(f"{self.carrier_url}/bookings/{shipment}") for shipment in shipments]
        return [{200: "booked", 410: "voided", 404: "never"}[answer.status_code] for answer in answers]

    async def pending(self, order: str) -> list[tuple[str, int, str]]:
        """Activities that the engine retries: (type, attempt, last error)."""
        described = await self.order(order).describe()
        return [
            (activity.activity_type.name, activity.attempt, activity.last_failure.message)
            for activity in described.raw_description.pending_activities
        ]

    async def runs(self, order: str) -> list[WorkflowExecution]:
        """Every run of the order's workflow, the oldest first."""
        asked = f"WorkflowId = 'order/{order}'"
        async with asyncio.timeout(PATIENCE):
            while True:
                found = [run async for run in self.client.list_workflows(asked)]
                if found and all(run.status is not WorkflowExecutionStatus.RUNNING for run in found):
                    return sorted(found, key=lambda run: run.start_time)
                await asyncio.sleep(0.05)

    async def quiet(self, *numbers: str) -> None:
        """Wait until everything is handed over and the workflows of these orders have dealt with it."""
        await self.until("SELECT count(*) FROM engine_outbox WHERE sent_at IS NULL", 0)
        async with asyncio.timeout(PATIENCE):
            for number in numbers:
                while True:
                    raw = (await self.order(number).describe()).raw_description
                    if not raw.HasField("pending_workflow_task") and not raw.pending_activities:
                        break
                    await asyncio.sleep(0.02)

    async def value(self, sql: str, **values: object) -> object:
        """One value from the database."""
        async with engine.transaction() as tx:
            return (await tx.execute(text(sql), values)).scalar_one_or_none()

    async def found(self, sql: str, **values: object) -> object:
        """One value from the database, once there is one."""
        async with asyncio.timeout(PATIENCE):
            while (seen := await self.value(sql, **values)) is None:
                await asyncio.sleep(0.02)
        return seen

    async def until(self, sql: str, wanted: object, **values: object) -> None:
        """Wait (in real time) until the database says `wanted`."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while (seen := await self.value(sql, **values)) != wanted:
            assert asyncio.get_running_loop().time() < deadline, f"{sql} {values}: {seen!r}, not {wanted!r}"
            await asyncio.sleep(0.02)

    async def events(self, number: str) -> list[str]:
        """The events of the order's timeline."""
        sql = "SELECT event FROM timeline WHERE order_number = :n ORDER BY id"
        return [row.event for row in await self._of(number, sql)]

    async def heard(self, number: str, event: str) -> list[dict[str, Any]]:
        """The figures of each such event of the order's timeline."""
        rows = await self._of(number, "SELECT event, figures FROM timeline WHERE order_number = :n ORDER BY id")
        return [row.figures for row in rows if row.event == event]

    async def letters(self, number: str) -> list[str]:
        """The notices about the order, in the order in which they were written."""
        sql = "SELECT event FROM notice WHERE order_number = :n ORDER BY created_at, key"
        return [row.event for row in await self._of(number, sql)]

    async def _of(self, number: str, sql: str) -> Sequence[Any]:
        return await builders.rows(sql, n=number)
