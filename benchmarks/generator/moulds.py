"""Rows as moulds: the text of each table's rows, cut where numbers, ids and times stand, so that copies are cast fast.

What is replaced is found in the rows themselves: every text WORD-00001, every value of a serial key and of what refers
to it, every date and instant. So a table that a new version adds is copied without a line here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

_INSTANT = r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?"
ROWS = {"movement": "stock_movement"}
"""What a text calls a row that it names by its id (movement/17), and the row's table."""
_SLOT = re.compile(
    rf"(?<![\w.])({_INSTANT}|\d{{4}}-\d\d-\d\d|[A-Za-z]{{2,6}}-\d{{5,9}}|(?:{'|'.join(ROWS)})/\d+)(?![\w.]*\d)"
)
Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table that are written; `serial` names, by column, the table whose ids stand in it."""

    table: str
    names: tuple[str, ...]
    serial: Mapping[str, str]
    key: tuple[int, ...]


@dataclass(slots=True)
class Spans:
    """The numbers that a pattern uses, by word (SO, INV) or by table (ids): the first and the last one."""

    found: dict[str, tuple[int, int]] = field(default_factory=dict)

    def see(self, word: str, number: int) -> None:
        """Widen the span of a word."""
        first, last = self.found.get(word, (number, number))
        self.found[word] = (min(first, number), max(last, number))

    def count(self, word: str) -> int:
        """How many numbers one copy takes."""
        first, last = self.found.get(word, (1, 0))
        return last - first + 1

    def first(self, word: str) -> int:
        """The lowest number of the pattern."""
        return self.found[word][0]

    def has(self, word: str, number: int) -> bool:
        """Whether the number is one of the pattern's own."""
        first, last = self.found.get(word, (1, 0))
        return first <= number <= last


@dataclass(frozen=True, slots=True)
class Shift:
    """What a copy adds: to the numbers of a word, to instants and dates."""

    numbers: Mapping[str, int]
    time: timedelta


@dataclass(slots=True)
class Mould:
    """The rows of one table: literal text and, between, the places of slots."""

    text: list[str]
    slots: list[str]

    def cast(self, shift: Shift) -> str:
        """The rows of a copy, as COPY reads them."""
        made = {slot: _moved(slot, shift) for slot in set(self.slots)}
        parts = [""] * (len(self.text) + len(self.slots))
        parts[::2] = self.text
        parts[1::2] = [made[slot] for slot in self.slots]
        return "".join(parts)


def words(rows: Iterable[Cells]) -> Iterator[tuple[str, int]]:
    """Every numbered text in the rows: (word, number)."""
    for row in rows:
        for cell in row:
            for slot in _SLOT.findall(cell):
                word, _, digits = slot.rpartition("-")
                if word.isalpha():
                    yield word.upper(), int(digits)


def mould(columns: Columns, rows: Iterable[Cells], own: Spans, masters: Spans) -> Mould:
    """Cut the rows of a table; ids that are not the pattern's own stay as they are."""
    text, slots = [""], []
    for row in rows:
        for place, cell in enumerate(row):
            lead = "\t" if place else ""
            table = columns.serial.get(columns.names[place])
            if table is not None and cell.isdigit() and own.has(table, int(cell)):
                text[-1] += lead
                slots.append(f"{table}#{cell}")
                text.append("")
                continue
            pieces = _SLOT.split(cell)
            text[-1] += lead + pieces[0]
            for slot, after in zip(pieces[1::2], pieces[2::2], strict=True):
                if _numbered(slot, own, masters):
                    slots.append(_named_row(slot))
                    text.append(after)
                else:
                    text[-1] += slot + after
        text[-1] += "\n"
    return Mould(text, slots)


def _named_row(slot: str) -> str:
    name, mark, number = slot.partition("/")
    return f"{ROWS[name]}#{number}" if mark else slot


def _numbered(slot: str, own: Spans, masters: Spans) -> bool:
    name, mark, number = slot.partition("/")
    if mark:
        return own.has(ROWS[name], int(number))
    word, _, digits = slot.rpartition("-")
    return not word.isalpha() or any(spans.has(word.upper(), int(digits)) for spans in (own, masters))


def _moved(slot: str, shift: Shift) -> str:
    table, mark, number = slot.partition("#")
    if mark:
        return str(int(number) + shift.numbers[table])
    word, _, digits = slot.rpartition("-")
    if word.isalpha():
        return f"{word}-{int(digits) + shift.numbers[word.upper()]:0{len(digits)}d}"
    if len(slot) == 10:
        return (date.fromisoformat(slot) + shift.time).isoformat()
    return (datetime.fromisoformat(slot) + shift.time).isoformat(sep=slot[10])
