"""The engine's outbox goes to Temporal: at least once, in order per workflow, never more than it can digest."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes, WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode

from db.engine import autocommit
from db.queries import outbox
from db.queries.outbox import Message, MustRun
from starter import meters, tracing
from starter.relay.bell import Doorbell
from starter.relay.mending import begin_again, retry_steps
from starter.relay.patience import DATABASE_SECONDS, first_line

log = structlog.get_logger()

BATCH = 50
LEASE_SECONDS = 30.0
CONCURRENT = 20
YOUNG_ORDERS = 40
"""Orders that may be started and wait for their first step; an import of thousands waits in the database instead."""
YOUNG_SECONDS = 600.0
"""An order that has not begun by then is stuck, and no reason to keep others waiting."""
RPC_TIMEOUT = timedelta(seconds=10)
CHANNEL = "engine_outbox"
OrderNumber = SearchAttributeKey.for_keyword("OrderNumber")
"""The document's number, whatever its kind, so that staff find a workflow by it."""


class EngineRelay:
    """Takes messages out of the outbox and hands them over, for as long as it runs."""

    def __init__(self, client: Client, task_queue: str, bell: Doorbell) -> None:
        self._client = client
        self._queue = task_queue
        self._bell = bell
        self._slots = asyncio.Semaphore(CONCURRENT)
        self._young: dict[str, float] = {}
        self._attributes = True

    async def run(self) -> None:
        """Hand over until cancelled; a database or engine that does not answer is asked again."""
        while True:
            try:
                handed, throttled = await self._round()
            except (SQLAlchemyError, OSError) as error:
                log.warning("relay_database_lost", error=first_line(error))
                await asyncio.sleep(1)
                continue
            if handed < BATCH:
                await self._bell.wait(CHANNEL, 0.1 if throttled else 1.0)

    async def _round(self) -> tuple[int, bool]:
        async with autocommit(DATABASE_SECONDS) as tx:
            throttled = await self._full(tx)
            messages = await outbox.claim(tx, BATCH, LEASE_SECONDS, starts=not throttled)
        if not messages:
            return 0, throttled
        messages.sort(key=lambda message: (message.workflow_id, message.id))
        lanes = [list(lane) for _, lane in groupby(messages, key=lambda message: message.workflow_id)]
        try:
            done = [outcome for lane in await asyncio.gather(*map(self._lane, lanes)) for outcome in lane]
        except asyncio.CancelledError:
            # Whoever comes after this process need not wait until its lease ends; a message may then come twice.
            async with autocommit(DATABASE_SECONDS) as tx:
                await outbox.give_back(tx, [message.id for message in messages], 0, "the relay was stopped")
            raise
        if done:
            async with autocommit(DATABASE_SECONDS) as tx:
                await outbox.mark_sent(tx, done)
        return len(messages), throttled

    async def _full(self, tx: AsyncConnection) -> bool:
        """Whether the engine has enough orders that wait for their first step; the database is asked only then."""
        if len(self._young) < YOUNG_ORDERS:
            return False
        lately = time.monotonic() - YOUNG_SECONDS
        waiting = await outbox.not_begun(tx, [order for order, since in self._young.items() if since > lately])
        self._young = {order: since for order, since in self._young.items() if order in waiting}
        return len(self._young) >= YOUNG_ORDERS

    async def _lane(self, lane: Sequence[Message]) -> list[tuple[int, str]]:
        """One workflow's messages, in order; the first that fails keeps those behind it waiting."""
        done: list[tuple[int, str]] = []
        async with self._slots:
            for position, message in enumerate(lane):
                try:
                    with tracing.continuing(message.trace):
                        done.append((message.id, await self._hand_over(message)))
                    meters.handed(done[-1][1])
                except (RPCError, RuntimeError, OSError) as error:
                    meters.handed("failed")
                    delay = min(30.0, 0.5 * 2 ** min(message.attempts, 6))
                    log.warning("engine_did_not_take", workflow=message.workflow_id, error=str(error), retry_in=delay)
                    waiting = [left.id for left in lane[position:]]
                    async with autocommit(DATABASE_SECONDS) as tx:
                        await outbox.give_back(tx, waiting, delay, str(error))
                    break
        return done

    async def _hand_over(self, message: Message) -> str:
        if message.kind == "start":
            await self._start(MustRun("", message.workflow_type, message.workflow_id, message.payload))
            return "started"
        try:
            return await self._told(message)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
        async with autocommit(DATABASE_SECONDS) as tx:
            lost = await outbox.must_run_one(tx, message.workflow_id)
        if lost is None:
            return "ended"
        await self._start(lost, message)
        return "restarted"

    async def _told(self, message: Message) -> str:
        """Hand over a signal; RPCError NOT_FOUND when the engine does not know the workflow."""
        if message.signal is None:  # during a deploy: the next release writes it, and its relay will take it
            raise RuntimeError(f"this release knows no message of the kind {message.kind!r}")
        if message.signal == outbox.RESET:
            begun = await begin_again(self._client, message.workflow_id, f"outbox-{message.id}")
            return "reset" if begun else "not begun"
        if message.signal == outbox.RETRY:
            woken = await retry_steps(self._client, message.workflow_id)
            log.info("steps_retried", workflow=message.workflow_id, steps=woken)
        handle = self._client.get_workflow_handle(message.workflow_id)
        await handle.signal(message.signal, message.payload, rpc_timeout=RPC_TIMEOUT)
        return "signalled"

    async def _start(self, row: MustRun, message: Message | None = None) -> None:
        """Start the workflow unless it runs; a lost one is started together with the signal that met nobody.

        A namespace without our search attributes still runs orders: they only cannot be searched for by them.
        """
        try:
            await self._start_with(row, message, self._attributes)
        except RPCError as error:
            if not (self._attributes and error.status is RPCStatusCode.INVALID_ARGUMENT):
                raise
            remedy = f"register {OrderNumber.name}=Keyword"
            log.warning("search_attributes_missing", error=str(error), what_to_do=remedy)
            self._attributes = False
            await self._start_with(row, message, False)

    async def _start_with(self, row: MustRun, message: Message | None, attributes: bool) -> None:
        number = str(row.payload["number"])
        await self._client.start_workflow(
            row.workflow_type,
            row.payload,
            id=row.workflow_id,
            task_queue=self._queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=f"{row.workflow_type.removesuffix('Workflow')} {number}",
            search_attributes=TypedSearchAttributes([SearchAttributePair(OrderNumber, number)] if attributes else []),
            start_signal=None if message is None else message.signal,
            start_signal_args=[] if message is None else [message.payload],
            rpc_timeout=RPC_TIMEOUT,
        )
        if row.workflow_type == "OrderWorkflow":
            self._young[number] = time.monotonic()
