"""Receipt by file: what the import asks of the system behind it, and the one that only looks."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from domain.facts import CustomerCard, OrderRequest, ProductCard


@dataclass(frozen=True, slots=True)
class Taken:
    """The order that a document became; `created` false: it had been taken before and is meant again."""

    number: str
    created: bool


@dataclass(frozen=True, slots=True)
class Held:
    """What a person must look at: a whole document or rows of one, linked to the order that it belongs to."""

    document: str
    kind: str
    reason: str
    rows: list[dict[str, str]]
    linked_order: str | None = None


@dataclass(frozen=True, slots=True)
class Goods:
    """Something that a customer returns: how much of which product."""

    sku: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Purchase:
    """An order with the number that the customer gave it, and which of the goods it has (their places in the list)."""

    order: str
    document: str
    has: set[int]


class Taker(Protocol):
    """Where orders go. Every call that writes is a transaction of its own and may be repeated without harm."""

    async def unknown_customers(self, codes: Set[str]) -> set[str]:
        """Those of the codes that no customer has."""
        ...

    async def unknown_products(self, skus: Set[str]) -> set[str]:
        """Those of the numbers that no product has."""
        ...

    async def create(self, customers: Mapping[str, CustomerCard], products: Mapping[str, ProductCard]) -> None:
        """Keep the cards of customers and products that are not there yet."""
        ...

    async def take(self, request: OrderRequest) -> Taken:
        """The order; OrderkeepError when the system refuses it, with the sentence that says why."""
        ...

    async def hold(self, held: Held) -> None:
        """Keep rows for a person; the same rows of a document once."""
        ...

    async def purchases(self, customer: str, goods: list[Goods]) -> list[Purchase]:
        """Orders of the customer that have some of the goods in that quantity or more, the newest first."""
        ...


class Onlooker:
    """The taker of a dry run without a database: knows nobody, doubts nobody, writes nothing."""

    async def unknown_customers(self, codes: Set[str]) -> set[str]:
        """None is called unknown."""
        return set()

    async def unknown_products(self, skus: Set[str]) -> set[str]:
        """None is called unknown."""
        return set()

    async def create(self, customers: Mapping[str, CustomerCard], products: Mapping[str, ProductCard]) -> None:
        """Nothing is written."""

    async def take(self, request: OrderRequest) -> Taken:
        """Every order would be taken; its own number stands for that of the order."""
        return Taken(request.customer_po or "", True)

    async def hold(self, held: Held) -> None:
        """Nothing is written."""

    async def purchases(self, customer: str, goods: list[Goods]) -> list[Purchase]:
        """None is known."""
        return []
