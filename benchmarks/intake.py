"""Intake alone: clients that post orders as fast as they are answered, for some seconds."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass

from benchmarks.company import order
from benchmarks.wire import Wire

CLIENTS = 16


@dataclass(frozen=True, slots=True)
class Intake:
    """Orders per second, and how long all but one in a hundred waited at most, in milliseconds."""

    per_second: float
    p50_ms: float
    p99_ms: float


def quantile(values: list[float], share: float) -> float:
    """The value that `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


async def post_orders(shop: Wire, seconds: float, numbers: itertools.count[int]) -> Intake:
    """Sixteen clients, one request each at a time."""
    waited: list[float] = []
    began = time.perf_counter()

    async def client() -> None:
        while time.perf_counter() - began < seconds:
            start = time.perf_counter()
            await shop.send("POST", "/v1/orders", order(next(numbers)))
            waited.append(time.perf_counter() - start)

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    took = time.perf_counter() - began
    return Intake(len(waited) / took, quantile(waited, 0.5) * 1000, quantile(waited, 0.99) * 1000)
