"""One scenario per examination: it makes the ward ill in one way, and well again when its block ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from temporalio.client import WorkflowHandle

from db import engine
from starter.doctor import build, clock, disk, pollers
from starter.embedded import children
from starter.embedded.ports import free_port
from starter.missing import find_missing, restart
from tests.starter.doctor.ward import Ward, until

Scenario = Callable[[Ward], AbstractAsyncContextManager[None]]
SCENARIOS: dict[str, Scenario] = {}


def scenario(name: str) -> Callable[[Callable[[Ward], AsyncIterator[None]]], Scenario]:
    """Register what brings the examination's problem about."""

    def register(script: Callable[[Ward], AsyncIterator[None]]) -> Scenario:
        SCENARIOS[name] = asynccontextmanager(script)
        return SCENARIOS[name]

    return register


def freezing(name: str, process: str) -> None:
    """The process is there and does not answer."""
    SCENARIOS[name] = lambda ward: ward.frozen(process)


freezing("database", "postgres")
freezing("temporal", "temporal")
freezing("api", "api")
freezing("carrier", "simulator")


@asynccontextmanager
async def patched(target: object, attribute: str, value: object) -> AsyncIterator[None]:
    """What the doctor takes from its machine is different meanwhile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(target, attribute, value)
        yield


async def _revision(ward: Ward, change: str) -> AsyncIterator[None]:
    (before,) = await ward.sql("SELECT version_num FROM alembic_version")
    await ward.sql(change)
    yield
    await ward.sql("DELETE FROM alembic_version", f"INSERT INTO alembic_version VALUES ('{before[0]}')")


@scenario("schema")
async def nobody_has_migrated(ward: Ward) -> AsyncIterator[None]:
    """The database says that it is at no revision at all."""
    async for _ in _revision(ward, "DELETE FROM alembic_version"):
        yield


@scenario("release")
async def a_newer_release_has_migrated(ward: Ward) -> AsyncIterator[None]:
    """The database is at a revision that nobody here has heard of."""
    async for _ in _revision(ward, "UPDATE alembic_version SET version_num = '9999'"):
        yield


@scenario("clock")
async def this_machine_is_a_minute_ahead(ward: Ward) -> AsyncIterator[None]:
    """Our clock is wrong."""
    async with patched(clock, "now", lambda: datetime.now(UTC) + timedelta(minutes=1)):
        yield


@scenario("disk")
async def the_disk_is_nearly_full(ward: Ward) -> AsyncIterator[None]:
    """No disk has so much room."""
    async with patched(disk, "LEAST_BYTES", 10**18):
        yield


@scenario("worker")
async def the_worker_was_killed(ward: Ward) -> AsyncIterator[None]:
    """It is gone; whoever asks from now on is another one. Temporal forgets a worker after a minute and a half."""
    supervisor = ward.stack.servers.supervisor
    watched = supervisor._watched["worker"]
    await supervisor.stop("worker")
    await asyncio.sleep(0.5)
    async with patched(pollers, "POLLED_WITHIN", timedelta(seconds=0.4)):
        yield
    child = children.Child(watched.program, children._answers(ward.stack.endpoints.metrics))
    await ward.stack.servers.start_all([(child.program, child.answers)])


@scenario("build")
async def the_worker_is_of_another_release(ward: Ward) -> AsyncIterator[None]:
    """The doctor belongs to a release that no worker has."""
    async with patched(build, "RELEASE", "9.9.9"):
        yield


@scenario("stuck")
async def a_workflow_cannot_read_its_order(ward: Ward) -> AsyncIterator[None]:
    """Somebody started it with something that is no order."""
    handle = await ward.temporal.start_workflow(
        "CaseWorkflow", {"nonsense": True}, id="somebody's", task_queue=ward.patient.task_queue
    )
    yield
    await handle.terminate()


@scenario("outbox")
async def nobody_hands_messages_over(ward: Ward) -> AsyncIterator[None]:
    """The worker hangs, and a message is an hour old."""
    async with ward.frozen("worker"):
        await ward.sql(
            "INSERT INTO engine_outbox (kind, workflow_type, workflow_id, signal, created_at) VALUES "
            f"('signal', 'OrderWorkflow', 'order/{ward.order}', 'hold_decided', now() - interval '1 hour')"
        )
        yield


@scenario("notices")
async def the_post_refuses_a_letter(ward: Ward) -> AsyncIterator[None]:
    """The address does not exist."""
    await ward.sql(
        "INSERT INTO notice (key, event, recipient, language, created_at, next_attempt_at, error) VALUES "
        "('k', 'order_confirmed', 'nobody@nowhere.example', 'en', now(), 'infinity', '550 no such mailbox')"
    )
    yield
    await ward.sql("DELETE FROM notice WHERE key = 'k'")


def _running(ward: Ward, order: str) -> WorkflowHandle[object, object]:
    return ward.temporal.get_workflow_handle(f"order/{order}")


@scenario("missing")
async def somebody_terminates_a_workflow(ward: Ward) -> AsyncIterator[None]:
    """The order's workflow is gone, the order is not."""
    await _running(ward, ward.order).terminate()
    yield
    await _start_again(ward)


async def _start_again(ward: Ward) -> None:
    engine.configure(ward.stack.endpoints.database)
    await restart(await find_missing(ward.temporal))
    await engine.close()

    async def runs() -> bool:
        description = await _running(ward, ward.order).describe()
        return description.status is not None and description.status.name == "RUNNING"

    await until(runs)


@scenario("ended")
async def somebody_completes_an_order_by_hand(ward: Ward) -> AsyncIterator[None]:
    """The database says that it is over, and nobody told the workflow."""
    await ward.sql(f"UPDATE sales_order SET state = 'COMPLETED' WHERE number = '{ward.order}'")
    yield
    await ward.sql(f"UPDATE sales_order SET state = 'IN_FULFILMENT' WHERE number = '{ward.order}'")


@scenario("step")
async def the_review_cannot_write(ward: Ward) -> AsyncIterator[None]:
    """Whatever the step does to the order is refused, so it fails again and again."""
    await ward.sql(
        "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the disk is broken'; END $$",
        "CREATE TRIGGER broken BEFORE UPDATE ON sales_order FOR EACH ROW "
        "WHEN (NEW.customer_po LIKE 'PO-STEP%') EXECUTE FUNCTION broken()",
    )
    order = await ward.submit("PO-STEP")
    yield
    await ward.sql("DROP TRIGGER broken ON sales_order", "DROP FUNCTION broken")
    await ward.reaches(order, "IN_FULFILMENT")


@scenario("idle")
async def somebody_puts_an_order_back(ward: Ward) -> AsyncIterator[None]:
    """The workflow waits for a pick; the database says that nothing was allocated yet, for an hour."""
    ago = f"UPDATE timeline SET at = at - interval '1 hour' WHERE order_number = '{ward.order}'"
    await ward.sql(ago, f"UPDATE sales_order SET state = 'CONFIRMED' WHERE number = '{ward.order}'")
    yield
    await ward.sql(f"UPDATE sales_order SET state = 'IN_FULFILMENT' WHERE number = '{ward.order}'")


@scenario("reminders")
async def nobody_collects(ward: Ward) -> AsyncIterator[None]:
    """An instalment is a hundred days late, and no reminder went out."""
    await ward.sql(
        "INSERT INTO invoice (number, shipment, order_number, customer, currency, net, tax, total, state, posted_at, "
        f"due_date) VALUES ('INV-X', 'SH-X', '{ward.order}', 'HARBOUR', 'GBP', 0, 0, 0, 'POSTED', now(), now())",
        "INSERT INTO instalment (invoice, instalment, amount, due_at, due_date) "
        "VALUES ('INV-X', 1, 50, now() - interval '100 days', now())",
    )
    yield
    await ward.sql("DELETE FROM instalment WHERE invoice = 'INV-X'", "DELETE FROM invoice WHERE number = 'INV-X'")


@scenario("books")
async def somebody_posts_one_side_only(ward: Ward) -> AsyncIterator[None]:
    """A voucher without its other half."""
    await ward.sql(
        "INSERT INTO journal_entry (id, effect_key, kind, document, currency, at) "
        "VALUES (-1, 'by hand', 'payment', 'PAY-X', 'GBP', now())",
        "INSERT INTO journal_line (entry, position, account, debit) VALUES (-1, 1, 'bank', 7)",
    )
    yield
    await ward.sql("DELETE FROM journal_line WHERE entry = -1", "DELETE FROM journal_entry WHERE id = -1")


@scenario("webhooks")
async def an_api_without_the_carriers_secret(ward: Ward) -> AsyncIterator[None]:
    """A second API, started by hand without the secret, is the one that is named."""
    port, before = free_port(), ward.patient
    env = {"ORDERKEEP_DATABASE_URL": before.database, "ORDERKEEP_WEBHOOK_SECRET_CARRIERS": None}
    child = children.api(port, env, ward.stack.servers.dir.logs)
    await ward.stack.servers.start_all([(replace(child.program, name="bare api"), child.answers)])
    ward.patient = replace(before, api=f"http://127.0.0.1:{port}")
    yield
    ward.patient = before
    await ward.stack.servers.supervisor.stop("bare api")


@asynccontextmanager
async def refusing(ward: Ward) -> AsyncIterator[str]:
    """The carrier answers, and takes no booking of the order that is yielded."""
    order = await ward.submit("PO-REFUSED")

    async def shipped() -> list[dict[str, Any]]:
        shipments: list[dict[str, Any]] = (await ward.live.get(f"/v1/orders/{order}")).json()["shipments"]
        return shipments

    (shipment,) = await until(shipped)
    async with httpx2.AsyncClient(base_url=str(ward.patient.carrier), trust_env=False) as carrier:
        await carrier.post("/faults", json={"mode": "down"})
        picked = {"lines": [{"line": line["line"], "quantity": line["quantity"]} for line in shipment["lines"]]}
        answer = await ward.live.post(f"/v1/shipments/{shipment['number']}/pick", picked)
        assert answer.status_code == 200, answer.text
        yield order
        await carrier.delete("/faults")
