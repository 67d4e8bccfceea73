"""How long every list and search takes beside a million stored orders: `python benchmarks/pages.py --orders 1000000`.

Every GET of the API that answers pages is asked as it stands in its OpenAPI document: with each filter and value that
its rows show, with searches, and from cursors far behind the first page; each several times over HTTP. What takes
longer than 100 ms in one of a hundred requests is named. With --database a filled database is used, else one is filled.
"""

from __future__ import annotations

import base64
import json
import random
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

if __name__ == "__main__":  # as a script, only its own folder would be looked through
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.intake import quantile
from benchmarks.shelves import Api, api_beside, command, tell
from starter.exit import finish

ORDERS, REPEATS, LIMIT = 1_000_000, 30, 50
TOO_SLOW_MS = 100.0
VALUES = 4
SEARCHED = ("number", "code", "sku", "customer_po", "tracking_number", "provider_payment_id", "name")
NOWHERE = "NOWHERE"
NO_DAY = "1999-12-31"


@dataclass
class Page:
    """A kind of request: a list with a filter, from the first page or from far behind it."""

    path: str
    what: str
    queries: list[dict[str, str]]
    waited: list[float] = field(default_factory=list)

    def row(self) -> dict[str, Any]:
        """As the report has it."""
        return {
            "list": self.path,
            "with": self.what,
            "p50_ms": round(quantile(self.waited, 0.5) * 1000, 1),
            "p99_ms": round(quantile(self.waited, 0.99) * 1000, 1),
        }


def deep(cursor: str, part: float) -> str:
    """A cursor of the same list that lies further behind: instants and numbers that many times as far back."""
    return packed([_further(each, part) for each in unpacked(cursor)])


def unpacked(cursor: str) -> list[Any]:
    """The sort keys in a cursor."""
    keys: list[Any] = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    return keys


def packed(keys: list[Any]) -> str:
    """The cursor of sort keys."""
    text = json.dumps(keys, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _further(part: Any, share: float) -> Any:
    if isinstance(part, int):
        return int(part * (1 - share))
    try:
        return (datetime.fromisoformat(part) - timedelta(days=700) * share).astimezone(UTC).isoformat()
    except ValueError:
        return part


def _values(name: str, allowed: list[str], items: list[dict[str, Any]]) -> list[str]:
    """Values of a filter: the allowed ones, or what rows show under its name and a value that finds nothing."""
    if allowed:
        return allowed
    shown = dict.fromkeys(str(item[name]) for item in items if item.get(name) is not None)
    if name == "day":
        return [*dict.fromkeys(item["at"][:10] for item in items), NO_DAY]
    if name == "account":
        shown |= dict.fromkeys(line["account"] for item in items for line in item.get("lines", ()))
    return [*shown, NOWHERE]


def _searches(items: list[dict[str, Any]]) -> dict[str, list[str]]:
    found = {name: [str(item[name]) for item in items[:VALUES] if item.get(name)] for name in SEARCHED}
    parts = [text[start : start + 2] for text in found["name"] for start in (0, len(text) // 2)]
    begun = [text[:6] for text in found["customer_po"]]
    return {**found, "part of name": parts, "begin of customer_po": begun, "nothing": [NOWHERE]}


async def kinds(api: Api) -> list[Page]:
    """Every kind of request that the contract allows."""
    contract = await api.get("/openapi.json")
    pages: list[Page] = []
    for path, operations in sorted(contract["paths"].items()):
        if "{" not in path and _is_list(operations.get("get", {})):
            parameters = operations["get"]["parameters"]
            pages += await _kinds_of(api, path, {each["name"]: each["schema"].get("enum", []) for each in parameters})
    return pages


def _is_list(operation: dict[str, Any]) -> bool:
    answer = operation.get("responses", {}).get("200", {}).get("content", {}).get("application/json", {})
    by_pages = any(each["name"] == "limit" for each in operation.get("parameters", ()))
    return by_pages and bool(answer.get("schema", {}).get("$ref", "").endswith("Page"))


async def _kinds_of(api: Api, path: str, parameters: dict[str, list[str]]) -> list[Page]:
    first = await api.get(f"{path}?limit=500")
    items = first["items"]
    cursors = [deep(first["next"], share) for share in (0.1, 0.5, 0.9)] if first["next"] else []
    pages = [Page(path, "first page", [{}])]
    pages += [Page(path, "deep", [{"after": cursor} for cursor in cursors])] if cursors else []
    for name in (each for each in parameters if each not in ("limit", "after", "lang", "q")):
        for value in _spread(_values(name, parameters[name], items)):
            pages.append(Page(path, f"{name}={value}", [{name: value}]))
            if cursors:
                pages.append(Page(path, f"{name}={value}, deep", [{name: value, "after": each} for each in cursors]))
    if "q" in parameters:
        searches = _searches(items)
        pages += [
            Page(path, f"q: {what}", [{"q": each} for each in found]) for what, found in searches.items() if found
        ]
    return pages


def _spread(values: list[str]) -> list[str]:
    """All of a few values; of many the first, some between, and the one that finds nothing."""
    return values if len(values) <= 30 else [*values[: VALUES - 1], values[-1]]


async def measure(api: Api, pages: list[Page], repeats: int) -> None:
    """Ask each kind some times, in shuffled order, one request at a time."""
    asked = [(page, number) for page in pages for number in range(repeats)]
    random.Random(1).shuffle(asked)
    for page, number in asked:
        query = {**page.queries[number % len(page.queries)], "limit": str(LIMIT)}
        began = time.perf_counter()
        await api.get(f"{page.path}?{urlencode(query)}")
        page.waited.append(time.perf_counter() - began)


def document(pages: list[Page], orders: int) -> dict[str, Any]:
    """The result: per list its worst kind, and every kind that takes too long."""
    rows = [page.row() for page in pages]
    by_list: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_list[row["list"]].append(row)
    return {
        "orders": orders,
        "kinds": len(rows),
        "too_slow": [row for row in rows if row["p99_ms"] >= TOO_SLOW_MS],
        "worst_by_list": [max(found, key=lambda row: float(row["p99_ms"])) for found in by_list.values()],
        "rows": rows,
    }


def table(result: dict[str, Any]) -> str:
    """The same for people."""
    lines = [f"{result['orders']:,} stored orders, {result['kinds']} kinds of request", "", "slowest kind of each list"]
    lines += [f"  {r['list']:<22} {r['with']:<40} p50 {r['p50_ms']:>7} ms   p99 {r['p99_ms']:>7} ms"
              for r in result["worst_by_list"]]  # fmt: skip
    slow = result["too_slow"]
    lines += ["", f"slower than {TOO_SLOW_MS:.0f} ms: {len(slow) or 'none'}"]
    return "\n".join([*lines, *(f"  {r['list']} {r['with']}: p99 {r['p99_ms']} ms" for r in slow)])


async def run(orders: int, repeats: int, database: str | None) -> dict[str, Any]:
    """Everything, from the filled database to the result."""
    async with api_beside(orders, database) as api:
        pages = await kinds(api)
        tell(f"{len(pages)} kinds of request, {repeats} times each")
        await measure(api, pages, 2)
        for page in pages:
            page.waited.clear()
        await measure(api, pages, repeats)
        return document(pages, await api.orders())


if __name__ == "__main__":
    finish(command("Lists and searches beside stored orders.", ORDERS, REPEATS, "requests", run, table))
