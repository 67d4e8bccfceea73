"""What the customers of a run want and how they behave: a pure function of the seed, one wish per order."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from starter.demo.cards import MAIN, NORTH, Card, chinese_company, company, product, supplier

Pays = Literal["at once", "in two parts", "late", "too much", "never"]

USUAL: tuple[Pays, ...] = ("at once", "in two parts", "late", "too much")
PLENTY = "1000000"
STOCKED = ("TEA", "CUP", "TIN", "LONGJING")
SPLIT, BOUGHT, MADE = "LAMP", "KETTLE", "GIFTBOX"
TIGHT, NEVER, PREPAID = "TIGHT", "NEVER", "PREPAID"

CUSTOMERS: Mapping[str, Card] = {
    **{f"ROUND{n}": company(f"Round Table {n}", f"ROUND{n}", "Dublin", "IE") for n in range(1, 7)},
    "TIGHT": company("Tight Budget", TIGHT, "Porto", "PT", credit_limit="400.00"),
    "LATE": company("Late Payers", "LATE", "Lyon", "FR", payment_terms="net7"),
    "HALVES": company("Two Halves", "HALVES", "Gent", "BE", payment_terms="instalments:50@0,50@10"),
    "NEVER": company("Never Pays", NEVER, "Bergen", "NO", payment_terms="net7"),
    "PREPAID": company("Pays Before", PREPAID, "Graz", "AT", payment_terms="prepaid"),
    "CHAGUAN": chinese_company("云杉茶馆", "CHAGUAN", "杭州"),
}
BUY = {"route": "buy", "supplier": "WORKS", "lead_time_days": 5, "minimum_quantity": "20", "multiple_of": "10"}
MAKE = {
    "route": "make",
    "lead_time_days": 5,
    "components": [{"sku": "TIN", "quantity": "2"}, {"sku": "CARTON", "quantity": "1"}],
}
SUPPLIERS: Mapping[str, Card] = {"WORKS": supplier("Kettle Works", "WORKS", 5)}


PRODUCTS: Mapping[str, Card] = {
    "TEA": product("Breakfast tea", "12.50", "7.00"),
    "CUP": product("Stoneware cup", "8.00", "3.90"),
    "LONGJING": product("龙井", "96.00", "41.00", currency="CNY"),
    "TIN": product("Tea tin", "3.40", "1.20"),
    "CARTON": product("Carton", "0.90", "0.30", supply=BUY),
    SPLIT: product("Desk lamp", "64.00", "35.00"),
    BOUGHT: product("Kettle", "49.00", "30.00", supply=BUY),
    MADE: product("Gift box", "22.00", "9.00", supply=MAKE),
}
OPENING = tuple((sku, warehouse, PLENTY) for sku in STOCKED for warehouse in (MAIN, NORTH))


@dataclass(frozen=True, slots=True)
class Wish:
    """One order and what its customer and our desks will do with it."""

    index: int
    at: float
    """Seconds from the start of the run."""
    body: dict[str, Any]
    pays: Pays
    by_webhook: bool
    sent_twice: bool = False
    """The shop sends it a second time under another key: it is the same order."""
    rejected: bool = False
    """A hold is not released."""
    short: bool = False
    """One piece is missing at the pick."""
    cancelled_after: float | None = None
    case: bool = False
    lamps: int = 0
    """Pieces that goods-in will bring for it, half to each warehouse."""

    @property
    def po(self) -> str:
        """The customer's number, by which the wish is found again everywhere."""
        return str(self.body["customer_po"])


def wishes(seed: int, count: int, seconds: float) -> list[Wish]:
    """`count` orders at a steady rate over so many seconds; the same arguments give the same orders."""
    return [_wish(random.Random(f"{seed}/order/{index}"), seed, index, index * seconds / count)
            for index in range(count)]  # fmt: skip


def index_of(po: str) -> int:
    """The wish behind a customer's number."""
    return int(po.rpartition("-")[2])


def _wish(rng: random.Random, seed: int, index: int, at: float) -> Wish:
    customer = rng.choices(list(CUSTOMERS), weights=[6] * 6 + [5, 5, 3, 1, 4, 3])[0]
    currency = "CNY" if customer == "CHAGUAN" else "EUR"
    first = "LONGJING" if currency == "CNY" else rng.choices(["TEA", SPLIT, BOUGHT, MADE], [50, 12, 20, 18])[0]
    more = {"CUP": rng.randint(1, 12)} if currency == "EUR" and rng.random() < 0.4 else {}
    pieces = {first: rng.randint(1, 4) * 2, **more}
    lines: list[dict[str, str]] = [{"sku": sku, "quantity": str(quantity)} for sku, quantity in pieces.items()]
    if rng.random() < 0.05:
        lines[0]["discount_percent"] = "12"
    body = {
        "customer": customer,
        "customer_po": f"F{seed}-{index}",
        "currency": currency,
        "shipping_policy": "ship_complete" if rng.random() < 0.2 else "ship_partial",
        "lines": lines,
    }
    return Wish(
        index=index,
        at=round(at, 3),
        body=body,
        pays=_pays(rng, customer),
        by_webhook=rng.random() < 0.5,
        sent_twice=rng.random() < 0.1,
        rejected=rng.random() < 0.2,
        short=first == "TEA" and rng.random() < 0.1,
        cancelled_after=round(rng.uniform(0, 25), 2) if rng.random() < 0.12 else None,
        case=rng.random() < 0.08,
        lamps=pieces.get(SPLIT, 0),
    )


def _pays(rng: random.Random, customer: str) -> Pays:
    match customer:
        case "NEVER":
            return "never"
        case "LATE":
            return "late"
        case "PREPAID":
            return "at once"
        case _:
            return rng.choices(USUAL, weights=[70, 10, 12, 8])[0]


def parts(wish: Wish, total: Decimal) -> list[Decimal]:
    """The payments for an invoice of this total."""
    match wish.pays:
        case "in two parts":
            first = (total / 2).quantize(Decimal("0.01"))
            return [first, total - first]
        case "too much":
            return [total + 10]
        case "never":
            return []
        case _:
            return [total]
