"""One story while it is told: its orders, what it says, and what it expected to see."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol, TypeVar

from starter.cli.speech import _, spoken
from starter.demo.bank import Bank
from starter.demo.cards import Cards
from starter.demo.carrier import Carrier
from starter.demo.desks import Desks, Document
from starter.demo.dock import Dock
from starter.demo.watch import Met, Watch

PATIENCE = 60.0
GLANCE = 0.25
Found = TypeVar("Found")


class Story(Protocol):
    """A file of `starter/demo/stories`: its master data, its title, and how it is played."""

    CARDS: Cards

    def title(self) -> str:
        """What happens, in a few words."""
        ...

    async def play(self, scene: Scene) -> None:
        """Play it, and say what must be true in the end."""
        ...


@dataclass(frozen=True, slots=True)
class Company:
    """Everything outside a story that it may touch."""

    desks: Desks
    bank: Bank
    carrier: Carrier
    dock: Dock
    watch: Watch
    mailbox: Path
    database: str


@dataclass(frozen=True, slots=True)
class Expectation:
    """What had to be so, and what was."""

    what: str
    expected: str
    seen: str

    @property
    def met(self) -> bool:
        """Whether it was."""
        return self.expected == self.seen


class WaitedInVain(Exception):
    """What a story waited for did not come; the text says what there was instead."""


@dataclass(slots=True)
class Scene:
    """A story on its way. `saying` is what it does or waits for at this moment."""

    name: str
    story: Story
    company: Company
    told: Callable[[Scene], None]
    orders: list[str] = field(default_factory=list)
    saying: str = ""
    short: str = ""
    failure: str = ""
    expectations: list[Expectation] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    ended: float | None = None

    @property
    def good(self) -> bool:
        """Whether it ended, as it should."""
        return self.ended is not None and not self.failure and all(each.met for each in self.expectations)

    @property
    def seconds(self) -> float:
        """How long it has been going on, or took."""
        return (self.ended or time.monotonic()) - self.began

    def says(self, sentence: str) -> None:
        """Tell the people who watch, unless they have just been told."""
        if sentence != self.saying:
            self.saying = sentence
            self.told(self)

    def expect(self, what: str, expected: object, seen: object) -> None:
        """Keep what had to be so beside what was; the story goes on either way."""
        self.expectations.append(Expectation(what, _text(expected), _text(seen)))

    @contextmanager
    def missing(self, pieces: str) -> Iterator[None]:
        """While this lasts, the order waits for supply."""
        self.short = "now"
        self.says(pieces)
        yield
        self.short = "done"

    async def breathe(self, seconds: float) -> None:
        """Let people read what was said."""
        await asyncio.sleep(seconds)

    async def submit(self, customer: str, pieces: Mapping[str, str], **more: object) -> Document:
        """The sales desk takes an order of list prices; the order as the API shows it."""
        body = self.request(customer, pieces, **more)
        order = await self.company.desks.sales.post("/v1/orders", body)
        self.orders.append(order["number"])
        self.says(_("{order} taken: {total} {currency}").format(order=order["number"], **_money(order)))
        return order

    def request(self, customer: str, pieces: Mapping[str, str], **more: object) -> dict[str, Any]:
        """The body of an order; `more` goes to its header."""
        currency = self.story.CARDS.customers[customer]["currency"]
        lines = [{"sku": sku, "quantity": quantity} for sku, quantity in pieces.items()]
        po = {"customer_po": f"PO-{customer}-1"}
        return {"customer": customer, "currency": currency, "lines": lines, **po, **more}

    async def order(self, number: str) -> Document:
        """The whole order."""
        return await self.company.desks.sales.get(f"/v1/orders/{number}")

    async def why(self, number: str) -> Document:
        """What it waits for, by the engine and the database."""
        return await self.company.desks.sales.get(f"/v1/orders/{number}/why", lang=spoken())

    async def until(self, number: str, what: str, met: Met) -> Document:
        """The order's row in the list once it is so; WaitedInVain says what it waits for instead."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self.company.watch.order(number, met)
        except TimeoutError:
            raise await self._in_vain(number, what) from None

    async def find(self, number: str, what: str, look: Callable[[], Awaitable[Found | None]]) -> Found:
        """What a look at the API finds, as soon as it finds something."""
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    if (found := await look()) is not None:
                        return found
                    await asyncio.sleep(GLANCE)
        except TimeoutError:
            raise await self._in_vain(number, what) from None

    async def _in_vain(self, number: str, what: str) -> WaitedInVain:
        row = self.company.watch.orders.get(number, {})
        sentence = (await self.why(number)).get("sentence")
        told = _("expected: {what}; seen after {seconds:.0f} s: {number} is {state}. {sentence}")
        return WaitedInVain(
            told.format(what=what, seconds=PATIENCE, number=number, state=row.get("state"), sentence=sentence)
        )

    async def pay(self, amount: Decimal, currency: str, reference: str) -> str:
        """Money comes in, told by the bank's signed webhook; the payment's number."""
        self.says(_("the bank reports {amount} {currency} for {reference}").format(
            amount=amount, currency=currency, reference=reference
        ))  # fmt: skip
        return await self.company.bank.report(self.company.bank.transfer(amount, currency, reference))


def _money(order: Document) -> dict[str, str]:
    return {"total": order["total"], "currency": order["currency"]}


def _text(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value)) or "-"
    return str(value)
