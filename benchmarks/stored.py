"""Whole lives beside a million stored orders and beside none, in alternating rounds: `python benchmarks/stored.py`.

Two houses stand side by side, each with its own servers; while one works, the other rests. Believe the ratio: of the
orders per second, and of the processor time that an order takes, which other work on the machine disturbs less.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # as a script, only its own folder would be looked through
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.beside import Costs, house_beside, live_round
from benchmarks.shelves import positive, tell
from starter.exit import finish

STORED, ORDERS, CONCURRENCY, ROUNDS = 1_000_000, 60, 20, 5


async def measure(stored: int, full: Path | None, orders: int, concurrency: int, rounds: int) -> dict[str, Any]:
    """Both houses, round after round; the first round of each warms them and does not count."""
    async with AsyncExitStack() as leaving:
        folders = [
            Path(leaving.enter_context(tempfile.TemporaryDirectory(prefix=f"orderkeep-{name}-")))
            for name in ("empty", "full")
        ]
        empty = await leaving.enter_async_context(house_beside(folders[0], 0))
        beside = house_beside(folders[1], stored) if full is None else house_beside(full, 0)
        houses = {"empty": empty, "full": await leaving.enter_async_context(beside)}
        costs = {name: Costs() for name in houses}
        for number in range(rounds + 1):
            for name, house in houses.items():
                round_costs = Costs() if number == 0 else costs[name]
                await live_round(house, round_costs, orders, concurrency)
                tell(f"round {number}, {name}: {round_costs.per_second[-1]:.2f} lives/s")
    found = {name: each.document() for name, each in costs.items()}
    return {
        "stored": stored,
        **found,
        "ratio": round(found["full"]["lives_per_s"] / found["empty"]["lives_per_s"], 3),
        "cpu_ratio": round(found["empty"]["cpu_ms"] / found["full"]["cpu_ms"], 3),
    }


def table(result: dict[str, Any]) -> str:
    """The result for people."""
    empty, full = result["empty"], result["full"]
    lines = [f"{'':<24}{'empty':>10}{result['stored']:>12,} stored"]
    lines += [f"{name:<24}{empty[name]:>10}{full[name]:>12}" for name in empty if not isinstance(empty[name], list)]
    lines += ["", f"orders/s, full against empty             {result['ratio']}"]
    lines += [f"processor time, empty against full       {result['cpu_ratio']}"]
    return "\n".join(lines)


def main() -> int:
    """The command; the exit code."""
    parser = argparse.ArgumentParser(description="Whole lives beside stored orders, against none.")
    parser.add_argument("--stored", type=positive, default=STORED, help=f"stored orders ({STORED})")
    parser.add_argument("--full", type=Path, help="a data directory that holds stored orders already")
    parser.add_argument("--orders", type=positive, default=ORDERS, help=f"lives per round ({ORDERS})")
    parser.add_argument("--concurrency", type=positive, default=CONCURRENCY, help=f"lives at once ({CONCURRENCY})")
    parser.add_argument("--rounds", type=positive, default=ROUNDS, help=f"rounds of each ({ROUNDS})")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    given = parser.parse_args()
    result = asyncio.run(measure(given.stored, given.full, given.orders, given.concurrency, given.rounds))
    print(json.dumps(result, indent=2) if given.json else table(result))
    return 0


if __name__ == "__main__":
    finish(main())
