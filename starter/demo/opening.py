"""Before the first order: the master data and the opening stock of all stories, put in over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from starter.demo.cards import Cards
from starter.demo.desks import Desks

AT_ONCE = 6


async def put_cards(desks: Desks, all_cards: Iterable[Cards]) -> None:
    """Suppliers and customers, then products, then stock; stories do not share any, so they go side by side."""
    places = asyncio.Semaphore(AT_ONCE)

    async def put(cards: Cards) -> None:
        async with places:
            for code, card in cards.suppliers.items():
                await desks.administrator.put(f"/v1/suppliers/{code}", card)
            for code, card in cards.customers.items():
                await desks.administrator.put(f"/v1/customers/{code}", card)
            for sku, card in cards.products.items():
                await desks.administrator.put(f"/v1/products/{sku}", card)
            for sku, warehouse, pieces in cards.stock:
                movement = {"sku": sku, "warehouse": warehouse, "quantity": pieces, "reason": "opening"}
                await desks.goods_in.post("/v1/stock/movements", movement)

    await asyncio.gather(*(put(cards) for cards in all_cards))
