"""Wrong implementations on purpose, under the same clients: the checker catches each of them.

They are wrong in the ways in which such code mostly is: something is read without the lock under which it is decided,
or taken from what no rollback gives back. PostgreSQL's own constraints see nothing amiss in any of them.
"""

from __future__ import annotations

from asyncio import gather
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

import intake.collection
from db.queries import collection, invoicing, review, stock
from tests import builders
from tests.concurrency.chaos import killing_commits
from tests.concurrency.crowd_account import AccountClient
from tests.concurrency.crowd_stock import StockClient
from tests.concurrency.history import Thing
from tests.concurrency.model_numbers import THING as NUMBERS
from tests.concurrency.runs import Run

Wrong = Callable[[pytest.MonkeyPatch], None]


async def _slowly(tx: AsyncConnection) -> None:
    """The race has its time."""
    await tx.execute(text("SELECT pg_sleep(0.04)"))


async def _bills(tx: AsyncConnection) -> int:
    return int((await tx.execute(text("SELECT count(*) FROM invoice"))).scalar_one())


def stock_without_a_lock(patch: pytest.MonkeyPatch) -> None:
    """Read how much is there, think, and write the sum: the classic lost update."""

    async def level(tx: AsyncConnection, sku: str, warehouse: str) -> tuple[Decimal, Decimal]:
        unlocked = "SELECT on_hand, reserved FROM stock_level WHERE sku = :sku AND warehouse = :warehouse"
        row = (await tx.execute(text(unlocked), {"sku": sku, "warehouse": warehouse})).one()
        seen[tx] = row.on_hand
        await _slowly(tx)
        return row.on_hand, row.reserved

    async def move(tx: AsyncConnection, movements: list[stock.Movement], *rest: Any) -> None:
        if tx not in seen:
            return await honest(tx, movements, *rest)
        [line] = movements
        write = """
        WITH moved AS (INSERT INTO stock_movement (sku, warehouse, quantity, reason, actor, at)
          VALUES (:sku, :warehouse, :quantity, 'careless', 'nobody', now()))
        UPDATE stock_level SET on_hand = greatest(:sum, reserved) WHERE sku = :sku AND warehouse = :warehouse"""
        values = {"sku": line.sku, "warehouse": line.warehouse, "quantity": line.quantity}
        await tx.execute(text(write), {**values, "sum": seen.pop(tx) + line.quantity})
        return None

    async def free_stock(tx: AsyncConnection, skus: list[str]) -> dict[tuple[str, str], Decimal]:
        unlocked = "SELECT sku, warehouse, on_hand - reserved AS free FROM stock_level WHERE sku = ANY(:skus)"
        return {(row.sku, row.warehouse): row.free for row in await tx.execute(text(unlocked), {"skus": skus})}

    seen: dict[AsyncConnection, Decimal] = {}
    honest: Callable[..., Awaitable[None]] = stock.move
    patch.setattr(stock, "free_stock", free_stock)
    patch.setattr(stock, "level", level)
    patch.setattr(stock, "move", move)


def credit_without_a_lock(patch: pytest.MonkeyPatch) -> None:
    """Two orders see the same free credit, and both take it."""
    honest = review.keep_review

    async def unlocked(tx: AsyncConnection, customers: list[str]) -> None:
        assert customers

    patch.setattr(review, "lock_accounts", unlocked)

    async def keep(tx: AsyncConnection, *args: Any, **more: Any) -> None:
        await _slowly(tx)
        await honest(tx, *args, **more)

    patch.setattr(review, "keep_review", keep)


def numbers_from_a_sequence(patch: pytest.MonkeyPatch) -> None:
    """A sequence does not give back what a transaction took that was not committed."""
    careless = invoicing._POST.text.replace(
        "UPDATE counter SET value = value + 1 WHERE name = 'invoice' RETURNING value",
        "SELECT nextval('careless_number') AS value",
    )
    assert careless != invoicing._POST.text
    patch.setattr(invoicing, "_POST", text(careless))


def cash_without_the_account(patch: pytest.MonkeyPatch) -> None:
    """Money looks at the open items before the invoice that is being posted is there."""

    async def nothing(tx: AsyncConnection, customers: list[str]) -> None:
        return

    async def own(tx: AsyncConnection, *args: Any) -> None:
        bills = await _bills(tx)
        for _ in range(20):
            await _slowly(tx)
            if await _bills(tx) > bills:
                break
        await honest(tx, *args)

    honest = collection.own
    patch.setattr(intake.collection, "lock_accounts", nothing)
    patch.setattr(collection, "own", own)


async def everybody_moves(clients: Sequence[StockClient]) -> None:
    """Goods come and are counted, all at once."""
    await gather(*(client.move() for client in clients for _ in range(2)))
    await clients[0].read()


async def everybody_orders(clients: Sequence[AccountClient]) -> None:
    """Orders come, all at once, and are cancelled again."""
    await gather(*(client.order() for client in clients))
    await clients[0].read()
    for client in clients:
        for number in list(client.orders):
            await client.cancel(number)
            del client.orders[number]


async def everybody_bills_and_pays(clients: Sequence[AccountClient]) -> None:
    """What was delivered is billed while money comes that names nothing."""
    for client in clients:
        await client.order()
        [number] = [number for number, order in client.orders.items() if order["state"] != "billed"]
        while client.orders[number]["state"] == "held":
            await client.release(number)
    delivered = [(client, number, await client.shipped(number)) for client in clients for number in client.orders]
    await gather(
        *(client.bill(number, shipment) for client, number, shipment in delivered), *(c.pay() for c in clients)
    )
    for client, number, _ in delivered:
        await client.read_invoice(number)
        del client.orders[number]


GEM, TIGHT = ("stock", "GEM"), ("account", "TIGHT")
CAUGHT: dict[Wrong, tuple[Thing, Callable[..., Awaitable[None]], float]] = {
    stock_without_a_lock: (GEM, everybody_moves, 0.0),
    credit_without_a_lock: (TIGHT, everybody_orders, 0.0),
    cash_without_the_account: (TIGHT, everybody_bills_and_pays, 0.0),
    numbers_from_a_sequence: (NUMBERS, everybody_bills_and_pays, 0.2),
}
"""What is wrong, where it shows, what everybody does, and how many of the commits fail."""


@pytest.mark.parametrize("wrong", [None, *CAUGHT], ids=lambda wrong: wrong.__name__ if wrong else "nothing")
async def test_what_is_wrong_is_caught_and_what_is_right_is_not(
    wrong: Wrong | None, short_of_everything: str, monkeypatch: pytest.MonkeyPatch
):
    await builders.run("CREATE SEQUENCE careless_number")
    things = [CAUGHT[wrong]] if wrong else list(CAUGHT.values())
    if wrong:
        wrong(monkeypatch)
    run = Run.direct("wrong")
    crowds = {
        "stock": [StockClient(run.world, f"gem{n}", sku="GEM", customer="FREE") for n in range(4)],
        "account": [AccountClient(run.world, f"tight{n}", customer="TIGHT", sku="TEA") for n in range(3)],
    }
    for (kind, name), act, failing in things:
        with killing_commits(short_of_everything, "wrong", failing):
            for _ in range(6 if wrong else 1):
                await act(crowds[kind if kind in crowds else "account"])
                said = run.verdicts()[kind, name]
                if not said.explained:
                    break
        assert said.explained == (wrong is None), said


def test_every_guarded_thing_has_a_wrong_implementation():
    assert {thing[0] for thing, *_ in CAUGHT.values()} == {thing[0] for thing in Run.direct("").models()}
