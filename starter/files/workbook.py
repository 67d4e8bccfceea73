"""Receipt by file: the rows of a workbook (XLSX, also XLS and ODS) as text and exact decimals.

Numbers arrive as binary floats; Excel keeps fifteen digits of them, so that is what is read: 2.55 is 2.55, and 536365.0
in a column of codes is the text "536365". Leading zeros survive in text cells only.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from starter.files.errors import UnusableFile
from starter.files.records import Cell, Progress, Record

UNPACKED_LIMIT = 1_500_000_000
_MAGICS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_BEAT = 1024
_CellValue = str | int | float | bool | time | date | datetime | timedelta


def is_workbook(head: bytes) -> bool:
    """Whether the file begins as a ZIP or an OLE container does."""
    return head.startswith(_MAGICS)


@dataclass(frozen=True, slots=True)
class SheetSource:
    """One sheet; its rows are numbered as the spreadsheet program numbers them."""

    path: Path
    sheet: CalamineSheet
    size: int
    encoding: str = "workbook"
    delimiter: str = ""

    @property
    def name(self) -> str:
        return self.path.name

    def records(self, progress: Progress | None = None) -> Iterator[Record]:
        """Every row with a cell that is not blank, header included."""
        start = self.sheet.start
        height = max(self.sheet.total_height, 1)
        first = 1 if start is None else start[0] + 1
        for index, values in enumerate(self.sheet.to_python() if height < _BEAT else self.sheet.iter_rows()):
            if progress is not None and index % _BEAT == 0:
                progress(self.size * index // height)
            cells = [_cell(value) for value in values]
            if any(not isinstance(cell, str) or cell.strip() for cell in cells):
                yield Record(first + index, cells)


def open_workbook(path: Path, sheet: str | None) -> SheetSource:
    """The named sheet, else the first that is not empty; UnusableFile when there is none."""
    _refuse_bomb(path)
    try:
        workbook = CalamineWorkbook.from_path(path)
        names = workbook.sheet_names
        if sheet is not None and sheet not in names:
            raise UnusableFile(
                "{file} has no sheet {sheet!r}; it has {names}.", file=path.name, sheet=sheet, names=names
            )
        for name in [sheet] if sheet is not None else names:
            found = workbook.get_sheet_by_name(name)
            if found.height:
                return SheetSource(path, found, path.stat().st_size)
    except (CalamineError, OSError, ValueError) as error:
        raise UnusableFile(
            "{file} cannot be opened as a workbook; it may be cut off or of another kind: "
            "save it again as XLSX or CSV.",
            file=path.name,
        ) from error
    raise UnusableFile("{file} is empty: no sheet of it has a row.", file=path.name)


def _refuse_bomb(path: Path) -> None:
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError):
        return
    if unpacked > UNPACKED_LIMIT:
        raise UnusableFile(
            "{file} unpacks to {size} bytes, too much for a workbook; save it as CSV.",
            file=path.name,
            size=f"{unpacked:,}",
        )


def _cell(value: _CellValue) -> Cell:
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return Decimal(value)
        case float():
            return Decimal(format(value, ".15g")) if math.isfinite(value) else str(value)
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
        case date():
            return value.isoformat()
        case str():
            return value
        case _:
            return str(value)
