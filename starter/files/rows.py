"""Receipt by file: a row of the table with its values understood, or the faults that keep it from being understood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from domain.errors import Told, told
from domain.money import is_currency
from starter.files.mapping import Layout, text_of
from starter.files.numbers import EXACT, Styles, Unreadable, read_number
from starter.files.opening import Table
from starter.files.records import Cell, Progress, Record

NUMERIC = ("quantity", "unit_price", "discount_percent")
_CODES = ("document", "customer", "sku")
_DATE = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[T ].*)?|(\d{1,2})\.(\d{1,2})\.(\d{4})")
_FLOATED = re.compile(r"([0-9]+)\.0")
_FLAWS = {
    "quote": told("a quotation mark is opened and never closed, or closed too early; the row is left out"),
    "long": told("the line is longer than any row of orders can be; the row is left out"),
    "wide": told("the row has more fields than there are columns; a text with the delimiter in it needs quotes"),
    "short": told("the row has fewer fields than there are columns, so its values cannot be told apart"),
    "nul": told("the row has null bytes in it, so it is damaged"),
    "cut": told("the file ends in the middle of this row, so it was cut off; import the whole file again"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a person should look at: where it is, what stands there, and why it was not taken as it stands."""

    line: int
    column: str
    value: str
    reason: Told
    fate: str = "refused"
    document: str = ""


@dataclass(slots=True)
class Row:
    """One row; `amount` is quantity times unit price as the file states it, 0 where one of them cannot be read."""

    line: int
    cells: list[Cell]
    document: str = ""
    customer: str = ""
    sku: str = ""
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    discount_percent: Decimal | None = None
    currency: str = ""
    requested_date: date | None = None
    amount: Decimal = Decimal(0)
    faults: list[Problem] = field(default_factory=list)
    cut: bool = False

    @property
    def content(self) -> tuple[str, Decimal | None, Decimal | None]:
        """What makes two rows of a document the same."""
        return self.sku, self.quantity, self.unit_price


def data_records(table: Table, progress: Progress | None = None) -> Iterator[Record]:
    """The rows below the header, each with the flaw of its shape."""
    layout = table.layout
    before: Record | None = None
    for record in table.source.records(progress):
        if record.line <= layout.line:
            continue
        _judge_shape(record, before, layout)
        before = record
        yield record


def _judge_shape(record: Record, before: Record | None, layout: Layout) -> None:
    width = len(layout.header)
    if record.flaw:
        record.flaw = "cut" if record.unended else record.flaw
    elif len(record.cells) < width:
        lost = any(position >= len(record.cells) for position in layout.columns.values())
        record.flaw = "cut" if record.unended else "short" if lost else ""
    elif len(record.cells) > width and any(map(text_of, record.cells[width:])):
        record.flaw = "wide"
    elif record.unended and _is_cut_off(record, before):
        record.flaw = "cut"
    if not record.flaw and any(isinstance(cell, str) and "\0" in cell for cell in record.cells):
        record.flaw = "nul"


def _is_cut_off(record: Record, before: Record | None) -> bool:
    """The last field of a file without a last line break: half a character, or the beginning of the field above it."""
    last = text_of(record.cells[-1])
    if last.endswith("\ufffd"):
        return True
    above = text_of(before.cells[-1]) if before is not None and len(before.cells) == len(record.cells) else ""
    return above.startswith(last) and len(last) < len(above) and not above.isdigit()


def document_of(record: Record, layout: Layout) -> str:
    """The document that a row belongs to; nothing when the row's shape leaves that open."""
    if record.flaw not in ("", "nul"):
        return ""
    number = text_of(record.cells[layout.columns["document"]])
    return "" if "\0" in number else number


def customer_code(text: str) -> str:
    """The customer as other programs know it: 17850.0, as a data frame writes it, is 17850."""
    match = _FLOATED.fullmatch(text)
    return match[1] if match else text


class RowReader:
    """Understands records by the layout of their file and the number styles of its columns."""

    def __init__(self, layout: Layout, styles: Styles) -> None:
        self._layout = layout
        self._numeric = [(name, styles.of(name)) for name in NUMERIC if name in layout.columns]
        self._currency = layout.defaults.get("currency", "")

    def read(self, record: Record) -> Row:
        """The row; its faults say what could not be understood."""
        row = Row(record.line, record.cells, document_of(record, self._layout))
        if record.flaw:
            row.cut = record.flaw == "cut"
            self._flawed(row, record)
            return row
        row.customer = customer_code(self._text(record, "customer"))
        row.sku = self._text(record, "sku")
        for name, style in self._numeric:
            self._number(row, record, name, style)
        if row.quantity is not None and row.unit_price is not None:
            row.amount = EXACT.multiply(row.quantity, row.unit_price)
        self._check_codes(row)
        self._read_header_fields(row, record)
        return row

    def _text(self, record: Record, name: str) -> str:
        position = self._layout.columns.get(name)
        return "" if position is None or position >= len(record.cells) else text_of(record.cells[position])

    def _fault(self, row: Row, name: str, value: str, reason: Told) -> None:
        row.faults.append(Problem(row.line, self._layout.heading(name), value[:80], reason, document=row.document))

    def _flawed(self, row: Row, record: Record) -> None:
        text = (" ".join(map(text_of, record.cells)).replace("\0", "␀"))[:80]
        row.faults.append(Problem(row.line, "", text, _FLAWS[record.flaw], document=row.document))

    def _number(self, row: Row, record: Record, name: str, style: str | None) -> None:
        position = self._layout.columns[name]
        cell: Cell = record.cells[position] if position < len(record.cells) else ""
        if isinstance(cell, str):
            cell = cell.strip().rstrip("%") if name == "discount_percent" else cell.strip()
            if not cell:
                return
        try:
            setattr(row, name, read_number(cell, style))
        except Unreadable as error:
            self._fault(row, name, str(cell), error.about(str(cell)))

    def _check_codes(self, row: Row) -> None:
        if not row.document:
            self._fault(row, "document", "", told("the row names no document, so it belongs to no order"))
        if not row.sku:
            self._fault(row, "sku", "", told("the row names no product"))
        if row.quantity is None and not any(fault.column == self._layout.heading("quantity") for fault in row.faults):
            self._fault(row, "quantity", "", told("the row has no quantity"))
        for name in _CODES:
            value: str = getattr(row, name)
            if not value.isprintable() or "\ufffd" in value:
                reason = told("the code has characters that cannot be read; check the file's encoding")
                self._fault(row, name, value, reason)

    def _read_header_fields(self, row: Row, record: Record) -> None:
        row.currency = self._text(record, "currency").upper() or self._currency
        if not is_currency(row.currency):
            reason = told("{value!r} is no ISO 4217 currency such as GBP", value=row.currency[:20])
            self._fault(row, "currency", row.currency, reason)
        wanted = self._text(record, "requested_date")
        if wanted:
            row.requested_date = read_date(wanted)
            if row.requested_date is None:
                reason = told("{value!r} is no date; write YYYY-MM-DD", value=wanted[:40])
                self._fault(row, "requested_date", wanted, reason)


def read_date(text: str) -> date | None:
    """2010-12-01, 2010/12/1, 20101201, 2010年12月1日 or 1.12.2010; 01/12/2010 is two dates, so it is none."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (match[1], match[2], match[3]) if match[1] else (match[6], match[5], match[4])
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def as_stated(row: Row, layout: Layout) -> dict[str, str]:
    """The row under its headings, as a person finds it in the file."""
    texts = [text_of(cell).replace("\0", "␀") for cell in row.cells]
    headings = [heading or f"column {position}" for position, heading in enumerate(layout.header, 1)]
    return dict(zip(headings, texts, strict=False))
