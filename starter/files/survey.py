"""Receipt by file, first reading: how numbers are written, which documents are scattered, what credit notes refer to,
and what the products and customers are called; nothing is decided here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from domain.shapes import MAX_AMOUNT
from starter.files.mapping import Layout, text_of
from starter.files.numbers import Styles, Unreadable, read_number
from starter.files.opening import Table
from starter.files.records import Progress, Record
from starter.files.rows import NUMERIC, customer_code, data_records, document_of
from starter.files.sightings import Sightings

REMEMBERED = 200_000
_PRICES = 40
# What customers with an account paid is nearer to a list price than what unnamed buyers paid over the counter.
_BUYERS_WEIGHT = 1_000_000


@dataclass(slots=True)
class ProductTraits:
    """What a file says about a product: its first description, and how often each price was asked."""

    name: str = ""
    prices: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Survey:
    """What the second reading needs to know beforehand. `again` gives the last line of each scattered document."""

    styles: Styles
    rows: int = 0
    again: dict[str, int] = field(default_factory=dict)
    cut_line: int = 0
    cut_document: str = ""
    unended: bool = False
    returned: set[tuple[str, str]] = field(default_factory=set)
    numbers: Sightings = field(default_factory=Sightings)
    products: dict[str, ProductTraits] = field(default_factory=dict)

    def list_price(self, sku: str) -> Decimal | None:
        """The price that customers were asked most often, the first of several; None without one that can be read."""
        traits = self.products.get(sku)
        style = self.styles.of("unit_price")
        for text, _count in traits.prices.most_common() if traits is not None else ():
            try:
                price = read_number(text, style)
            except Unreadable:
                continue
            if 0 < price <= MAX_AMOUNT:
                return price
        return None


def take_survey(table: Table, decimal: str | None, with_products: bool, progress: Progress | None = None) -> Survey:
    """Read the file once; with `with_products` also learn names and prices, up to 200,000 products."""
    surveyor = _Surveyor(table.layout, decimal)
    for record in data_records(table, progress):
        surveyor.look(record)
        if with_products and not record.flaw:
            surveyor.look_at_product(record)
    return surveyor.survey


class _Surveyor:
    def __init__(self, layout: Layout, decimal: str | None) -> None:
        told = {".": "point", ",": "comma"}.get(decimal or "")
        self.survey = Survey(Styles(given=told))
        self._layout = layout
        self._numeric = [(name, layout.columns[name]) for name in NUMERIC if name in layout.columns]
        self._current = ""

    def look(self, record: Record) -> None:
        """Learn from one row how the file is written and which documents it names."""
        survey = self.survey
        survey.rows += 1
        survey.unended = record.unended
        if record.flaw == "cut":
            survey.cut_line = record.line
            survey.cut_document = "" if self._begins_another(record) else self._current
        if record.flaw:
            return
        for name, position in self._numeric:
            if position < len(record.cells):
                survey.styles.look(name, record.cells[position])
        number = document_of(record, self._layout)
        if number and number != self._current:
            self._current = number
            if survey.numbers.seen(number):
                survey.again[number] = record.line
        elif number in survey.again:
            survey.again[number] = record.line
        self._look_for_return(record)

    def _begins_another(self, record: Record) -> bool:
        """Whether the row in which the file ends names, in full, another document than the row before it."""
        position = self._layout.columns["document"]
        whole = record.cells[position : len(record.cells) - 1]
        return bool(whole) and text_of(whole[0]) != self._current

    def _look_for_return(self, record: Record) -> None:
        quantity = text_of(record.cells[self._layout.columns["quantity"]])
        if quantity.startswith(("-", "−", "(")) or quantity.endswith("-"):
            columns, returned = self._layout.columns, self.survey.returned
            if len(returned) < REMEMBERED:
                customer = customer_code(text_of(record.cells[columns["customer"]]))
                returned.add((customer, text_of(record.cells[columns["sku"]])))

    def look_at_product(self, record: Record) -> None:
        """Learn the name and a price of one product."""
        columns, products = self._layout.columns, self.survey.products
        sku = text_of(record.cells[columns["sku"]])
        traits = products.get(sku)
        if traits is None:
            if len(products) >= REMEMBERED:
                return
            traits = products[sku] = ProductTraits()
        if not traits.name and "description" in columns:
            traits.name = text_of(record.cells[columns["description"]])[:200]
        if "unit_price" in columns:
            price = text_of(record.cells[columns["unit_price"]])
            if price in traits.prices or len(traits.prices) < _PRICES:
                traits.prices[price] += _BUYERS_WEIGHT if text_of(record.cells[columns["customer"]]) else 1
