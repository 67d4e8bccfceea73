"""How long the console's pages take beside 100,000 stored orders: `python benchmarks/console.py --orders 100000`.

A manager who is signed in opens the queues, the lists with their filters and searches, the pages of documents,
customers and products that the lists show, and searches; each kind of page several times over HTTP, one at a time.
What takes longer than 150 ms in five of a hundred requests is named.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

if __name__ == "__main__":  # as a script, only its own folder would be looked through
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import httpx2

from benchmarks.intake import quantile
from benchmarks.shelves import Api, api_beside, command, tell
from db import engine
from domain.actor import SYSTEM, Role
from domain.queues import Queue
from intake import users
from starter.console.door import COOKIE
from starter.console.lists import LISTS
from starter.exit import finish

ORDERS, REPEATS = 100_000, 40
TOO_SLOW_MS = 150.0
WHO = "benchmark"


@dataclass
class Kind:
    """A kind of page, and addresses of it."""

    name: str
    addresses: list[str]
    waited: list[float] = field(default_factory=list)

    def row(self) -> dict[str, Any]:
        """As the report has it."""
        took = {f"p{part}_ms": round(quantile(self.waited, part / 100) * 1000, 1) for part in (50, 95, 99)}
        return {"page": self.name, **took}


@asynccontextmanager
async def browser(api: Api) -> AsyncIterator[httpx2.AsyncClient]:
    """A manager's browser, signed in."""
    now = datetime.now(UTC)
    engine.configure(api.database, pool_size=1)
    try:
        async with engine.transaction() as tx:
            await users.create_user(tx, SYSTEM, WHO, WHO, Role.MANAGER, None, now)
            token = await users.open_session(tx, WHO, now)
    finally:
        await engine.close()
    options: dict[str, Any] = {"base_url": api.client.base_url, "cookies": {COOKIE: token}, "timeout": 600.0}
    async with httpx2.AsyncClient(**options, trust_env=False, follow_redirects=True) as client:
        yield client


async def opened(client: httpx2.AsyncClient, address: str) -> str:
    """A page; anything but a page is a fault of the benchmark (RuntimeError)."""
    answer = await client.get(address)
    if answer.status_code != 200 or "/sign-in" in str(answer.url):
        raise RuntimeError(f"GET {address} was answered {answer.status_code} at {answer.url}: {answer.text[:300]}")
    return answer.text


async def kinds(client: httpx2.AsyncClient) -> list[Kind]:
    """Every kind of page: what the program lists, and what these lists show."""
    found = [Kind("/queue", ["/queue"]), *(Kind(f"/queue/{queue}", [f"/queue/{queue}"]) for queue in Queue)]
    words = ["SO-000042", "PO", "Ltd", "nothing at all"]
    for shown in LISTS:
        page = await opened(client, shown.path)
        found.append(Kind(shown.path, [shown.path]))
        found += [
            Kind(f"{shown.path}?{choice.name}=", [f"{shown.path}?{choice.name}={value}" for value in choice.values])
            for choice in shown.choices
        ]
        inside = sorted(set(re.findall(rf'href="({re.escape(shown.path)}/[^"?]+)"', page)) - {f"{shown.path}/new"})
        if inside:
            found.append(Kind(f"{shown.path}/…", inside[:30]))
            words.append(inside[0].rpartition("/")[2])
        if shown.search:
            found.append(Kind(f"{shown.path}?q=", [f"{shown.path}?q={quote(word)}" for word in words]))
    found.append(Kind("/search?q=", [f"/search?q={quote(word)}" for word in words]))
    return found


async def measure(client: httpx2.AsyncClient, found: list[Kind], repeats: int) -> None:
    """Open each kind some times, in shuffled order, one page at a time."""
    asked = [(kind, number) for kind in found for number in range(repeats)]
    random.Random(1).shuffle(asked)
    for kind, number in asked:
        began = time.perf_counter()
        await opened(client, kind.addresses[number % len(kind.addresses)])
        kind.waited.append(time.perf_counter() - began)


async def run(orders: int, repeats: int, database: str | None) -> dict[str, Any]:
    """Everything, from the filled database to the result."""
    async with api_beside(orders, database) as api, browser(api) as client:
        found = await kinds(client)
        tell(f"{len(found)} kinds of page, {repeats} times each")
        await measure(client, found, 2)
        for kind in found:
            kind.waited.clear()
        await measure(client, found, repeats)
        rows = sorted((kind.row() for kind in found), key=lambda row: -float(row["p95_ms"]))
        slow = [row for row in rows if row["p95_ms"] >= TOO_SLOW_MS]
        return {"orders": await api.orders(), "kinds": len(rows), "too_slow": slow, "rows": rows}


def table(result: dict[str, Any]) -> str:
    """The result for people: the slowest first."""
    lines = [f"{result['orders']:,} stored orders, {result['kinds']} kinds of page, the slowest first"]
    lines += [f"  {r['page']:<28} p50 {r['p50_ms']:>7} ms   p95 {r['p95_ms']:>7} ms" for r in result["rows"][:20]]
    return "\n".join([*lines, f"slower than {TOO_SLOW_MS:.0f} ms: {len(result['too_slow']) or 'none'}"])


if __name__ == "__main__":
    finish(command("The console's pages beside stored orders.", ORDERS, REPEATS, "pages", run, table))
