"""How answers look: one JSON document, tables for people at a terminal, plain aligned columns for a pipe."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

Document = dict[str, Any]
Reading = str | Callable[[Document], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A heading and how its cell is read from a row: a field's name or a function; figures stand to the right.

    A `seldom` column is shown only where some row has more than nothing or zero in it.
    """

    heading: str
    reading: Reading
    figure: bool = False
    seldom: bool = False

    def cell(self, row: Document) -> str:
        """The cell as text; what is absent is empty."""
        return text_of(row.get(self.reading) if isinstance(self.reading, str) else self.reading(row))


@dataclass(frozen=True, slots=True)
class Rows:
    """A table with its title; a table without rows shows the sentence `empty`, or nothing when there is none."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Document]
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """A heading and labelled values, one per line; empty values are left out."""

    title: str
    facts: Sequence[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A line of prose."""

    text: str
    style: str = ""


Block = Rows | Facts | Sentence
NOTHING = re.compile(r"(0+(\.0*)?)?$")


def text_of(value: Any) -> str:
    """A value as people read it: nothing for null, a list by commas, the rest as the API wrote it."""
    match value:
        case None | False:
            return ""
        case True:
            return "✓"
        case list() | tuple():
            return ", ".join(text for item in value if (text := text_of(item)))
        case dict():
            return ", ".join(f"{name} {text_of(item)}" for name, item in value.items() if item is not None)
        case _:
            return str(value)


def print_json(document: Any) -> None:
    """The document, alone, on standard output; escaped where the terminal's encoding is not UTF-8."""
    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    sys.stdout.write(json.dumps(document, ensure_ascii=plain, indent=2) + "\n")


def print_blocks(blocks: Iterable[Block]) -> None:
    """The blocks in order, with an empty line between them."""
    draw = _draw_rich if sys.stdout.isatty() else _draw_plain
    first = True
    for block in blocks:
        if isinstance(block, Rows) and not block.rows and not block.empty:
            continue
        if not first:
            sys.stdout.write("\n")
        first = False
        draw(block)


def say(sentence: str) -> None:
    """A sentence for the person, beside the output: on standard error."""
    sys.stderr.write(sentence + "\n")


def _draw_rich(block: Block) -> None:
    console = Console(highlight=False)
    match block:
        case Sentence(text, style):
            console.print(Text(text, style=style))
        case Facts(title, facts):
            console.print(Text(title, style="bold"))
            grid = Table.grid(padding=(0, 2))
            for label, value in _told(facts):
                grid.add_row(Text("  " + label, style="cyan"), Text(value))
            console.print(grid)
        case Rows(title, columns, rows, empty):
            if title:
                console.print(Text(title, style="bold"))
            console.print(_rich_table(columns, rows) if rows else Text(empty, style="dim"))


def _shown(columns: Sequence[Column], rows: Sequence[Document]) -> list[Column]:
    return [each for each in columns if not each.seldom or any(not NOTHING.match(each.cell(row)) for row in rows)]


def _rich_table(columns: Sequence[Column], rows: Sequence[Document]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, header_style="cyan", pad_edge=False, show_edge=False)
    columns = _shown(columns, rows)
    for column in columns:
        table.add_column(column.heading, justify="right" if column.figure else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(column.cell(row)) for column in columns))
    return table


def _draw_plain(block: Block) -> None:
    match block:
        case Sentence(text, _style):
            sys.stdout.write(text + "\n")
        case Facts(title, facts):
            told = _told(facts)
            width = max((cell_len(label) for label, _value in told), default=0)
            sys.stdout.write(title + "\n")
            for label, value in told:
                sys.stdout.write(f"  {_padded(label, width, False)}  {value}\n")
        case Rows(title, columns, rows, empty):
            if title:
                sys.stdout.write(title + "\n")
            sys.stdout.write("".join(_plain_lines(columns, rows)) if rows else empty + "\n")


def _plain_lines(columns: Sequence[Column], rows: Sequence[Document]) -> Iterable[str]:
    columns = _shown(columns, rows)
    table = [[column.heading for column in columns]]
    table += [[" ".join(column.cell(row).split()) for column in columns] for row in rows]
    widths = [max(cell_len(line[position]) for line in table) for position in range(len(columns))]
    for line in table:
        cells = (_padded(cell, width, column.figure) for cell, width, column in zip(line, widths, columns, strict=True))
        yield "  ".join(cells).rstrip() + "\n"


def _padded(text: str, width: int, right: bool) -> str:
    gap = " " * max(0, width - cell_len(text))
    return gap + text if right else text + gap


def _told(facts: Sequence[tuple[str, Any]]) -> list[tuple[str, str]]:
    return [(label, text) for label, value in facts if (text := text_of(value))]
