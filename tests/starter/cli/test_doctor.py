"""The doctor, on real servers: it names what is wrong, and starts again what the engine has lost."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from db import engine
from db.queries import policies
from domain.actor import SYSTEM
from domain.facts import Address, CustomerCard, OrderLine, OrderRequest, Price, ProductCard
from domain.policy import Policy
from intake import masters, receipt
from starter.cli.health import _patient, _picture
from starter.cli.screen import Sentence
from starter.doctor import Patient, examine
from starter.doctor.pollers import asked
from starter.embedded.ports import free_port
from starter.embedded.servers import Servers

QUEUE = "doctor-test"


@workflow.defn(name="OrderWorkflow")
class Waiting:
    """Stands in for a workflow that runs."""

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)


@activity.defn
async def nothing() -> None:
    """Something for the worker to offer."""


@pytest.fixture(scope="module")
async def temporal() -> AsyncIterator[str]:
    with tempfile.TemporaryDirectory(prefix="orderkeep-doctor-") as folder:
        async with Servers(Path(folder), postgres=False) as servers:
            yield servers.temporal


@asynccontextmanager
async def working(address: str) -> AsyncIterator[Client]:
    client = await Client.connect(address)
    runner = UnsandboxedWorkflowRunner()
    async with Worker(client, task_queue=QUEUE, workflows=[Waiting], activities=[nothing], workflow_runner=runner):
        yield client


def names(verdict):
    return [problem["problem"] for problem in verdict["problems"]]


def told(verdict):
    return verdict["problems"], verdict["repaired"]


async def an_order_whose_start_was_handed_over(database):
    """An order that must run, and an outbox that says the engine was told."""
    engine.configure(database)
    now = datetime.now(UTC)
    home = Address(name="Acme", street="High Street 1", city="Leeds", country="GB")
    async with engine.transaction() as tx:
        await policies.put_in_force(tx, Policy(), now)
        card = CustomerCard(name="Acme", email="a@acme.example", currency="EUR", shipping_address=home)
        await masters.put_customer(tx, SYSTEM, "ACME", card, now)
        await masters.put_product(tx, SYSTEM, "TEA", ProductCard(name="Tea", prices=(_price(),)), now)
    async with engine.transaction() as tx:
        line = OrderLine(sku="TEA", quantity=3)
        order = OrderRequest(customer="ACME", currency="EUR", lines=(line,))
        submitted = await receipt.submit_order(tx, SYSTEM, order, now)
        await tx.execute(text("UPDATE engine_outbox SET sent_at = now()"))
    await engine.close()
    return f"order/{submitted.number}"


def _price():
    return Price(currency="EUR", amount="2.75")


async def unsent(database):
    engine.configure(database)
    async with engine.transaction() as tx:
        rows = await tx.execute(text("SELECT workflow_id FROM engine_outbox WHERE kind = 'start' AND sent_at IS NULL"))
        found = [row.workflow_id for row in rows]
    await engine.close()
    return found


async def test_nothing_named_and_nothing_there(monkeypatch):
    monkeypatch.delenv("TEMPORAL_ADDRESS", raising=False)
    nobody = f"127.0.0.1:{free_port()}"
    verdict = await examine(Patient(None, nobody, api=f"http://{nobody}", carrier=f"http://{nobody}"), repair=True)
    assert names(verdict) == ["database", "temporal", "api", "carrier"]
    assert all(problem["detail"] and problem["what_to_do"] for problem in verdict["problems"])
    assert verdict["repaired"] == []


async def test_a_database_without_our_schema_is_told(database_server, temporal):
    verdict = await examine(Patient(database_server.rpartition("/")[0] + "/postgres", temporal, task_queue=QUEUE))
    assert "schema" in names(verdict)


async def test_a_wrong_password_is_told_and_not_shown(database):
    wrong = f"postgresql://nobody:secret@{database.rpartition('@')[2]}"
    verdict = await examine(Patient(wrong, f"127.0.0.1:{free_port()}"))
    assert names(verdict) == ["database", "temporal"]
    assert "secret" not in json.dumps(verdict)


async def test_all_is_well_while_a_worker_asks_and_the_order_runs(database, temporal):
    workflow_id = await an_order_whose_start_was_handed_over(database)
    async with working(temporal) as client:
        handle = await client.start_workflow("OrderWorkflow", id=workflow_id, task_queue=QUEUE)
        try:
            await _polled(temporal)
            assert told(await examine(Patient(database, temporal, task_queue=QUEUE))) == ([], [])
        finally:
            await handle.terminate()


async def test_an_order_that_the_engine_lost_is_named_and_started_again_once(database, temporal):
    workflow_id = await an_order_whose_start_was_handed_over(database)
    patient = Patient(database, temporal, task_queue=QUEUE)
    async with working(temporal):
        await _polled(temporal)
        verdict = await examine(patient)
        assert names(verdict) == ["missing"]
        assert workflow_id in verdict["problems"][0]["detail"]
        assert await unsent(database) == []
        assert told(await examine(patient, repair=True)) == ([], [workflow_id])
        assert await unsent(database) == [workflow_id]
        assert told(await examine(patient, repair=True)) == ([], [])
        assert await unsent(database) == [workflow_id]


async def test_no_worker_and_old_messages_are_told(database, temporal):
    await an_order_whose_start_was_handed_over(database)
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as connection:
        await connection.execute("UPDATE engine_outbox SET sent_at = NULL, created_at = now() - interval '1 hour'")
    verdict = await examine(Patient(database, temporal, task_queue="nobody-asks-here"))
    assert names(verdict) == ["worker", "outbox"]


async def test_any_answer_of_the_carrier_below_500_is_an_answer(database, temporal):
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        patient = Patient(database, temporal, carrier=f"http://127.0.0.1:{port}")
        assert "carrier" not in names(await examine(patient))
        assert "carrier" in names(await examine(replace(patient, carrier=f"http://127.0.0.1:{free_port()}")))


async def _polled(address: str) -> None:
    """Wait until the engine has been asked for both kinds of work."""
    client = await Client.connect(address)
    async with asyncio.timeout(60):
        while not all(((seen := await asked(client, QUEUE)).workflows, seen.steps)):
            await asyncio.sleep(0.05)


def test_the_servers_are_those_of_the_directory_or_of_the_environment(tmp_path, monkeypatch):
    written = {"database": "postgresql://here/a", "temporal": "127.0.0.1:7", "api": "http://a", "simulator": "http://c"}
    (tmp_path / "endpoints.json").write_text(json.dumps(written))
    monkeypatch.setenv("ORDERKEEP_DATABASE_URL", "postgresql://there/b")
    monkeypatch.setenv("TEMPORAL_ADDRESS", "there:7233")
    monkeypatch.setenv("ORDERKEEP_DATA_DIR", str(tmp_path))
    for name in ("ORDERKEEP_API", "ORDERKEEP_CARRIER_URL", "ORDERKEEP_TASK_QUEUE", "TEMPORAL_NAMESPACE"):
        monkeypatch.delenv(name, raising=False)
    assert _patient(tmp_path) == Patient(
        "postgresql://here/a", "127.0.0.1:7", None, "orderkeep", "http://a", "http://c", tmp_path
    )
    assert _patient(None) == Patient("postgresql://there/b", "there:7233")
    monkeypatch.delenv("ORDERKEEP_DATABASE_URL")
    monkeypatch.delenv("TEMPORAL_ADDRESS")
    assert _patient(None).database == "postgresql://here/a"


def test_the_list_shows_what_is_fine_what_is_wrong_and_what_was_not_looked_at():
    verdict = {
        "problems": [{"problem": "worker", "detail": "Nobody works.", "what_to_do": "Start one."}],
        "warnings": [{"problem": "schema", "detail": "It is older.", "what_to_do": "Migrate."}],
        "repaired": [],
        "examined": [
            {"name": "database", "state": "fine", "says": "It answers."},
            {"name": "schema", "state": "warning", "says": ""},
            {"name": "temporal", "state": "fine", "says": "It answers, too."},
            {"name": "worker", "state": "wrong", "says": ""},
            {"name": "build", "state": "not examined", "says": "needs: worker"},
        ],
    }
    assert [block.text for block in _picture(verdict) if isinstance(block, Sentence)] == [
        "✓ database: It answers.\n✓ temporal: It answers, too.",
        "· build: not examined (needs: worker)",
        "! schema: It is older.\n  → Migrate.",
        "✗ worker: Nobody works.\n  → Start one.",
    ]


def test_of_many_problems_of_one_kind_twenty_are_shown_and_the_others_counted():
    lost = [{"problem": "missing", "detail": f"SO-{nth} is lost.", "what_to_do": "Repair."} for nth in range(23)]
    books = {"problem": "books", "detail": "They do not balance.", "what_to_do": "Report it."}
    verdict = {"problems": [*lost, books], "warnings": [], "repaired": [], "examined": []}
    shown = [block.text for block in _picture(verdict) if isinstance(block, Sentence)]
    assert shown == [
        *(f"✗ missing: SO-{nth} is lost.\n  → Repair." for nth in range(20)),
        "✗ missing: 3 more of the same kind: --json lists all of them.",
        "✗ books: They do not balance.\n  → Report it.",
    ]
