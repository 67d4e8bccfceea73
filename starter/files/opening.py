"""Receipt by file: open a file of any supported kind and find the row of headings in it."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from starter.files.encoding import detect_encoding
from starter.files.errors import UnusableFile
from starter.files.mapping import (
    Layout,
    Mapping,
    find_columns,
    lay_out,
    missing_columns,
    missing_currency,
    text_of,
    usable,
)
from starter.files.records import Record, Source, TextSource
from starter.files.workbook import is_workbook, open_workbook

DELIMITERS = (",", ";", "\t", "|")
HEADER_WITHIN = 10
SAMPLE = 3


@dataclass(frozen=True, slots=True)
class Table:
    """A source and its layout."""

    source: Source
    layout: Layout


@dataclass(frozen=True, slots=True)
class Head:
    """How a file begins: its headings, the columns that were recognised (field to position), and some rows."""

    headings: list[str]
    columns: dict[str, int]
    sample: list[list[str]]


def look_at_head(path: Path, mapping: Mapping) -> Head:
    """How a file begins, also one whose headings say too little; UnusableFile for what is no table at all."""
    head = list(islice(_open_source(path, mapping).records(), HEADER_WITHIN))
    if not head:
        return Head([], {}, [])
    found = [find_columns(record.cells, mapping) for record in head]
    usual = [find_columns(record.cells, Mapping()) for record in head]
    row = max(range(len(head)), key=lambda place: (len(found[place]), len(usual[place]), -place))
    sample = [[text_of(cell) for cell in record.cells] for record in head[row + 1 : row + 1 + SAMPLE]]
    return Head([text_of(cell) for cell in head[row].cells], found[row], sample)


def open_table(path: Path, mapping: Mapping) -> Table:
    """The table of orders in a file; UnusableFile when nothing of it can be taken."""
    source = _open_source(path, mapping)
    head = list(islice(source.records(), HEADER_WITHIN))
    if not head:
        raise UnusableFile("{file} is empty; give a file with a row of headings and rows of orders.", file=path.name)
    header = next((record for record in head if usable(find_columns(record.cells, mapping), mapping)), None)
    if header is None:
        raise missing_columns(path.name, head[0].cells, mapping)
    layout = lay_out(header.line, header.cells, mapping)
    if "currency" not in layout.columns and "currency" not in layout.defaults:
        raise missing_currency(path.name)
    return Table(source, layout)


def _open_source(path: Path, mapping: Mapping) -> Source:
    head = _first_bytes(path)
    if is_workbook(head):
        return open_workbook(path, mapping.sheet)
    size = path.stat().st_size
    encoding = mapping.encoding or detect_encoding(path)
    if mapping.delimiter is not None:
        return TextSource(path, encoding, mapping.delimiter, size)
    sources = [TextSource(path, encoding, delimiter, size) for delimiter in DELIMITERS]
    return max(sources, key=lambda source: _fitness(source, mapping))


def _first_bytes(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise UnusableFile("{path} is a directory; give one file.", path=path)
        if not stat.S_ISREG(mode):
            raise UnusableFile(
                "{path} is no regular file; the import reads a file more than once, so save it first.", path=path
            )
        with path.open("rb") as stream:
            head = stream.read(16)
    except FileNotFoundError as error:
        raise UnusableFile("There is no file {path}.", path=path) from error
    except OSError as error:
        raise UnusableFile("{path} cannot be read: {reason}.", path=path, reason=error.strerror or error) from error
    if not head:
        raise UnusableFile("{file} is empty; give a file with a row of headings and rows of orders.", file=path.name)
    return head


def _fitness(source: TextSource, mapping: Mapping) -> tuple[int, int]:
    """How many fields a delimiter finds in the header; the number of columns breaks ties."""
    head: list[Record] = list(islice(source.records(), HEADER_WITHIN))
    best = max((len(find_columns(record.cells, mapping)) for record in head), default=0)
    return best, len(head[0].cells) if head else 0
