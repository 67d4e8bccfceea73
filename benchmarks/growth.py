"""What an order costs as stored orders grow: `python benchmarks/growth.py [--sizes 1000 10000 100000]`.

For each number of stored orders a house of its own; in it some whole lives, with their processor time, statements,
transactions and seconds per order.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # as a script, only its own folder would be looked through
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.beside import Costs, house_beside, live_round
from benchmarks.shelves import positive, tell
from starter.exit import finish

SIZES, ORDERS, CONCURRENCY = (1_000, 10_000, 100_000), 120, 20


async def measure(sizes: list[int], orders: int, concurrency: int) -> dict[str, Any]:
    """The curve."""
    curve = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="orderkeep-growth-") as folder:
            async with house_beside(Path(folder), size) as house:
                await live_round(house, Costs(), concurrency, concurrency)
                costs = Costs()
                await live_round(house, costs, orders, concurrency)
        curve.append({"stored": size, **costs.document()})
        tell(f"{curve[-1]}")
    return {"orders": orders, "curve": curve}


def table(result: dict[str, Any]) -> str:
    """The result for people, per order."""
    curve = result["curve"]
    names = [name for name, value in curve[0].items() if not isinstance(value, list)]
    return "\n".join(f"{name:<18}" + "".join(f"{row[name]:>12}" for row in curve) for name in names)


def main() -> int:
    """The command; the exit code."""
    parser = argparse.ArgumentParser(description="Cost per order as stored orders grow.")
    parser.add_argument("--sizes", type=positive, nargs="+", default=list(SIZES), help="numbers of stored orders")
    parser.add_argument("--orders", type=positive, default=ORDERS, help=f"lives that are measured ({ORDERS})")
    parser.add_argument("--concurrency", type=positive, default=CONCURRENCY, help=f"lives at once ({CONCURRENCY})")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    given = parser.parse_args()
    result = asyncio.run(measure(given.sizes, given.orders, given.concurrency))
    print(json.dumps(result, indent=2) if given.json else table(result))
    return 0


if __name__ == "__main__":
    finish(main())
