"""How long the console's pages take beside 100,000 stored orders: `python benchmarks/console.py --orders 100000`.

Somebody who may open everything opens the queues, the lists with their filters, searches and deep pages, the pages of
documents, customers and products that these show, the form of an order, the reports and the search; each kind of page
several times over HTTP, one at a time. What takes longer than 150 ms in five of a hundred requests is named, and a
report that takes longer than a second; what looks slow is opened as often again, twice at most, and its best round
counts.
"""

from __future__ import annotations

import random
import secrets
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # as a script, only its own folder would be looked through
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import httpx2

from benchmarks.console_pages import LEFT_OUT, Kind, kinds, not_measured, opened
from benchmarks.intake import quantile
from benchmarks.shelves import Api, api_beside, command, tell
from db import engine
from domain.actor import SYSTEM, Role
from intake import users
from starter.console.door import COOKIE
from starter.exit import finish

ORDERS, REPEATS, AGAIN = 100_000, 40, 2


@asynccontextmanager
async def browser(api: Api) -> AsyncIterator[httpx2.AsyncClient]:
    """The browser of an administrator, who may open every page; signed in."""
    now, who = datetime.now(UTC), f"benchmark-{secrets.token_hex(4)}"
    engine.configure(api.database, pool_size=1)
    try:
        async with engine.transaction() as tx:
            await users.create_user(tx, SYSTEM, who, who, Role.ADMIN, None, now)
            token = await users.open_session(tx, who, now)
    finally:
        await engine.close()
    options: dict[str, Any] = {"base_url": api.client.base_url, "cookies": {COOKIE: token}, "timeout": 600.0}
    async with httpx2.AsyncClient(**options, trust_env=False, follow_redirects=True) as client:
        yield client


async def measure(client: httpx2.AsyncClient, found: list[Kind], repeats: int) -> None:
    """Open each kind some times, in shuffled order, one page at a time."""
    asked = [(kind, number) for kind in found for number in range(repeats)]
    random.Random(1).shuffle(asked)
    for kind, number in asked:
        began = time.perf_counter()
        await opened(client, kind.addresses[number % len(kind.addresses)], kind.form)
        kind.waited.append(time.perf_counter() - began)


async def _once_more(client: httpx2.AsyncClient, slow: list[Kind], repeats: int) -> None:
    """What looked slow may have met somebody else's work on this machine: the better of two rounds counts."""
    before = {kind.name: kind.waited for kind in slow}
    for kind in slow:
        kind.waited = []
    await measure(client, slow, repeats)
    for kind in slow:
        kind.waited = min(before[kind.name], kind.waited, key=lambda waited: quantile(waited, 0.95))


async def run(orders: int, repeats: int, database: str | None) -> dict[str, Any]:
    """Everything, from the filled database to the result."""
    async with api_beside(orders, database) as api, browser(api) as client:
        found = await kinds(client)
        tell(f"{len(found)} kinds of page, {repeats} times each")
        await measure(client, found, 2)
        for kind in found:
            kind.waited.clear()
        await measure(client, found, repeats)
        for _ in range(AGAIN):
            await _once_more(client, [kind for kind in found if kind.slow], repeats)
        rows = sorted((kind.row() for kind in found), key=lambda row: -float(row["p95_ms"]))
        slow = [row for row in rows if row["p95_ms"] >= row["most_ms"]]
        missing = sorted(not_measured(found) - LEFT_OUT.keys())
        return {"orders": await api.orders(), "kinds": len(rows), "missing": missing, "too_slow": slow, "rows": rows}


def table(result: dict[str, Any]) -> str:
    """The result for people: the slowest first."""
    lines = [f"{result['orders']:,} stored orders, {result['kinds']} kinds of page, the slowest first"]
    lines += [f"  {r['page']:<28} p50 {r['p50_ms']:>7} ms   p95 {r['p95_ms']:>7} ms" for r in result["rows"][:20]]
    lines += [f"not measured: {name}" for name in result["missing"]]
    return "\n".join([*lines, f"slower than they may be: {len(result['too_slow']) or 'none'}"])


if __name__ == "__main__":
    finish(command("The console's pages beside stored orders.", ORDERS, REPEATS, "pages", run, table))
