"""Receipt by file, second reading: rows gathered into the documents that they belong to.

Rows that follow one another under one number are a document. When the number comes back further down, its rows wait
until the last of them: they are joined when they differ from the earlier ones; a part that repeats an earlier part
word for word is a copy; and when a part repeats only some rows, a person must say what was meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import cast

from domain.shapes import MAX_LINES
from starter.files.rows import Row
from starter.files.sightings import Spool
from starter.files.survey import Survey

MOST_ROWS = 2 * MAX_LINES


@dataclass(slots=True)
class FileDocument:
    """The rows under one number. Without a number: one row that belongs nowhere. `oversized`: more rows than an order
    can have, of which this is one part, `continued` when it is not the first."""

    number: str
    rows: list[Row]
    copies: list[Row] = field(default_factory=list)
    scattered: bool = False
    contradictory: bool = False
    cut: bool = False
    oversized: bool = False
    continued: bool = False


class Gatherer:
    """Turns a stream of rows into documents."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey

    def documents(self, rows: Iterator[Row]) -> Iterator[FileDocument]:
        """Every row once, each in its document, in the order in which documents are complete."""
        current: FileDocument | None = None
        part = 0
        with Spool() as spool:
            for row in rows:
                if not row.document:
                    yield FileDocument("", [row])
                    continue
                if current is None or row.document != current.number:
                    if current is not None and current.rows:
                        yield self._finished(current)
                    current = FileDocument(row.document, [])
                    part += 1
                if row.document in self._survey.again:
                    spool.put(row.document, (part, row))
                    yield from self._complete(row, spool)
                    continue
                if len(current.rows) >= MOST_ROWS:
                    current.oversized = True
                    yield self._finished(current)
                    current = FileDocument(row.document, [], oversized=True, continued=True)
                current.rows.append(row)
            if current is not None and current.rows:
                yield self._finished(current)

    def _finished(self, document: FileDocument) -> FileDocument:
        document.cut = document.number == self._survey.cut_document
        return document

    def _complete(self, row: Row, spool: Spool) -> Iterator[FileDocument]:
        """The scattered document, when this row is its last one; in pieces when it is too large to be an order."""
        if row.line < self._survey.again[row.document]:
            return
        if spool.count(row.document) > MOST_ROWS:
            yield from self._pieces(row.document, spool)
            return
        parts: dict[int, list[Row]] = {}
        for part, kept in cast(Iterator[tuple[int, Row]], spool.take(row.document)):
            parts.setdefault(part, []).append(kept)
        yield self._finished(_joined(row.document, list(parts.values())))

    def _pieces(self, number: str, spool: Spool) -> Iterator[FileDocument]:
        rows = (row for _part, row in cast(Iterator[tuple[int, Row]], spool.take(number)))
        continued = False
        while piece := list(islice(rows, MOST_ROWS)):
            yield FileDocument(number, piece, scattered=True, oversized=True, continued=continued)
            continued = True


def _joined(number: str, parts: list[list[Row]]) -> FileDocument:
    document = FileDocument(number, [], scattered=len(parts) > 1)
    kept: list[list[object]] = []
    seen: set[object] = set()
    for part in parts:
        contents: list[object] = [row.content for row in part]
        if contents in kept:
            document.copies.extend(part)
            continue
        document.contradictory = document.contradictory or not seen.isdisjoint(contents)
        document.rows.extend(part)
        kept.append(contents)
        seen.update(contents)
    return document
