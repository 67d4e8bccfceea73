"""A taker that writes down what it is asked for, and the shortest way to import a text in a test."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping as Cards
from collections.abc import Set
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from domain.errors import Invalid, OrderkeepError
from domain.facts import CustomerCard, OrderRequest, ProductCard
from starter.files.importing import import_file
from starter.files.mapping import Mapping
from starter.files.report import Report
from starter.files.taker import Goods, Held, Purchase, Taken

HEADER = "InvoiceNo,StockCode,Description,Quantity,UnitPrice,CustomerID,Country\n"


@dataclass
class Notebook:
    """Knows the codes that it is given (all, when None) and remembers orders by customer and document number."""

    customers: set[str] | None = None
    products: set[str] | None = None
    orders: dict[str, OrderRequest] = field(default_factory=dict)
    held: list[Held] = field(default_factory=list)
    created_customers: dict[str, CustomerCard] = field(default_factory=dict)
    created_products: dict[str, ProductCard] = field(default_factory=dict)
    refusal: OrderkeepError | None = None
    at_once: int = 0
    most_at_once: int = 0

    async def unknown_customers(self, codes: Set[str]) -> set[str]:
        return set() if self.customers is None else set(codes) - self.customers

    async def unknown_products(self, skus: Set[str]) -> set[str]:
        return set() if self.products is None else set(skus) - self.products

    async def create(self, customers: Cards[str, CustomerCard], products: Cards[str, ProductCard]) -> None:
        self.created_customers.update(customers)
        self.created_products.update(products)
        if self.customers is not None:
            self.customers |= set(customers)
        if self.products is not None:
            self.products |= set(products)

    async def take(self, request: OrderRequest) -> Taken:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if self.refusal is not None:
            raise self.refusal
        number = f"SO-{request.customer}-{request.customer_po}"
        created = number not in self.orders
        if not created and self.orders[number] != request:
            raise Invalid("another order has this number")
        self.orders[number] = request
        return Taken(number, created)

    async def hold(self, held: Held) -> None:
        self.held.append(held)

    async def purchases(self, customer: str, goods: list[Goods]) -> list[Purchase]:
        return []


@dataclass(frozen=True)
class Outcome:
    """What an import did and said."""

    notebook: Notebook
    report: Report

    @property
    def lines(self) -> dict[str, list[tuple[str, str, str | None]]]:
        """The orders by document number: sku, quantity and price of each line."""
        return {
            request.customer_po or "": [
                (line.sku, f"{line.quantity:f}", None if line.unit_price is None else f"{line.unit_price:f}")
                for line in request.lines
            ]
            for request in self.notebook.orders.values()
        }

    @property
    def rows(self) -> tuple[int, int, int, int]:
        """Rows read, taken, held and refused."""
        count = self.report.rows
        return count["read"], count["taken"], count["held"], count["refused"]

    @property
    def documents(self) -> tuple[int, int, int, int]:
        """Documents that became orders, credit notes, held, refused."""
        count = self.report.documents
        return count["order"], count["credit_note"], count["held"], count["refused"]

    @property
    def reasons(self) -> list[tuple[int, str]]:
        """Every problem as its line and its reason."""
        return [(problem.line, problem.reason) for problem in self.report.problems]

    @property
    def amounts(self) -> dict[str, Decimal]:
        return self.report.amounts


def imported(
    path: Path, mapping: Mapping | None = None, taker: Notebook | None = None, create: bool = False
) -> Outcome:
    """Import a file into a notebook."""
    notebook = Notebook() if taker is None else taker
    report = Report(path.name)
    asyncio.run(import_file(path, mapping or Mapping(), notebook, report, create=create))
    return Outcome(notebook, report)


def imported_text(folder: Path, text: str, taker: Notebook | None = None, create: bool = False) -> Outcome:
    """Import a text in the wholesaler's columns, in UTF-8."""
    path = folder / "orders.csv"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return imported(path, taker=taker, create=create)
