"""One run: a small company, a crowd of clients from a seed, and the verdict on what they saw."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import Any

from activities.stock import allocate_order
from tests import builders
from tests.builders import NOW
from tests.concurrency import model_numbers
from tests.concurrency.crowd import Client, Reader, World
from tests.concurrency.crowd_account import AccountClient
from tests.concurrency.crowd_stock import StockClient
from tests.concurrency.doors import Direct, Door
from tests.concurrency.explain import Verdict, explain
from tests.concurrency.history import Outcome, Recorder, Thing
from tests.concurrency.model_account import AccountModel
from tests.concurrency.model_stock import StockModel
from tests.concurrency.trail import Reading, Written, breaches

LIMIT = Decimal(72)
STOCK: dict[str, dict[str, int]] = {"GEM": {"MAIN": 6}, "RING": {"EAST": 3, "MAIN": 4}}
CUSTOMERS = ("TIGHT", "SHORT")


async def company() -> None:
    """Two products that are short, two customers with a limit, and a product of which there is enough."""
    await builders.a_company()
    for sku, levels in STOCK.items():
        await builders.a_product(sku, "1.00", "0.50")
        for warehouse, pieces in levels.items():
            await builders.some_stock(sku, pieces, warehouse)
    await builders.a_product("TEA", "10.00", "4.00")
    await builders.some_stock("TEA", 100_000)
    await builders.a_customer("FREE")
    for customer in CUSTOMERS:
        await builders.a_customer(customer, credit_limit=str(LIMIT))


@dataclass(slots=True)
class Run:
    """Who takes part, and what came of it."""

    world: World
    clients: list[Client] = field(default_factory=list)

    @classmethod
    def direct(cls, seed: str, **ways: Any) -> Run:
        """A run in this process."""
        run = cls(World(Direct(lambda: run.world.now()[1]), Recorder(), seed, NOW, **ways))
        return run

    @classmethod
    def through(cls, door: Door, seed: str, base: datetime, **ways: Any) -> Run:
        """A run through another door."""
        return cls(World(door, Recorder(), seed, base, **ways))

    def crowd(self, stock: int = 3, accounts: int = 3, readers: int = 1) -> Run:
        """So many clients of each product and of each customer, and readers of the invoices."""
        self.clients += [
            StockClient(self.world, f"{sku.lower()}{n}", sku=sku, customer="FREE", warehouses=tuple(STOCK[sku]))
            for sku in STOCK
            for n in range(stock)
        ]
        self.clients += [
            AccountClient(self.world, f"{customer.lower()}{n}", customer=customer, sku="TEA")
            for customer in CUSTOMERS
            for n in range(accounts)
        ]
        self.clients += [Reader(self.world, f"reader{n}") for n in range(readers)]
        return self

    async def act(self, rounds: int) -> None:
        """Everybody acts at once, then everybody brings to an end what they began, and the stock is looked at."""
        await asyncio.gather(*(client.run(rounds) for client in self.clients))

    async def rest(self) -> None:
        """Nobody is left waiting for pieces that are there: orders look again, as their workflows do."""
        holders = [client for client in self.clients if isinstance(client, StockClient)]
        await asyncio.gather(*(client.finish() for client in holders))
        for client in holders:
            for order in client.orders:
                await client.surely(partial(allocate_order, client.order_step(order.number)))

    def models(self) -> dict[Thing, tuple[Any, Any]]:
        """Every guarded thing with its start and what may follow."""
        found: dict[Thing, tuple[Any, Any]] = {model_numbers.THING: (model_numbers.Numbers(), model_numbers.after)}
        for sku, levels in STOCK.items():
            stock = StockModel(sku, levels)
            found["stock", sku] = (stock.start, stock.after)
        for customer in CUSTOMERS:
            account = AccountModel(LIMIT)
            found["account", customer] = (account.start, account.after)
        return found

    def verdicts(self) -> dict[Thing, Verdict]:
        """What the checker says of each guarded thing."""
        return {thing: explain(self.world.recorder.of(thing), *model) for thing, model in self.models().items()}

    async def trails(self) -> list[str]:
        """Readings of timelines that the timelines as they are now, and whole transactions, do not explain."""
        found: list[str] = []
        reader = Reader(self.world, "auditor")
        for _, order in self.world.recorder.things("timeline"):
            final = await reader.timeline(order)
            ops = self.world.recorder.of(("timeline", order))
            readings = [Reading(op.invoked, op.completed, op.saw) for op in ops if op.completed is not None]
            moments = groupby(sorted(final), key=lambda row: row.split()[:2])
            written = [Written(tuple(rows), 0, None) for _, rows in moments]
            found += [f"{order}: {breach}" for breach in breaches(final, readings, written)]
        return found

    def counted(self) -> dict[str, int]:
        """How many operations of each kind were answered, refused or lost."""
        found: dict[str, int] = {}
        for op in self.world.recorder.operations:
            name = op.kind if op.outcome is Outcome.OK else f"{op.kind} {op.outcome.value}"
            found[name] = found.get(name, 0) + 1
        return dict(sorted(found.items()))


def assert_explained(verdicts: dict[Thing, Verdict], seed: str) -> None:
    """Every guarded thing's history has an order that explains it."""
    wrong: Sequence[str] = [
        f"{kind} {name}: {verdict}" for (kind, name), verdict in verdicts.items() if not verdict.explained
    ]
    assert not wrong, f"seed {seed}\n" + "\n\n".join(wrong)
