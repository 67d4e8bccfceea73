"""Receipt by file: the takers that have a database behind them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from db import engine
from db.queries import masters as known
from db.queries import views_masters, views_order
from domain.actor import Actor, Role
from domain.facts import CustomerCard, OrderRequest, ProductCard, StockMovement
from intake import masters, receipt, stock
from starter.files.taker import Goods, Held, Onlooker, Purchase, Taken

IMPORTER = Actor("import", Role.SALES)
WAREHOUSE = "MAIN"
_CARDS = 100
_AT_ONCE = 4
_ORDERS_LOOKED_AT = 50
Card = TypeVar("Card", CustomerCard, ProductCard)


class DatabaseOnlooker(Onlooker):
    """The taker of a dry run with a database: looks up who and what exists, writes nothing."""

    def __init__(self) -> None:
        self._customers_to_come: dict[str, CustomerCard] = {}
        self._products_to_come: dict[str, ProductCard] = {}

    async def create(self, customers: Mapping[str, CustomerCard], products: Mapping[str, ProductCard]) -> None:
        """Nothing is written; what would be created is remembered."""
        self._customers_to_come |= customers
        self._products_to_come |= products

    async def take(self, request: OrderRequest) -> Taken:
        """What submission would say: the order that was taken before, or the refusal; nothing is written."""
        buyer = self._customers_to_come.get(request.customer)
        goods = {line.sku: card for line in request.lines if (card := self._products_to_come.get(line.sku))}
        if buyer is None and not goods:
            foreseen = await engine.settled(lambda tx: receipt.foresee_order(tx, request, datetime.now(UTC)))
            if foreseen is not None:
                return Taken(foreseen, False)
        else:
            await engine.settled(lambda tx: receipt.foresee_first_order(tx, request, buyer, goods, datetime.now(UTC)))
        return Taken(request.customer_po or "", True)

    async def unknown_customers(self, codes: Set[str]) -> set[str]:
        """Those of the codes that no customer has."""
        async with engine.transaction() as tx:
            return {code for code in sorted(codes) if await views_masters.customer_view(tx, code) is None}

    async def unknown_products(self, skus: Set[str]) -> set[str]:
        """Those of the numbers that no product has."""
        async with engine.transaction() as tx:
            return set(skus) - await known.known_products(tx, sorted(skus))

    async def purchases(self, customer: str, goods: list[Goods]) -> list[Purchase]:
        """Those of the customer's latest orders that have some of the goods in that quantity or more."""
        async with engine.transaction() as tx:
            orders, _next = await views_order.order_list(
                tx, limit=_ORDERS_LOOKED_AT, after=None, filters={"customer": customer}
            )
            found = [
                Purchase(order["number"], order["customer_po"] or "", _matching(whole, goods))
                for order in orders
                if (whole := await views_order.order_view(tx, order["number"])) is not None
            ]
        return [purchase for purchase in found if purchase.has]


class Clerk(DatabaseOnlooker):
    """The taker of a real import: every order, every held document, every hundred cards is one transaction.

    Safe to repeat: an order is taken once per customer and document number, a held document once per content, and
    opening stock comes with the product that it belongs to.
    """

    def __init__(self, source: str, opening_stock: int | None = None, actor: Actor = IMPORTER) -> None:
        super().__init__()
        self._source = source[:200]
        self._opening = opening_stock
        self._actor = actor

    async def create(self, customers: Mapping[str, CustomerCard], products: Mapping[str, ProductCard]) -> None:
        """Keep the cards, in the order of their codes, a hundred to a transaction and four transactions at once."""
        places = asyncio.Semaphore(_AT_ONCE)

        async def keep(buyers: Sequence[tuple[str, CustomerCard]], goods: Sequence[tuple[str, ProductCard]]) -> None:
            async with places:
                await engine.settled(lambda tx: self._keep_cards(tx, buyers, goods))

        await asyncio.gather(
            *(keep(stack, ()) for stack in _stacks(sorted(customers.items()))),
            *(keep((), stack) for stack in _stacks(sorted(products.items()))),
        )

    async def _keep_cards(
        self,
        tx: AsyncConnection,
        customers: Sequence[tuple[str, CustomerCard]],
        products: Sequence[tuple[str, ProductCard]],
    ) -> None:
        now = datetime.now(UTC)
        for code, buyer in customers:
            await masters.put_customer(tx, self._actor, code, buyer, now)
        for sku, product in products:
            created = await masters.put_product(tx, self._actor, sku, product, now)
            if created and self._opening:
                movement = StockMovement(
                    sku=sku, warehouse=WAREHOUSE, quantity=Decimal(self._opening), reason="opening",
                    reference=self._source,
                )  # fmt: skip
                await stock.move_stock(tx, self._actor, movement, now)

    async def take(self, request: OrderRequest) -> Taken:
        """Submit the order; `created` false when it was taken before."""
        submitted = await engine.settled(
            lambda tx: receipt.submit_order(tx, self._actor, request, datetime.now(UTC), channel="file")
        )
        return Taken(submitted.number, submitted.created)

    async def hold(self, held: Held) -> None:
        """Keep the rows for a person; the same rows of a document are kept once."""
        await engine.settled(
            lambda tx: receipt.hold_document(
                tx, self._actor, held.document, held.kind, held.reason, list(held.rows), held.linked_order,
                datetime.now(UTC),
            )
        )  # fmt: skip


def _stacks(cards: list[tuple[str, Card]]) -> Iterator[list[tuple[str, Card]]]:
    for start in range(0, len(cards), _CARDS):
        yield cards[start : start + _CARDS]


def _matching(order: dict[str, Any], goods: list[Goods]) -> set[int]:
    """Which of the goods an order has in their quantities or more, all its lines of a product together."""
    totals: dict[str, Decimal] = {}
    for line in order["lines"]:
        totals[line["sku"]] = totals.get(line["sku"], Decimal(0)) + Decimal(line["quantity"])
    return {index for index, one in enumerate(goods) if totals.get(one.sku, Decimal(0)) >= one.quantity}
