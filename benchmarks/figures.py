"""How long every report takes beside 100,000 stored orders: `python benchmarks/figures.py --orders 100000`.

Each report is asked over HTTP by every grouping, for its usual thirty days and for a year, and for the orders behind
it. What takes a second or longer is named.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # as a script, only its own folder would be looked through
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.shelves import Api, api_beside, command, tell
from db.reports.registry import REPORTS
from starter.exit import finish

ORDERS, REPEATS = 100_000, 3
TOO_SLOW_MS = 1000.0
SPANS = {"month": 30, "year": 365}


async def measure(api: Api, repeats: int) -> list[dict[str, Any]]:
    """The slowest of some answers, by report, grouping and period."""
    rows: list[dict[str, Any]] = []
    today = datetime.now(UTC).date()
    for name, report in REPORTS.items():
        for span, days in SPANS.items() if report.period else (("now", 30),):
            period = f"from={today - timedelta(days=days)}&to={today}"
            for by in report.statements:
                took = [await _one(api, f"/v1/reports/{name}?by={by}&{period}") for _ in range(repeats)]
                rows.append({"report": name, "by": by, "period": span, "ms": max(took)})
            took = [await _one(api, f"/v1/reports/{name}/orders?{period}") for _ in range(repeats)]
            rows.append({"report": name, "by": "(orders)", "period": span, "ms": max(took)})
        tell(f"{name}: {max(row['ms'] for row in rows if row['report'] == name):.0f} ms")
    return sorted(rows, key=lambda row: -row["ms"])


async def _one(api: Api, path: str) -> float:
    began = time.perf_counter()
    await api.get(path)
    return round((time.perf_counter() - began) * 1000, 1)


async def run(orders: int, repeats: int, database: str | None) -> dict[str, Any]:
    """Everything, from the filled database to the result."""
    async with api_beside(orders, database) as api:
        rows = await measure(api, repeats)
        slow = [row for row in rows if row["ms"] >= TOO_SLOW_MS]
        return {"orders": await api.orders(), "too_slow": slow, "rows": rows}


def table(result: dict[str, Any]) -> str:
    """The result for people: the slowest first."""
    lines = [f"{result['orders']:,} stored orders, {len(result['rows'])} questions, the slowest first"]
    lines += [f"  {r['report']:<16} {r['by']:<12} {r['period']:<6} {r['ms']:>8} ms" for r in result["rows"][:30]]
    return "\n".join([*lines, f"slower than {TOO_SLOW_MS:.0f} ms: {len(result['too_slow']) or 'none'}"])


if __name__ == "__main__":
    finish(command("Reports beside stored orders.", ORDERS, REPEATS, "answers", run, table))
