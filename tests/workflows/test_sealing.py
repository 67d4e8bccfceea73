"""What the engine keeps of an order when there are keys: nothing that a customer said, and nothing that gets lost."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from starter import why as reasons
from starter.doctor import stuck
from starter.doctor.bedside import Bedside, Patient
from starter.embedded.servers import Servers
from starter.failed_tasks import failed_task
from starter.failures import converter
from starter.keyring import keyring_of, new_key
from tests import builders
from tests.workflows.opening import an_engine
from tests.workflows.world import PATIENCE, World

(OLD_ID, OLD), (NEW_ID, NEW) = new_key(), new_key()
PLANTED = ("Zirkonia", "zirkonia")
"""Words that stand only in what a customer, a clerk or a provider wrote."""
SOON = ("system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=1",)


def speaking(world: World, setting: str) -> WorkflowEnvironment:
    """The world's engine through a client that has these keys."""
    through = converter(keyring_of(setting))
    return WorkflowEnvironment.from_client(Client(world.client.service_client, data_converter=through))


async def under(world: World, setting: str) -> None:
    """The worker process stops and starts again with other keys."""
    await world.stop()
    world.environment = speaking(world, setting)
    await world.start()


@pytest.fixture
async def on_disk(world: World) -> AsyncIterator[tuple[World, Path]]:
    """A world whose engine keeps everything in a file."""
    with tempfile.TemporaryDirectory(prefix="orderkeep-sealing-") as folder:
        async with Servers(Path(folder), postgres=False) as servers:
            client = await Client.connect(servers.temporal)
            await world.stop()
            world.environment = WorkflowEnvironment.from_client(client)
            yield world, Path(folder) / "temporal"
            await world.stop()


async def failing(world: World, order: str) -> None:
    """Wait until a step of the order stands in the open with its error."""
    await world.order_is(order, "CONFIRMED")
    async with asyncio.timeout(PATIENCE):
        while not any(attempt > 1 for _, attempt, _ in await world.pending(order)):
            await asyncio.sleep(0.05)


async def the_words_of_a_life(world: World) -> list[str]:
    """Planted words in all that people and providers write, and in the error of a step; the workflows' ids."""
    address = {**builders.ADDRESS, "name": "Zirkonia Works", "street": "14 Zirkonia Street"}
    await builders.a_customer("ZK", name="Zirkonia AG", email="buyer@zirkonia.example", shipping_address=address)
    await builders.run("ALTER TABLE allocation ADD CONSTRAINT zirkonia_broken CHECK (quantity < 0)")
    order = await world.submit({"BOLT": 3}, customer="ZK", note="deliver to Zirkonia")
    await failing(world, order)
    await builders.run("ALTER TABLE allocation DROP CONSTRAINT zirkonia_broken")
    invoice = await world.billed(order)
    signal = {"amount": "36.00", "currency": "EUR", "provider": "bank", "provider_payment_id": "zirkonia-1"}
    fact = {**signal, "invoice": invoice, "reference": "Zirkonia pays", "received_at": "2026-03-04T10:00:00Z"}
    await world.order(order).signal("payment_received", fact)
    await world.until("SELECT state FROM invoice WHERE number = :n", "PAID", n=invoice)
    case = await builders.a_case(order, subject="Zirkonia got a bent bolt")
    await world.move_case(case, "assign", comment="Zirkonia is angry", assignee="support desk")
    undone = await world.submit({"BOLT": 1}, customer="ZK")
    await world.shipment_of(undone)
    await world.order(undone).signal("cancellation_requested", {"number": undone, "reason": "Zirkonia closes"})
    await world.cancel(undone)
    await world.order_is(undone, "CANCELLED")
    await world.quiet(order)
    return [f"order/{order}", f"order/{undone}", f"case/{case}"]


async def all_that_is_kept(world: World, folder: Path, workflows: list[str]) -> bytes:
    """The engine's files, and what it answers about these workflows: descriptions with memo, and whole histories."""
    kept = [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
    for workflow in workflows:
        handle = world.client.get_workflow_handle(workflow)
        kept.append((await handle.describe()).raw_description.SerializeToString())
        kept.extend([event.SerializeToString() async for event in handle.fetch_history_events()])
    assert len(kept) > 20 * len(workflows)
    return b"".join(kept)


@pytest.mark.parametrize("setting", [NEW, ""], ids=["sealed", "plain"])
async def test_the_engine_keeps_nothing_that_people_wrote(on_disk: tuple[World, Path], setting: str) -> None:
    world, folder = on_disk
    await under(world, setting)
    workflows = await the_words_of_a_life(world)
    kept = await all_that_is_kept(world, folder, workflows)
    assert [workflow for workflow in workflows if workflow.encode() not in kept] == []
    words = (*PLANTED, '"Order SO-', "violates check constraint", "Encoded failure")
    found = {word for word in words if word.encode() in kept}
    assert found == ({"Encoded failure"} if setting else {*words} - {"Encoded failure"})


async def keys_used(world: World, order: str) -> set[str]:
    """The keys under which the order's history is sealed."""
    kept = "".join([str(event) async for event in world.order(order).fetch_history_events()])
    return {key for key in (OLD_ID, NEW_ID) if key in kept}


async def test_orders_begun_under_the_old_key_go_on_under_the_new_one(world: World) -> None:
    await under(world, OLD)
    order = await world.submit()
    shipment = await world.shipment_of(order)
    await world.quiet(order)
    assert await keys_used(world, order) == {OLD_ID}
    await under(world, f"{NEW} {OLD}")
    await world.pick(shipment)
    await world.deliver(shipment)
    await world.pay("36.00", invoice=await world.invoice_of(order))
    await world.order_is(order, "FULFILLED")
    await world.quiet(order)
    assert await keys_used(world, order) == {OLD_ID, NEW_ID}
    assert await (await world.order(order).describe()).static_summary() == f"Order {order}"


async def test_keys_may_be_set_while_orders_are_under_way(world: World) -> None:
    order = await world.submit()
    shipment = await world.shipment_of(order)
    await world.quiet(order)
    await under(world, NEW)
    await world.pick(shipment)
    await world.deliver(shipment)
    await world.order_is(order, "FULFILLED")
    await world.quiet(order)
    assert await keys_used(world, order) == {NEW_ID}


@pytest.fixture
async def quick_to_tell(world: World) -> AsyncIterator[World]:
    """A world whose engine marks a workflow as soon as its task fails."""
    async with an_engine(*SOON) as environment:
        await world.stop()
        world.environment = environment
        yield world
        await world.stop()


async def test_a_missing_key_is_named_and_loses_nothing(quick_to_tell: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world, without = quick_to_tell, ""
    whole = world.environment
    await under(world, OLD)
    order = await world.submit()
    shipment = await world.shipment_of(order)
    await world.quiet(order)
    await under(world, without)
    await world.pick(shipment)
    says = f"A payload is sealed under the key '{OLD_ID}', which is not listed in ORDERKEEP_PAYLOAD_KEYS."
    async with asyncio.timeout(PATIENCE):
        while not (told := await failed_task(world.client, f"order/{order}")):
            await asyncio.sleep(0.05)
    assert told.startswith(says)
    monkeypatch.setattr(reasons, "_clients", [world.client])
    monkeypatch.setenv("ORDERKEEP_PAYLOAD_KEYS", without)
    async with asyncio.timeout(PATIENCE):
        while (waits := await reasons.why(order)) is None or waits["failing"] is None:
            await asyncio.sleep(0.05)
    assert waits["failing"]["error"].startswith(says)
    assert says in waits["sentence"]
    assert says in await told_by_the_doctor(world, order)
    await under(world, f"{without} {OLD}")
    await world.deliver(shipment)
    await world.order_is(order, "FULFILLED")
    assert (await world.events(order)).count("shipment_booked") == 1
    world.environment = whole


async def told_by_the_doctor(world: World, order: str) -> str:
    """What the doctor says once the engine has marked the workflow."""
    bedside = Bedside(Patient(database=None))
    bedside.temporal = world.client
    async with asyncio.timeout(PATIENCE):
        while not (found := await stuck.look(bedside)):
            bedside.described = None
            await asyncio.sleep(0.1)
    assert order in found[0].detail
    return found[0].detail
