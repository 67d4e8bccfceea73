"""What came of it all: each story's verdict, the timelines, the mailbox, the reconciler and the books."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starter.demo.desks import Desk, Document
from starter.demo.mailbox import Letter, settled
from starter.demo.scene import Company, Scene


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is shown in the end."""

    scenes: Sequence[Scene]
    orders: dict[str, Document]
    timelines: dict[str, list[Document]]
    letters: list[Letter]
    checks: Document
    balance: Document

    @property
    def clean(self) -> bool:
        """Whether the reconciler found every invariant to hold."""
        return bool(self.checks["clean"])

    @property
    def balanced(self) -> bool:
        """Whether the books balance in each currency."""
        return all(currency["balanced"] for currency in self.balance["currencies"])

    @property
    def good(self) -> bool:
        """Whether everything ended as it should."""
        return self.clean and self.balanced and all(scene.good for scene in self.scenes)

    def document(self, endpoints: Document, seconds: dict[str, float]) -> Document:
        """As JSON."""
        return {
            "ok": self.good,
            "seconds": {name: round(value, 1) for name, value in seconds.items()},
            "stories": [self._story(scene) for scene in self.scenes],
            "letters": [letter.document() for letter in self.letters],
            "checks": self.checks,
            "trial_balance": self.balance,
            "endpoints": endpoints,
        }

    def _story(self, scene: Scene) -> dict[str, Any]:
        told = ("number", "customer", "state", "delivery", "billing", "payment", "currency", "total")
        return {
            "name": scene.name,
            "title": scene.story.title(),
            "ok": scene.good,
            "failure": scene.failure or None,
            "seconds": round(scene.seconds, 1),
            "orders": [
                {**{name: self.orders[number][name] for name in told}, "timeline": self.timelines[number]}
                for number in scene.orders
            ],
            "expectations": [
                {"what": each.what, "expected": each.expected, "seen": each.seen, "met": each.met}
                for each in scene.expectations
            ],
        }


async def gather(company: Company, scenes: Sequence[Scene]) -> Report:
    """Ask for all of it once the last letter has been written."""
    desk = company.desks.administrator
    numbers = [number for scene in scenes for number in scene.orders]
    letters = await settled(company.mailbox)
    checks, balance = await asyncio.gather(desk.get("/v1/checks"), desk.get("/v1/trial-balance"))
    orders = await asyncio.gather(*(desk.get(f"/v1/orders/{number}") for number in numbers))
    timelines = await asyncio.gather(*(_timeline(desk, number) for number in numbers))
    return Report(
        scenes=scenes,
        orders=dict(zip(numbers, orders, strict=True)),
        timelines=dict(zip(numbers, timelines, strict=True)),
        letters=letters,
        checks=checks,
        balance=balance,
    )


async def _timeline(desk: Desk, number: str) -> list[Document]:
    items: list[Document] = (await desk.get(f"/v1/orders/{number}/timeline"))["items"]
    return items
