"""The engine is replaced under a company's feet: two hundred open orders in all states, and not one is lost."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from db import engine
from db.queries.policies import put_in_force
from domain.order_life import ENDED, OrderState
from domain.policy import Policy
from starter.embedded.stack import Stack
from tests.e2e.company import Company, founded

pytestmark = pytest.mark.xdist_group("servers")
EACH = 20
PATIENT = Policy(day_seconds=0.5, order_expiry_days=10_000, hold_deadline_days=10_000, after_sales_window_days=20)
NOT_RESTING = {OrderState.DRAFT, OrderState.SUBMITTED, OrderState.CONFIRMED, OrderState.AMENDING, *ENDED}
"""States through which an order only passes, that no channel reaches yet, or in which nothing runs for it."""


async def orderkeep(data: Path, *words: str) -> tuple[int, Any]:
    """The command as a person runs it: its code and its JSON."""
    script = (sys.executable, "-c", "from starter.cli.main import run; run()")
    process = await asyncio.create_subprocess_exec(
        *script, *words, "--json", "--data", str(data), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, json.loads(said)


async def in_every_state(company: Company) -> dict[str, list[str]]:
    """Two hundred orders that rest at ten places of their life, each number under its place."""

    async def some(customer: str, sku: str) -> list[str]:
        return list(await asyncio.gather(*(company.submit(customer, sku) for _ in range(EACH))))

    bolts = ("paid", "billed", "transit", "complained", "paused", "unpicked", "packed", "cancelling")
    orders = {place: await some("ACME", "BOLT") for place in bolts}
    orders |= {
        "bought": await some("ACME", "NUT"),
        "made": await some("ACME", "KIT"),
        "held": await some("POOR", "BOLT"),
    }
    at = {number: place for place, numbers in orders.items() for number in numbers}

    async def shipments(*places: str, state: str) -> list[dict[str, Any]]:
        listed = await company.all("shipments", state=state)
        return [row for row in listed if at[row["order"]] in places]

    async def reached(*places: str, state: str) -> list[dict[str, Any]]:
        wanted = len(places) * EACH

        async def seen() -> bool:
            return len(await shipments(*places, state=state)) >= wanted

        await company.until(seen, f"{wanted} shipments of {places} are {state}")
        return await shipments(*places, state=state)

    away = ("paid", "billed", "complained", "transit")
    await reached(*bolts, state="CREATED")
    await asyncio.gather(*(company.post(f"orders/{number}/pause", {"comment": "wait"}) for number in orders["paused"]))
    for row in await shipments(*away, state="CREATED"):
        await company.post(f"shipments/{row['number']}/pick", {})
    for row in await reached(*away, state="BOOKED"):
        await company.scan(row, "in_transit" if at[row["order"]] == "transit" else "delivered")
    await company.carrier_faults(mode="down")
    for row in await shipments("packed", "cancelling", state="CREATED"):
        await company.post(f"shipments/{row['number']}/pick", {})
    for number in orders["cancelling"]:
        await company.post(f"orders/{number}/cancel", {"reason": "ordered by mistake"})
    for number in orders["complained"]:
        await company.post("cases", {"order": number, "subject": "One bolt is bent"})

    async def billed() -> bool:
        return len(await company.all("invoices")) == 3 * EACH

    await company.until(billed, "what was delivered is billed")
    for invoice in await company.all("invoices"):
        if at[invoice["order"]] == "paid":
            await company.pay(invoice)
    return orders


async def end_all(company: Company) -> None:
    """Everything that the orders wait for happens, as often as it is needed, until all have ended."""

    async def for_each(path: str, act: Callable[[dict[str, Any]], Awaitable[Any]], **query: Any) -> None:
        await asyncio.gather(*(act(row) for row in await company.all(path, **query)))

    async def release(hold: dict[str, Any]) -> None:
        await company.post(f"orders/{hold['order']}/holds/{hold['id']}/release", {"comment": "agreed"})

    async def receive(supply: dict[str, Any]) -> None:
        body = {"lines": [{"sku": supply["sku"], "quantity": supply["remaining"]}], "warehouse": "MAIN"}
        await company.post(f"supply-orders/{supply['number']}/receipts", body, or_else=409)  # components may lack

    async def pick(shipment: dict[str, Any]) -> None:
        await company.post(f"shipments/{shipment['number']}/pick", {}, or_else=409)

    async def resolve(case: dict[str, Any]) -> None:
        await company.post(f"cases/{case['number']}/resolve", {"comment": "replaced"})

    async def ended() -> bool:
        await for_each("holds", release, status="open")
        for state in ("ORDERED", "PARTIALLY_RECEIVED"):
            await for_each("supply-orders", receive, state=state)
        await for_each("shipments", pick, state="CREATED")
        for state in ("BOOKED", "IN_TRANSIT"):
            await for_each("shipments", company.scan, state=state)
        for state in ("POSTED", "PARTIALLY_PAID"):
            await for_each("invoices", company.pay, state=state)
        await for_each("cases", resolve, state="NEW")
        return all(order["state"] in ENDED for order in await company.all("orders"))

    await company.until(ended, "every order has ended", patience=300)


async def test_two_hundred_open_orders_survive_the_loss_of_the_engine(directory: Path) -> None:
    async with Stack(directory, day_seconds=PATIENT.day_seconds, step_seconds=100_000) as stack:
        engine.configure(stack.endpoints.database, pool_size=1)
        async with engine.transaction() as tx:
            await put_in_force(tx, PATIENT, datetime.now(UTC))
        company = Company(stack)
        await founded(company)
        orders = await in_every_state(company)
        numbers = {number for many in orders.values() for number in many}
        states = Counter(order["state"] for order in await company.all("orders"))
        assert len(numbers) == 11 * EACH
        assert set(states) >= set(OrderState) - NOT_RESTING

        for file in (directory / "temporal").glob("temporal.db*"):
            file.unlink()
        os.kill(stack.pid("temporal"), signal.SIGKILL)
        await company.until(lambda: lost(directory, numbers), "the engine is there again and knows no order")

        code, verdict = await orderkeep(directory, "doctor", "--repair")
        started = {workflow.partition("/")[2] for workflow in verdict["repaired"]}
        assert len(started & numbers) >= 9 * EACH
        assert any(number.startswith("PO-") for number in started)
        assert any(number.startswith("CASE-") for number in started)
        await company.carrier_faults()
        await end_all(company)

        ends = Counter(order["state"] for order in await company.all("orders"))
        assert ends == {"COMPLETED": 10 * EACH, "CANCELLED": EACH}
        code, checks = await orderkeep(directory, "check")
        assert (code, [each for each in checks["checks"] if each["breaches"]]) == (0, [])
        assert (await orderkeep(directory, "doctor"))[1]["problems"] == []
        await assert_done_once(company, directory)
        await company.close()
        await engine.close()


async def lost(directory: Path, numbers: set[str]) -> bool:
    """Whether the doctor misses the workflows of nearly all orders (what fails restarts some by itself)."""
    _, verdict = await orderkeep(directory, "doctor")
    missing = [problem for problem in verdict["problems"] if problem["problem"] == "missing"]
    return len(missing) >= 9 * EACH


async def assert_done_once(company: Company, directory: Path) -> None:
    """One booking and one invoice for each shipment that left, one letter for each event."""
    shipments = {row["number"] for row in await company.all("shipments", state="DELIVERED")}
    booked = (await company.simulator.get("/bookings")).json()
    assert sorted(item["key"] for item in booked["items"] if not item.get("voided")) == sorted(shipments)
    invoices = await company.all("invoices")
    assert Counter(invoice["shipment"] for invoice in invoices) == dict.fromkeys(shipments, 1)
    assert sum(1 for _ in (directory / "mailbox").glob("*.eml")) == await notices()


async def notices() -> int:
    """Letters that the database knows to be sent."""
    async with engine.transaction() as tx:
        return int((await tx.exec_driver_sql("SELECT count(*) FROM notice WHERE sent_at IS NOT NULL")).scalar_one())
