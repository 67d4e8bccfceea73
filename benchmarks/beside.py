"""One round of whole lives in a house whose database is full or empty, and what each of them cost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.costs import let_postgres_count, spent
from benchmarks.generate import generate
from benchmarks.house import House, opened
from benchmarks.intake import quantile
from benchmarks.shelves import tell
from starter.embedded.servers import Servers

SERVERS = ("postgres", "temporal", "api", "worker")


@dataclass
class Costs:
    """What the lives of some rounds cost."""

    orders: int = 0
    per_second: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: dict[str, float] = field(default_factory=dict)
    statements: int = 0
    transactions: int = 0

    def document(self) -> dict[str, Any]:
        """Per order."""
        cpu = {name: round(used * 1000 / self.orders, 1) for name, used in self.cpu_seconds.items()}
        return {
            "lives_per_s": round(median(self.per_second), 2),
            "lives_per_s_by_round": [round(each, 2) for each in self.per_second],
            "p50_s": round(quantile(self.seconds, 0.5), 2),
            "cpu_ms": round(sum(cpu.values()), 1),
            **{f"cpu_ms_{name}": value for name, value in cpu.items()},
            "statements": round(self.statements / self.orders, 1),
            "transactions": round(self.transactions / self.orders, 1),
        }


@asynccontextmanager
async def house_beside(folder: Path, orders: int) -> AsyncIterator[House]:
    """The house in a folder, whose database gets that many stored orders first; one that has some keeps them."""
    await let_postgres_count(folder)
    if orders:
        async with Servers(folder, temporal=False) as servers:
            await generate(servers.database, orders, tell)
    async with opened(folder) as house:
        await house.customers.live()
        yield house


async def live_round(house: House, costs: Costs, count: int, at_once: int) -> None:
    """Live some orders and add what they cost."""
    before, counted = house.processors.used(), await house.statements.counted()
    lives = await house.real_round(count, at_once)
    used = spent(before, house.processors.used(), count)
    statements, transactions = await house.statements.counted()
    costs.orders += count
    costs.per_second.append(lives.per_second)
    costs.seconds += lives.seconds
    costs.statements += statements - counted[0]
    costs.transactions += transactions - counted[1]
    for name in SERVERS:
        costs.cpu_seconds[name] = costs.cpu_seconds.get(name, 0.0) + used[name] * count / 1000
