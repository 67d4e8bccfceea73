"""An order of ten thousand lines against shorter ones: `python benchmarks/long_order.py [--lines 100 1000 10000]`.

From its submission over HTTP to the closed workflow: seconds of each stretch of its life, per line, the printed
documents, and the memory that API and worker take at most. In the end the reconciler must find nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

if __name__ == "__main__":  # as a script, only its own folder would be looked through
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import httpx2
import psutil

from benchmarks.company import PRODUCTS
from benchmarks.house import House, opened
from benchmarks.shelves import positive, tell
from starter.exit import finish

LINES = (100, 1_000, 10_000)
LOOKS_SECONDS, PATIENCE_SECONDS = 0.1, 600.0


class Walk:
    """One order's way through the house, with the seconds of each stretch."""

    def __init__(self, house: House, lines: int) -> None:
        self.house = house
        self.lines = lines
        self.seconds: dict[str, float] = {}
        self.peak: dict[str, float] = {"api": 0.0, "worker": 0.0}
        headers = {"Authorization": f"Bearer {house.stack.endpoints.key}"}
        self._http = httpx2.AsyncClient(
            base_url=house.stack.endpoints.api, headers=headers, timeout=PATIENCE_SECONDS, trust_env=False
        )

    async def stretch(self, name: str, work: Awaitable[Any]) -> Any:
        """Do it, and keep how long it took."""
        began = time.perf_counter()
        done = await work
        self.seconds[name] = round(time.perf_counter() - began, 3)
        tell(f"{self.lines} lines, {name}: {self.seconds[name]} s")
        return done

    async def get(self, path: str) -> httpx2.Response:
        """What the API answers."""
        answer = await self._http.get(path)
        answer.raise_for_status()
        return answer

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Something is done."""
        answer = await self._http.post(path, json=body)
        answer.raise_for_status()
        done: dict[str, Any] = answer.json()
        return done

    async def until(self, path: str, seen: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Look at a list until it shows what is waited for."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                found: dict[str, Any] = (await self.get(path)).json()
                for name in self.peak:
                    used = psutil.Process(self.house.stack.pid(name)).memory_info().rss / 1_000_000
                    self.peak[name] = max(self.peak[name], round(used, 1))
                if seen(found):
                    return found
                await asyncio.sleep(LOOKS_SECONDS)

    async def live(self) -> dict[str, Any]:
        """From the request to the end."""
        wanted = [{"sku": f"P{place % PRODUCTS}", "quantity": "1"} for place in range(self.lines)]
        body = {"customer": "C1", "customer_po": f"LONG-{self.lines}", "currency": "EUR", "lines": wanted}
        number = (await self.stretch("submit", self.post("/v1/orders", body)))["number"]
        path = f"/v1/shipments?order={number}"
        found = await self.stretch("review, allocate, note", self.until(path, lambda page: bool(page["items"])))
        shipment = found["items"][0]["number"]
        await self.stretch("show the order", self.get(f"/v1/orders/{number}"))
        await self.stretch("print the delivery note", self.get(f"/v1/delivery-notes/{shipment}.pdf"))
        await self.stretch("pick", self.post(f"/v1/shipments/{shipment}/pick", {}))
        path = f"/v1/invoices?order={number}"
        found = await self.stretch("ship, deliver, invoice", self.until(path, lambda page: bool(page["items"])))
        invoice = found["items"][0]
        await self.stretch("print the invoice", self.get(f"/v1/invoices/{invoice['number']}.pdf"))
        await self.stretch("pay", self.post("/v1/payments", _payment(invoice)))
        done = self.house.client.get_workflow_handle(f"order/{number}").result()
        end = await self.stretch("after-sales window, close", done)
        await self._http.aclose()
        whole = round(sum(self.seconds.values()), 2)
        return {
            "lines": self.lines, "state": end["state"], "seconds": self.seconds, "whole_s": whole,
            "ms_per_line": round(whole * 1000 / self.lines, 2), "peak_mb": self.peak,
        }  # fmt: skip


def _payment(invoice: dict[str, Any]) -> dict[str, Any]:
    return {
        "amount": invoice["total"], "currency": "EUR", "invoice": invoice["number"], "provider": "bank",
        "provider_payment_id": f"transfer-{invoice['number']}", "received_at": datetime.now(UTC).isoformat(),
    }  # fmt: skip


async def measure(sizes: list[int]) -> dict[str, Any]:
    """An order of each size, one after the other, and the reconciler at the end."""
    with tempfile.TemporaryDirectory(prefix="orderkeep-long-") as folder:
        async with opened(Path(folder)) as house:
            await house.customers.live()
            orders = [await Walk(house, lines).live() for lines in sizes]
            last = Walk(house, 0)
            verdict = (await last.stretch("check", last.get("/v1/checks"))).json()
    return {"orders": orders, "check_s": last.seconds["check"], "clean": verdict["clean"]}


def table(result: dict[str, Any]) -> str:
    """The result for people: milliseconds per line."""
    orders = result["orders"]
    lines = [f"{'ms per line':<28}" + "".join(f"{order['lines']:>10}" for order in orders)]
    lines += [
        f"{name:<28}" + "".join(f"{order['seconds'][name] * 1000 / order['lines']:>10.2f}" for order in orders)
        for name in orders[0]["seconds"]
    ]
    lines += [f"{'whole':<28}" + "".join(f"{order['ms_per_line']:>10.2f}" for order in orders)]
    for name in ("api", "worker"):
        lines.append(f"{f'{name}, at most MB':<28}" + "".join(f"{order['peak_mb'][name]:>10}" for order in orders))
    return "\n".join([*lines, f"check: {'clean' if result['clean'] else 'BROKEN'} in {result['check_s']} s"])


def main() -> int:
    """The command; the exit code: 1 when an order did not end well or the reconciler found something."""
    parser = argparse.ArgumentParser(description="A long order against shorter ones.")
    parser.add_argument("--lines", type=positive, nargs="+", default=list(LINES), help="sizes of the orders")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    given = parser.parse_args()
    result = asyncio.run(measure(given.lines))
    print(json.dumps(result, indent=2) if given.json else table(result))
    return 0 if result["clean"] and all(order["state"] == "COMPLETED" for order in result["orders"]) else 1


if __name__ == "__main__":
    finish(main())
