"""Receipt by file: which order a credit note takes back."""

from __future__ import annotations

from decimal import Decimal

from domain.errors import Told, told
from domain.facts import OrderRequest
from starter.files.survey import Survey
from starter.files.taker import Goods, Taker
from starter.files.verdict import Verdict

_REMEMBERED = 20
_TOLD = 5


class Purchases:
    """What customers bought in this file, as far as its credit notes ask for it; the database knows the rest."""

    def __init__(self, survey: Survey, services: frozenset[str], taker: Taker) -> None:
        self._bought: dict[tuple[str, str], list[tuple[int, str, Decimal]]] = {pair: [] for pair in survey.returned}
        self._numbers = survey.numbers
        self._services = services
        self._taker = taker

    def remember(self, request: OrderRequest, number: str, line: int) -> None:
        """An order was taken from the file, from this line on."""
        totals: dict[str, Decimal] = {}
        for ordered in request.lines:
            if (request.customer, ordered.sku) in self._bought:
                totals[ordered.sku] = totals.get(ordered.sku, Decimal(0)) + ordered.quantity
        for sku, quantity in totals.items():
            orders = self._bought[request.customer, sku]
            orders.append((line, number, quantity))
            orders.sort()
            del orders[:-_REMEMBERED]

    async def original(self, credit_note: Verdict) -> tuple[str | None, Told]:
        """The order before the credit note that has most of its goods in their quantities or more, the latest of
        several; and the sentence that says so."""
        goods = [
            Goods(row.sku, -row.quantity)
            for row in credit_note.held
            if row.quantity is not None and row.quantity < 0 and row.sku.upper() not in self._services
        ]
        if not goods:
            return None, told("credit note without goods; there is nothing that an order could be found by")
        customer = credit_note.customer
        if not customer:
            return None, told("credit note that names no customer")
        found = self._in_file(customer, goods, credit_note.line)
        if len(set().union(*found.values())) < len(goods):
            for purchase in await self._taker.purchases(customer, goods):
                # Documents of this file are judged by their place in it, whenever their orders were taken.
                if not self._numbers.knows(purchase.document):
                    found[purchase.order] = purchase.has
        chosen = _fewest(found, len(goods))
        if not chosen:
            return None, told(
                "credit note; no earlier order of customer {code} has these goods in these quantities", code=customer
            )
        orders = [
            told("{order} ({count} of {all} rows of goods)", order=number, count=count, all=len(goods))
            for number, count in chosen
        ]
        return chosen[0][0], told("credit note for {orders}", orders=orders)

    def _in_file(self, customer: str, goods: list[Goods], before: int) -> dict[str, set[int]]:
        """Orders taken from this file above the credit note with the goods that each has, the latest first."""
        found: list[tuple[int, str, int]] = []
        for index, one in enumerate(goods):
            for line, number, quantity in self._bought.get((customer, one.sku), ()):
                if line < before and quantity >= one.quantity:
                    found.append((line, number, index))
        orders: dict[str, set[int]] = {}
        for _line, number, index in sorted(found, reverse=True):
            orders.setdefault(number, set()).add(index)
        return orders


def _fewest(orders: dict[str, set[int]], rows: int) -> list[tuple[str, int]]:
    """The order with most of the goods, the one with most of the rest, and so on: at most five, with their counts."""
    left = set(range(rows))
    chosen: list[tuple[str, int]] = []
    while left and len(chosen) < _TOLD:
        number = max(orders, key=lambda order: len(orders[order] & left), default="")
        covered = orders.get(number, set()) & left
        if not covered:
            break
        chosen.append((number, len(covered)))
        left -= covered
    return chosen
