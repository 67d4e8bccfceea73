"""Receipt by file: the rows of a text table as they stand, each with its line, in bounded memory.

Most rows are one line without quotes and are split directly. A row with quotes is read strictly, over several lines if
need be; when that fails, only its first line is called broken and reading goes on at the next one, so that a stray
quote cannot swallow the rest of the file.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Protocol

Cell = str | Decimal
Progress = Callable[[int], None]

LINE_LIMIT = 262_144
QUOTED_LINES = 200
_BEAT = 4096


@dataclass(slots=True)
class Record:
    """One row: `flaw` says what is wrong with its shape, `unended` that the file stops within its last line."""

    line: int
    cells: list[Cell]
    flaw: str = ""
    unended: bool = False


class Source(Protocol):
    """A table that can be read from its beginning as often as needed."""

    @property
    def name(self) -> str: ...

    @property
    def size(self) -> int: ...

    @property
    def encoding(self) -> str: ...

    @property
    def delimiter(self) -> str: ...

    def records(self, progress: Progress | None = None) -> Iterator[Record]: ...


@dataclass(frozen=True, slots=True)
class TextSource:
    """A text file with one of the usual delimiters."""

    path: Path
    encoding: str
    delimiter: str
    size: int

    @property
    def name(self) -> str:
        return self.path.name

    def records(self, progress: Progress | None = None) -> Iterator[Record]:
        """Every row that is not blank, header included."""
        with _opened(self.path, self.encoding) as (binary, text):
            reader = _Reader(text, self.delimiter)
            for count, record in enumerate(reader.records(), 1):
                if progress is not None and count % _BEAT == 0:
                    progress(binary.tell())
                yield record


@contextmanager
def _opened(path: Path, encoding: str) -> Iterator[tuple[io.BufferedReader, io.TextIOWrapper]]:
    with path.open("rb") as binary, io.TextIOWrapper(binary, encoding, errors="replace", newline=None) as text:
        yield binary, text


class _Reader:
    """Physical lines with a way to give them back, and the rows made of them."""

    def __init__(self, text: io.TextIOWrapper, delimiter: str) -> None:
        self._text = text
        self._delimiter = delimiter
        self._returned: deque[str] = deque()
        self._line = 0
        self._blank = delimiter + ' \t\n"\x1a'
        self._width = 0

    def records(self) -> Iterator[Record]:
        while line := self._next():
            number = self._line
            if len(line) >= LINE_LIMIT and not line.endswith("\n"):
                self._skip_line()
                yield Record(number, [line[:80]], "long")
            elif not line.strip(self._blank) or (number == 1 and line.casefold().startswith("sep=")):
                continue
            elif '"' in line:
                yield self._quoted(line, number)
            else:
                cells: list[Cell] = [*line.rstrip("\n").split(self._delimiter)]
                self._width = self._width or len(cells)
                yield Record(number, cells, "", not line.endswith("\n"))

    def _next(self) -> str:
        self._line += 1
        return self._returned.popleft() if self._returned else self._text.readline(LINE_LIMIT)

    def _skip_line(self) -> None:
        while (rest := self._text.readline(LINE_LIMIT)) and not rest.endswith("\n"):
            pass

    def _quoted(self, first: str, number: int) -> Record:
        taken = [first]

        def feed() -> Iterator[str]:
            yield first
            while len(taken) < QUOTED_LINES and (line := self._next()):
                taken.append(line)
                yield line

        try:
            cells = next(csv.reader(feed(), delimiter=self._delimiter, strict=True))
        except (csv.Error, StopIteration):
            self._returned.extendleft(reversed(taken[1:]))
            self._line = number
            return self._loose(first, number)
        self._width = self._width or len(cells)
        return Record(number, [*cells], "", not taken[-1].endswith("\n"))

    def _loose(self, line: str, number: int) -> Record:
        """A line with a quote in the wrong place: good when it has as many fields as the header all the same."""
        unended = not line.endswith("\n")
        try:
            cells = next(csv.reader([line], delimiter=self._delimiter))
        except csv.Error:
            return Record(number, [line[:80]], "quote", unended)
        whole = len(cells) == self._width and not unended
        cells[-1] = cells[-1].rstrip("\n")
        return Record(number, [*cells], "" if whole else "quote", unended)
