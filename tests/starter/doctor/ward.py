"""All servers in one ward, with one order that waits for its pick; a scenario makes them ill, and well again."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import psycopg
from temporalio.client import Client

from domain.actor import Role
from starter.api.examples import EXAMPLES
from starter.doctor import Patient, examine
from starter.embedded.stack import Stack
from starter.failures import CONVERTER
from tests.starter.api.live import Live, put_masters

LONG = 60.0


async def until(question: Callable[[], Awaitable[Any]], seconds: float = LONG) -> Any:
    """Ask until the answer is true."""
    async with asyncio.timeout(seconds):
        while not (answer := await question()):
            await asyncio.sleep(0.1)
        return answer


def named(verdict: dict[str, Any]) -> set[str]:
    """The names of the problems."""
    return {problem["problem"] for problem in verdict["problems"]}


@dataclass
class Ward:
    """The servers, how to speak to them, and the order that waits."""

    stack: Stack
    live: Live
    temporal: Client
    patient: Patient
    order: str = ""
    numbers: Iterator[int] = field(default_factory=itertools.count)

    async def sql(self, *statements: str) -> list[Any]:
        """Run statements as the database's owner, with all guards off; the rows of the last one."""
        rows: list[Any] = []
        async with await psycopg.AsyncConnection.connect(self.stack.endpoints.database) as connection:
            await connection.execute("SET session_replication_role = replica")
            for statement in statements:
                cursor = await connection.execute(statement)
                rows = await cursor.fetchall() if cursor.description else []
        return rows

    async def examined(self) -> set[str]:
        """What a visit finds, by name; each with its facts and what to do."""
        verdict = await examine(self.patient)
        assert all(problem["detail"] and problem["what_to_do"] for problem in verdict["problems"])
        return named(verdict)

    async def submit(self, po: str) -> str:
        """A new order; its number."""
        body = {**EXAMPLES["submit_order"], "customer_po": f"{po}-{next(self.numbers)}"}
        answer = await self.live.post("/v1/orders", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["number"])

    async def reaches(self, order: str, state: str) -> None:
        """Wait until the order is in the state and its workflow asks for nothing more."""

        async def there() -> bool:
            rows = await self.sql(f"SELECT 1 FROM sales_order WHERE number = '{order}' AND state = '{state}'")
            return bool(rows)

        await until(there)

    @asynccontextmanager
    async def frozen(self, name: str) -> AsyncIterator[None]:
        """The process does nothing meanwhile; it is there, and it does not answer."""
        os.kill(self.stack.pid(name), signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.stack.pid(name), signal.SIGCONT)


@asynccontextmanager
async def ward(directory: Path) -> AsyncIterator[Ward]:
    """Everything runs, and an order waits for its pick."""
    async with Stack(directory, step_seconds=600) as stack:
        ends = stack.endpoints
        patient = Patient(ends.database, ends.temporal, api=ends.api, carrier=ends.simulator, data_dir=directory)
        async with httpx2.AsyncClient(base_url=ends.api, timeout=30.0, trust_env=False) as http:
            live = Live(http, {Role.ADMIN: ends.key})
            await put_masters(live)
            temporal = await Client.connect(ends.temporal, data_converter=CONVERTER)
            made = Ward(stack, live, temporal, patient)
            made.order = await made.submit("PO-OPEN")
            await made.reaches(made.order, "IN_FULFILMENT")
            yield made
